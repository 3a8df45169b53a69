import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ENCRYPTION_KEY, problemsOf, readSettings, SLACK_CREDENTIALS } from '../../test/support/settings.ts';
import { ConfigError, forgetSecrets } from './config.ts';
import { keptDevelopmentSecrets } from './development-secrets.ts';

const never = (): never => {
  throw new Error('development secrets were asked for');
};

const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://app:secret@db/heliograph',
  TOKEN_ENCRYPTION_KEYS: `k1:${ENCRYPTION_KEY}`,
  ...SLACK_CREDENTIALS,
  AUTH_JWT_SECRET: 'a-secret-of-at-least-thirty-two-bytes',
  PUBLIC_URL: 'https://heliograph.example.com',
};

test('without any setting it is a development server on this machine, in sandbox mode', () => {
  const config = readSettings({});
  expect(config).toMatchObject({
    production: false,
    host: '127.0.0.1',
    port: 4000,
    publicUrl: 'http://localhost:4000',
    role: 'all',
    dataDir: '.heliograph',
    playgroundEnabled: true,
    introspection: 'on',
    subscriptionsPerSocket: 100,
    logContent: false,
    statusLogDays: 7,
    historyDays: 400,
    returnOrigins: ['http://localhost:3000', 'http://localhost:8080', 'http://localhost:4000'],
    slack: { sandbox: true, simulatorPort: 4001, apiUrl: 'http://127.0.0.1:4001/api/', timeoutMs: 10_000 },
    delivery: { concurrency: 50, teamConcurrency: 10, channelMessagesPerSecond: 1, channelBurst: 3 },
    auth: { kind: 'secret', issuer: 'heliograph', audience: 'heliograph' },
    database: { url: undefined, poolMax: 20, migrateOnStart: true },
  });
  expect(config.encryptionKeys.map(({ id }) => id)).toEqual(['development']);
});

test('in production the playground is off, introspection is for viewers, and migrating is a step of its own', () => {
  const config = readSettings(PRODUCTION, never);
  expect(config).toMatchObject({
    production: true,
    playgroundEnabled: false,
    introspection: 'authenticated',
    slack: { sandbox: false, apiUrl: 'https://slack.com/api/', authorizeUrl: 'https://slack.com/oauth/v2/authorize' },
    database: { migrateOnStart: false },
  });
  expect(config.slack.redirectUri).toBe('https://heliograph.example.com/slack/oauth/callback');
});

describe('production refuses what development makes up', () => {
  const required = Object.keys(PRODUCTION).filter((name) => name !== 'NODE_ENV' && name !== 'PUBLIC_URL');
  test.each(required)('%s must be given', (name) => {
    const problems = problemsOf({ ...PRODUCTION, [name]: undefined });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(name);
    expect(problems[0]).toContain('production');
  });

  test('all that is missing is named at once, beside what is wrong', () => {
    const problems = problemsOf({ NODE_ENV: 'production', PORT: 'x' }).join('; ');
    expect(problems).toContain('PORT: must');
    for (const name of required) expect(problems).toContain(name);
  });

  test('a failpoint cannot be switched on', () => {
    const script = { HELIOGRAPH_FAILPOINTS: 'after-claim=kill@2' };
    expect(problemsOf({ ...PRODUCTION, ...script })).toEqual([
      'HELIOGRAPH_FAILPOINTS: is for tests and cannot be used in production',
    ]);
    expect(readSettings(script).failpoints).toEqual([{ failpoint: 'after-claim', action: 'kill', at: 2 }]);
    expect(readSettings(PRODUCTION, never).failpoints).toEqual([]);
  });

  test('AUTH_JWKS_URL may stand for AUTH_JWT_SECRET', () => {
    const { AUTH_JWT_SECRET: _, ...rest } = PRODUCTION;
    const config = readSettings({ ...rest, AUTH_JWKS_URL: 'https://example.com/jwks.json' }, never);
    expect(config.auth).toMatchObject({ kind: 'jwks', url: 'https://example.com/jwks.json' });
  });
});

