import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { decodeJwt, jwtVerify } from 'jose';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { freePort, runCommand, startServer } from '../support/processes.ts';

const SECRET = 'the-shared-secret-of-the-command-tests';
const key = (): string => `test:${randomBytes(32).toString('base64')}`;

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-commands-'));
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

const heliograph = (args: string[], env: Record<string, string> = {}) => runCommand(args, folder, env);

test('the command can be run as it was built', () => {
  expect(execFileSync(path.resolve('dist/server/main.js'), ['--help'], { encoding: 'utf8' })).toContain('serve');
});

describe('heliograph token', () => {
  test('prints a token for the developer in the workspace demo', async () => {
    const { code, stdout, stderr } = await heliograph(['token'], { AUTH_JWT_SECRET: SECRET });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { payload } = await jwtVerify(stdout.trim(), new TextEncoder().encode(SECRET), {
      issuer: 'heliograph',
      audience: 'heliograph',
      algorithms: ['HS256'],
    });
    expect(payload).toMatchObject({ sub: 'developer', workspaces: { demo: 'ADMIN' } });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(12 * 3600);
  });

  test('prints one for whom it is told, by the settings of issuer and audience', async () => {
    const args = ['token', '--user', 'service:x', '--workspace', 'a', 'b', '--role', 'SERVICE', '--lifetime', '5m'];
    const { stdout } = await heliograph(args, {
      AUTH_JWT_SECRET: SECRET,
      AUTH_ISSUER: 'shop',
      AUTH_AUDIENCE: 'notify',
    });
    const claims = decodeJwt(stdout.trim());
    expect(claims).toMatchObject({
      sub: 'service:x',
      iss: 'shop',
      aud: 'notify',
      workspaces: { a: 'SERVICE', b: 'SERVICE' },
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(300);
  });

  test('prints one for any workspace to a service', async () => {
    const args = ['token', '--user', 'service:x', '--workspace', '*', '--role', 'SERVICE'];
    const { stdout } = await heliograph(args, { AUTH_JWT_SECRET: SECRET });
    expect(decodeJwt(stdout.trim())).toMatchObject({ workspaces: { '*': 'SERVICE' } });
  });

  test('takes settings from a file .env where it runs, and what is set already wins over the file', async () => {
    const file = path.join(folder, '.env');
    writeFileSync(file, `AUTH_JWT_SECRET=${'f'.repeat(40)}\nAUTH_ISSUER=of-the-file\n`);
    onTestFinished(() => rmSync(file));
    const { stdout } = await heliograph(['token'], { AUTH_JWT_SECRET: SECRET });
    const { payload } = await jwtVerify(stdout.trim(), new TextEncoder().encode(SECRET));
    expect(payload.iss).toBe('of-the-file');
  });

  test('says why it cannot, where only the product holds the keys', async () => {
    const { code, stdout, stderr } = await heliograph(['token'], { AUTH_JWKS_URL: 'https://example.com/jwks.json' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('AUTH_JWKS_URL');
  });

  test.each([
    ['a role that is none', ['--role', 'OWNER']],
    ['a lifetime that is none', ['--lifetime', 'soon']],
    ['a lifetime of nothing', ['--lifetime', '0s']],
    ['a lifetime that is over', ['--lifetime', '5m ago']],
    ['a lifetime that is over by its sign', ['--lifetime=-5m']],
    ['a user without a name', ['--user', '']],
    ['a user whose name is too long', ['--user', 'x'.repeat(256)]],
    ['a workspace without a name', ['--workspace', '']],
    ['any workspace for a person', ['--workspace', '*']],
    ['any workspace among others for a person', ['--workspace', 'a', '*', '--role', 'MEMBER']],
  ])('refuses %s', async (_name, args) => {
    const { code, stdout, stderr } = await heliograph(['token', ...args], { AUTH_JWT_SECRET: SECRET });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('heliograph migrate', () => {
  test('brings an empty database to head once, however many run at the same time, and says so', async () => {
    const name = `empty_${randomBytes(6).toString('hex')}`;
    const admin = new pg.Client({ connectionString: inject('postgresUrl') });
    await admin.connect();
    await admin.query(`create database ${name}`);
    const url = new URL(inject('postgresUrl'));
    url.pathname = `/${name}`;
    try {
      const env = { DATABASE_URL: url.href, LOG_LEVEL: 'error' };
      const all = await Promise.all(Array.from({ length: 4 }, () => heliograph(['migrate'], env)));
      expect(all.map(({ code, stderr }) => ({ code, stderr }))).toEqual(all.map(() => ({ code: 0, stderr: '' })));
      // Of four at once, one does it and the others wait and find it done.
      const said = all.map(({ stdout }) => stdout.trim()).sort();
      expect(said[0]).toMatch(/^Migrated: 0001-connections, 0002-delivery, /);
      expect(said.slice(1)).toEqual(Array(3).fill('The database is at head.'));
      expect(await heliograph(['migrate'], env)).toMatchObject({ code: 0, stdout: 'The database is at head.\n' });
    } finally {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    }
  });

  test('says in one line that the database cannot be reached, without its password', async () => {
    const env = { DATABASE_URL: `postgresql://app:hidden@127.0.0.1:${await freePort()}/x`, LOG_LEVEL: 'silent' };
    const { code, stderr } = await heliograph(['migrate'], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^heliograph: cannot go on: .*ECONNREFUSED/);
    expect(stderr).not.toContain('hidden');
  });
});

describe('the command line', () => {
  test('says in one line that Node is too old, before anything else', async () => {
    const older = `data:text/javascript,Object.defineProperty(process, 'version', { value: 'v20.19.5' })`;
    const { code, stdout, stderr } = await heliograph(['token'], { NODE_OPTIONS: `--import="${older}"` });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^heliograph: Node 22\.17 or newer is needed, and this is v20\.19\.5\..*\n$/);
  });

  test('says so too where what the server needs does not even load', async () => {
    const hooks = `resolve: (name, context, next) => { if (name === 'commander') throw new SyntaxError(name); return next(name, context); }`;
    const older = `import { registerHooks } from 'node:module';
      registerHooks({ ${hooks} });
      Object.defineProperty(process, 'version', { value: 'v20.5.0' });`;
    const preload = `data:text/javascript;base64,${Buffer.from(older).toString('base64')}`;
    const { code, stderr } = await heliograph(['token'], { NODE_OPTIONS: `--import="${preload}"` });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('this is v20.5.0') });
    expect(stderr).not.toContain('SyntaxError');
  });

  test.each([[['sreve']], [['serve', '--port', '1']], [['token', '--admin']]])('%j is refused with 1', async (args) => {
    const { code, stderr } = await heliograph(args);
    expect(code).toBe(1);
    expect(stderr).toContain('unknown');
  });

  test('--help names the commands', async () => {
    const { code, stdout } = await heliograph(['--help']);
    expect(code).toBe(0);
    for (const command of ['serve', 'migrate', 'token']) expect(stdout).toContain(command);
  });
});

describe('heliograph serve refuses to start', () => {
  test('with bad settings: all of them in one line, by name and without a value, exit code 1', async () => {
    const { code, stdout, stderr } = await heliograph(['serve'], {
      PORT: 'port-value',
      DATABASE_URL: 'mysql://user:db-password@host/x',
      AUTH_JWT_SECRET: 'short-secret',
      TOKEN_ENCRYPTION_KEYS: 'k1:short-key',
      HELIOGRAPH_ROLE: 'role-value',
      SLACK_CLIENT_SECRET: 'slack-secret',
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    const names = [
      'PORT',
      'DATABASE_URL',
      'AUTH_JWT_SECRET',
      'TOKEN_ENCRYPTION_KEYS',
      'HELIOGRAPH_ROLE',
      'SLACK_CLIENT_ID',
    ];
    for (const name of names) expect(stderr).toContain(name);
    expect(stderr).not.toMatch(/port-value|db-password|short-secret|short-key|role-value|slack-secret/);
  });

  test('in production with development defaults', async () => {
    const { code, stderr } = await heliograph(['serve'], { NODE_ENV: 'production' });
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    const names = [
      'DATABASE_URL',
      'TOKEN_ENCRYPTION_KEYS',
      'AUTH_JWT_SECRET',
      'SLACK_CLIENT_ID',
      'SLACK_SIGNING_SECRET',
    ];
    for (const name of names) expect(stderr).toContain(name);
  });

  test('with other encryption keys than the database was used with', async () => {
    const env = {
      DATABASE_URL: database.url,
      AUTH_JWT_SECRET: SECRET,
      SLACK_CLIENT_ID: 'test-client',
      SLACK_CLIENT_SECRET: 'x',
      SLACK_SIGNING_SECRET: 'y',
      SLACK_API_URL: 'http://127.0.0.1:1/api/',
      LOG_LEVEL: 'info',
    };
    const keys = key();
    const first = await startServer({ ...env, TOKEN_ENCRYPTION_KEYS: keys, PORT: `${await freePort()}` });
    const other = { ...env, PORT: `${await freePort()}` };
    const { code, stderr } = await heliograph(['serve'], {
      ...other,
      TOKEN_ENCRYPTION_KEYS: key(),
      LOG_LEVEL: 'silent',
    });
    expect(code).toBe(1);
    expect(stderr).toContain('TOKEN_ENCRYPTION_KEYS does not fit this database');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    // A new key in front of the known one is what a rotation begins with.
    const rotated = `new:${randomBytes(32).toString('base64')},${keys}`;
    const second = await startServer({ ...other, TOKEN_ENCRYPTION_KEYS: rotated });
    expect(await Promise.all([first.stop(), second.stop()])).toEqual([0, 0]);
    expect(first.lines.join('\n')).not.toContain(keys.slice('test:'.length));
  });

  test('on a port that is taken', async () => {
    const other = await createTestDatabase();
    const env = {
      DATABASE_URL: other.url,
      AUTH_JWT_SECRET: SECRET,
      NODE_ENV: 'production',
      PORT: `${await freePort()}`,
      SLACK_CLIENT_ID: 'a',
      SLACK_CLIENT_SECRET: 'b',
      SLACK_SIGNING_SECRET: 'c',
      TOKEN_ENCRYPTION_KEYS: key(),
    };
    const one = await startServer(env);
    // What is legal and hardly meant is no reason not to start.
    expect(one.lines.find((line) => line.includes('PUBLIC_URL'))).toContain('"level":40');
    const { code, stderr } = await heliograph(['serve'], { ...env, LOG_LEVEL: 'silent' });
    expect(code).toBe(1);
    expect(stderr).toContain('EADDRINUSE');
    // The one that has it goes on.
    expect((await fetch(`http://localhost:${env.PORT}/livez`)).status).toBe(200);
    await one.stop();
    await other.drop();
  });
});