describe('a bad value is named with its rule and never shown', () => {
  const bad: [string, string][] = [
    ['NODE_ENV', 'staging-xyz'],
    ['PORT', 'xyz'],
    ['PORT', '0'],
    ['PORT', '4000.5'],
    ['PORT', '65536'],
    ['PUBLIC_URL', 'xyz.example.com'],
    ['PUBLIC_URL', 'ftp://xyz'],
    ['PUBLIC_URL', 'https://h.example.com/?xyz=1'],
    ['PUBLIC_URL', 'https://h.example.com/#xyz'],
    ['HELIOGRAPH_ROLE', 'worker-xyz'],
    ['DATABASE_URL', 'mysql://user:password-xyz@db/x'],
    ['DATABASE_URL', 'not a url xyz'],
    ['DATABASE_REPLICA_URL', 'xyz'],
    ['DATABASE_POOL_MAX', '1'],
    ['MIGRATE_ON_START', 'yes-xyz'],
    ['SLACK_REDIRECT_URI', 'xyz'],
    ['SLACK_REDIRECT_URI', 'https://h.example.com/slack/oauth/callback#xyz'],
    ['SLACK_BOT_SCOPES', ' '],
    ['SLACK_BOT_SCOPES', 'chat:write,incoming-webhook'],
    ['SLACK_USER_SCOPES', ' , '],
    ['SLACK_USER_SCOPES', 'chat:write,incoming-webhook'],
    ['SLACK_API_URL', 'xyz'],
    ['SLACK_TIMEOUT_MS', '99'],
    ['SLACK_HISTORY_PER_MINUTE', '0'],
    ['CONFIRM_SETTLE_SECONDS', '-1'],
    ['CHANNEL_MESSAGES_PER_SECOND', '0'],
    ['CHANNEL_BURST', '0'],
    ['DELIVERY_CONCURRENCY', '0'],
    ['TEAM_CONCURRENCY', '-1'],
    ['LEASE_SECONDS', '0'],
    ['HELIOGRAPH_FAILPOINTS', 'xyz=kill'],
    ['HELIOGRAPH_FAILPOINTS', 'after-claim=xyz'],
    ['QUEUE_MAX_PER_WORKSPACE', '0'],
    ['SUBSCRIPTIONS_PER_SOCKET', '0'],
    ['AUTH_JWT_SECRET', 'xyz-too-short'],
    ['AUTH_JWKS_URL', 'xyz'],
    ['TOKEN_ENCRYPTION_KEYS', 'xyz'],
    ['TOKEN_ENCRYPTION_KEYS', `k1:${Buffer.alloc(16, 1).toString('base64')}`],
    ['TOKEN_ENCRYPTION_KEYS', `k1:${ENCRYPTION_KEY},k1:${ENCRYPTION_KEY}`],
    ['CORS_ORIGINS', 'https://xyz.example.com/path'],
    ['CORS_ORIGINS', '*'],
    ['RETURN_ORIGINS', 'xyz.example.com'],
    ['PLAYGROUND_ENABLED', 'maybe-xyz'],
    ['INTROSPECTION', 'xyz'],
    ['LOG_LEVEL', 'xyz'],
    ['STATUS_LOG_DAYS', '0'],
    ['HISTORY_DAYS', 'xyz'],
  ];
  test.each(bad)('%s=%s', (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: must`));
    if (value.length > 5) expect(problems[0]).not.toContain(value);
    expect(problems[0]).not.toContain('xyz');
  });

  test('all of them are reported together', () => {
    const problems = problemsOf(Object.fromEntries(bad));
    for (const [name] of bad) expect(problems.filter((problem) => problem.startsWith(`${name}: `))).toHaveLength(1);
  });

  test('the error is one line', () => {
    expect(new ConfigError(problemsOf(Object.fromEntries(bad))).message).not.toContain('\n');
  });
});

test('the origin of PUBLIC_URL, where the admin is, is one of the origins to return to, whichever are given', () => {
  const given = { PUBLIC_URL: 'https://h.example.com/heliograph', RETURN_ORIGINS: 'https://app.example.com' };
  expect(readSettings(given).returnOrigins).toEqual(['https://app.example.com', 'https://h.example.com']);
  const twice = { ...given, RETURN_ORIGINS: 'https://h.example.com' };
  expect(readSettings(twice).returnOrigins).toEqual(['https://h.example.com']);
});

test('an origin that nobody gave is none to return to in production, where others are given', () => {
  const given = { PUBLIC_URL: undefined, RETURN_ORIGINS: 'https://app.example.com' };
  expect(readSettings({ ...PRODUCTION, ...given }).returnOrigins).toEqual(['https://app.example.com']);
  expect(readSettings(given).returnOrigins).toEqual(['https://app.example.com', 'http://localhost:4000']);
});

describe('warns of what is legal and hardly meant', () => {
  test('nothing, where all is as it comes', () => {
    expect(readSettings({}).warnings).toEqual([]);
    expect(readSettings(PRODUCTION).warnings).toEqual([]);
  });

  test('PUBLIC_URL with a path: the pages are not there', () => {
    const { warnings } = readSettings({ PUBLIC_URL: 'https://h.example.com/heliograph' });
    expect(warnings).toEqual([expect.stringMatching(/^PUBLIC_URL: has a path/)]);
    expect(readSettings({ PUBLIC_URL: 'https://h.example.com' }).warnings).toEqual([]);
  });

  test('production without PUBLIC_URL: the links and the redirect URI lead to this machine', () => {
    const { warnings, publicUrl } = readSettings({ ...PRODUCTION, PUBLIC_URL: undefined });
    expect(warnings).toEqual([expect.stringMatching(/^PUBLIC_URL: .*redirect URI lead to http:\/\/localhost:4000/)]);
    expect(publicUrl).toBe('http://localhost:4000');
  });

  test.each([
    ['CONFIRM_MAX_HOLD_SECONDS', { CONFIRM_MAX_HOLD_SECONDS: '49' }, { CONFIRM_MAX_HOLD_SECONDS: '50' }],
    ['SLACK_TIMEOUT_MS', { SLACK_TIMEOUT_MS: '14001' }, { SLACK_TIMEOUT_MS: '14000' }],
    ['STATUS_LOG_DAYS', { STATUS_LOG_DAYS: '8', HISTORY_DAYS: '7' }, { STATUS_LOG_DAYS: '7', HISTORY_DAYS: '7' }],
  ])('%s', (name, unwise, wise) => {
    expect(readSettings(unwise).warnings).toEqual([expect.stringMatching(new RegExp(`^${name}: `))]);
    expect(readSettings(wise).warnings).toEqual([]);
  });
});

describe('settings that do not go together', () => {
  test.each([
    ['SLACK_CLIENT_ID alone', { SLACK_CLIENT_ID: 'x' }, 'give all three'],
    ['a secret and a JWKS URL', { AUTH_JWT_SECRET: 'x'.repeat(32), AUTH_JWKS_URL: 'https://e.com/k' }, 'not both'],
    ['no port left for the simulated Slack', { PORT: '65535' }, 'PORT+1'],
  ])('%s', (_name, environment, words) => {
    expect(problemsOf(environment).join()).toContain(words);
  });
});

test('an empty value is no value', () => {
  expect(readSettings({ PORT: '', SLACK_CLIENT_ID: '', AUTH_JWT_SECRET: '' })).toMatchObject({
    port: 4000,
    slack: { sandbox: true },
  });
});

test('lists are split and trimmed, and slashes at the end do not matter', () => {
  const config = readSettings({
    ...PRODUCTION,
    PUBLIC_URL: 'https://h.example.com/',
    SLACK_API_URL: 'https://slack.example.com/api',
    SLACK_BOT_SCOPES: ' chat:write , channels:read,',
    CORS_ORIGINS: 'https://a.example.com, https://b.example.com:8443',
    TOKEN_ENCRYPTION_KEYS: `new:${ENCRYPTION_KEY}, old:${ENCRYPTION_KEY}`,
  });
  expect(config.publicUrl).toBe('https://h.example.com');
  expect(config.slack).toMatchObject({
    apiUrl: 'https://slack.example.com/api/',
    botScopes: ['chat:write', 'channels:read'],
  });
  expect(config.corsOrigins).toEqual(['https://a.example.com', 'https://b.example.com:8443']);
  expect(config.encryptionKeys.map(({ id }) => id)).toEqual(['new', 'old']);
});

test('a configuration that is printed shows no secret', () => {
  const config = readSettings(PRODUCTION);
  const printed = `${JSON.stringify(config)}${Object.values(config.slack).join()}`;
  for (const secret of [PRODUCTION.AUTH_JWT_SECRET, ENCRYPTION_KEY, 'app:secret', '"signing"'])
    expect(printed).not.toContain(secret);
  expect(printed).toContain('[secret]');
});

test('development secrets are made only where they are needed', () => {
  const given = { AUTH_JWT_SECRET: 'x'.repeat(32), TOKEN_ENCRYPTION_KEYS: `k1:${ENCRYPTION_KEY}` };
  expect(readSettings(given, never).encryptionKeys.map(({ id }) => id)).toEqual(['k1']);
  expect(() => readSettings({ AUTH_JWT_SECRET: 'x'.repeat(32) }, never)).toThrow('development secrets were asked for');
});

test('development secrets are made once, kept for the next start, and readable by their owner alone', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const first = keptDevelopmentSecrets(path.join(folder, 'data'));
  expect(keptDevelopmentSecrets(path.join(folder, 'data'))).toEqual(first);
  const file = path.join(folder, 'data', 'development-secrets.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(first);
  expect(keptDevelopmentSecrets(path.join(folder, 'other')).jwtSecret).not.toBe(first.jwtSecret);
});

test.each(['', '{"jwtSecret":', '{}', 'null'])(
  'development secrets that are %j are named, with what is lost',
  (text) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-secrets-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'development-secrets.json');
    writeFileSync(file, text);
    expect(() => keptDevelopmentSecrets(folder)).toThrow(
      `${file} is broken: put a copy of it back, or delete ${folder} and begin anew (with another database, where ` +
        'DATABASE_URL is set). Lost are the tokens of Slack that only these secrets open, and every sign-in printed so far.',
    );
  },
);

test('no printed form of the configuration holds a secret', () => {
  const config = readSettings(PRODUCTION);
  const printed = [JSON.stringify(config), inspect(config, { depth: Infinity, showHidden: true })].join('\n');
  const secrets = [ENCRYPTION_KEY, 'app:secret', 'signing"', PRODUCTION.AUTH_JWT_SECRET];
  for (const value of secrets) expect(printed).not.toContain(value);
  expect(printed).toContain('[secret]');
});

test('secrets are taken out of the environment, and nothing else', () => {
  const environment: NodeJS.ProcessEnv = { ...PRODUCTION, PORT: '4000' };
  forgetSecrets(environment);
  const { NODE_ENV, SLACK_CLIENT_ID, PUBLIC_URL } = PRODUCTION;
  expect(environment).toEqual({ NODE_ENV, SLACK_CLIENT_ID, PUBLIC_URL, PORT: '4000' });
});
