import { z } from 'zod';
import { parseFailpoint } from './failpoint-script.ts';
import { isSlackItself, SANDBOX_CREDENTIALS, SLACK_API_URL } from './slack-itself.ts';

const integer = (fallback: number, min: number, max = 2_147_483_647) =>
  z.coerce
    .number(`must be a whole number from ${min} to ${max}`)
    .int(`must be a whole number from ${min} to ${max}`)
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`)
    .default(fallback);

const decimal = (fallback: number) =>
  z.coerce.number('must be a number above 0').positive('must be a number above 0').default(fallback);

const flag = z
  .enum(['true', 'false', '1', '0'], 'must be true or false')
  .transform((text) => text === 'true' || text === '1')
  .optional();

const isWebUrl = (text: string): boolean => URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
const webUrl = z.string().refine(isWebUrl, 'must be an http or https URL');
const databaseUrl = z
  .string()
  .refine((text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text), 'must be a postgresql:// URL');

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const hasNo = (part: 'search' | 'hash') => (text: string) => !URL.canParse(text) || new URL(text)[part] === '';
/** A webhook is a secret address that posts without an identity; none is ever asked for. */
const scopes = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform(list)
    .refine((all) => all.length > 0, 'must name at least one scope')
    .refine(
      (all) => !all.includes('incoming-webhook'),
      'must not hold incoming-webhook: messages are posted by identities only',
    );
const origins = z
  .string()
  .transform(list)
  .refine(
    (all) => all.every((origin) => isWebUrl(origin) && new URL(origin).origin === origin),
    'must be a comma-separated list of exact origins such as https://app.example.com',
  )
  .optional();

const failpoints = z
  .string()
  .transform((text) => list(text).map(parseFailpoint))
  .refine((all) => all.every((entry) => entry !== undefined), 'must be name=kill or name=pause, optionally with @count')
  .transform((all) => all.filter((entry) => entry !== undefined))
  .optional();

const encryptionKeys = z
  .string()
  .transform(list)
  .refine(
    (all) => all.length > 0 && all.every((pair) => /^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/]{43}=$/.test(pair)),
    'must be id:base64[,id:base64…] with 32-byte keys (openssl rand -base64 32)',
  )
  .transform((all) => all.map((pair) => ({ id: pair.split(':')[0] ?? '', key: pair.slice(pair.indexOf(':') + 1) })))
  .refine((all) => new Set(all.map((key) => key.id)).size === all.length, 'must not name one key id twice')
  .optional();

const BOT_SCOPES =
  'chat:write,chat:write.public,channels:read,groups:read,im:read,mpim:read,users:read,channels:history,groups:history';
const USER_SCOPES = 'chat:write,channels:read,groups:read,im:read,mpim:read';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const MAX_PORT = 65_535;

/** Every setting by its environment name: what is legal, and what it is when it is not given. */
export const settings = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'], 'must be development, test or production')
    .default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: integer(4000, 1, MAX_PORT),
  PUBLIC_URL: webUrl
    .refine((text) => hasNo('search')(text) && hasNo('hash')(text), 'must have no query and no fragment')
    .optional(),
  HELIOGRAPH_ROLE: z.enum(['api', 'delivery', 'all'], 'must be api, delivery or all').default('all'),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_REPLICA_URL: databaseUrl.optional(),
  DATABASE_POOL_MAX: integer(20, 2, 1000),
  HELIOGRAPH_DATA_DIR: z.string().default('.heliograph'),
  HELIOGRAPH_PG_BIN: z.string().optional(),
  PATH: z.string().default(''),
  HELIOGRAPH_EXIT_WITH_PARENT: flag,
  HELIOGRAPH_FAILPOINTS: failpoints,
  MIGRATE_ON_START: flag,
  SLACK_CLIENT_ID: z.string().optional(),
  SLACK_CLIENT_SECRET: z.string().optional(),
  SLACK_SIGNING_SECRET: z.string().optional(),
  SLACK_REDIRECT_URI: webUrl.refine(hasNo('hash'), 'must have no fragment').optional(),
  SLACK_API_URL: webUrl.optional(),
  SLACK_AUTHORIZE_URL: webUrl.optional(),
  SLACK_BOT_SCOPES: scopes(BOT_SCOPES),
  SLACK_USER_SCOPES: scopes(USER_SCOPES),
  SLACK_TIMEOUT_MS: integer(10_000, 100, 60_000),
  SLACK_HISTORY_PER_MINUTE: integer(40, 1, 10_000),
  CONFIRM_SETTLE_SECONDS: integer(40, 0, 3600),
  CONFIRM_MAX_HOLD_SECONDS: integer(120, 1, 86_400),
  CHANNEL_MESSAGES_PER_SECOND: decimal(1),
  CHANNEL_BURST: integer(3, 1, 1000),
  DELIVERY_CONCURRENCY: integer(50, 1, 10_000),
  TEAM_CONCURRENCY: integer(10, 0, 10_000),
  TEAM_MESSAGES_PER_MINUTE: integer(300, 0, 1_000_000),
  LEASE_SECONDS: integer(10, 1, 3600),
  LANE_HOLD_SECONDS: integer(60, 0, 86_400),
  QUEUE_MAX_PER_WORKSPACE: integer(10_000, 1),
  AUTH_JWT_SECRET: z
    .string()
    .refine((text) => Buffer.byteLength(text) >= 32, 'must be at least 32 bytes')
    .optional(),
  AUTH_JWKS_URL: webUrl.optional(),
  AUTH_ISSUER: z.string().default('heliograph'),
  AUTH_AUDIENCE: z.string().default('heliograph'),
  TOKEN_ENCRYPTION_KEYS: encryptionKeys,
  VIEWER_REQUESTS_PER_SECOND: integer(0, 0, 1_000_000),
  WORKSPACE_REQUESTS_PER_SECOND: integer(0, 0, 1_000_000),
  SUBSCRIPTIONS_PER_SOCKET: integer(100, 1, 10_000),
  CORS_ORIGINS: origins,
  RETURN_ORIGINS: origins,
  PLAYGROUND_ENABLED: flag,
  INTROSPECTION: z.enum(['on', 'off', 'authenticated'], 'must be on, off or authenticated').optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  LOG_CONTENT: flag,
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], 'must be otlp or none').optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: webUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: webUrl.optional(),
  STATUS_LOG_DAYS: integer(7, 1, 3650),
  HISTORY_DAYS: integer(400, 1, 3650),
});

export type Settings = z.infer<typeof settings>;

const REQUIRED_IN_PRODUCTION = [
  'DATABASE_URL',
  'TOKEN_ENCRYPTION_KEYS',
  'SLACK_CLIENT_ID',
  'SLACK_CLIENT_SECRET',
  'SLACK_SIGNING_SECRET',
] as const;

/** Of a sandbox whose simulated Slack is its own. */
const sandboxProblems = (given: Readonly<Record<string, string | undefined>>): string[] => {
  const problems: string[] = [];
  if (Number(given['PORT']) === MAX_PORT) problems.push('PORT: must leave PORT+1 free for the simulated Slack');
  if (given['HELIOGRAPH_ROLE'] === 'delivery' && given['NODE_ENV'] !== 'production') {
    problems.push(
      'HELIOGRAPH_ROLE: delivery starts no simulated Slack; give SLACK_API_URL, or the credentials of a Slack app',
    );
  }
  return problems;
};

/** Whoever knows what everybody knows could sign Slack's events. */
const sandboxCredentialProblems = (given: Readonly<Record<string, string | undefined>>): string[] => {
  const apiUrl = given['SLACK_API_URL'] ?? SLACK_API_URL;
  if (!isWebUrl(apiUrl) || !isSlackItself(apiUrl)) return [];
  return Object.entries(SANDBOX_CREDENTIALS)
    .filter(([name, value]) => given[name] === value)
    .map(([name]) => `${name}: must be the Slack app's own in production; this one is the simulated Slack's`);
};

/** What no single setting can know about the others. Asked of what was given, legal or not, so that all is reported at once. */
export const combinedProblems = (given: Readonly<Record<string, string | undefined>>): string[] => {
  const isGiven = (name: string): boolean => given[name] !== undefined;
  const slack = ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET', 'SLACK_SIGNING_SECRET'];
  const problems: string[] = [];
  if (given['NODE_ENV'] === 'production') {
    for (const name of REQUIRED_IN_PRODUCTION) {
      if (!isGiven(name)) problems.push(`${name}: must be given in production`);
    }
    if (!isGiven('AUTH_JWT_SECRET') && !isGiven('AUTH_JWKS_URL')) {
      problems.push('AUTH_JWT_SECRET or AUTH_JWKS_URL: one of them must be given in production');
    }
    if (isGiven('HELIOGRAPH_FAILPOINTS')) {
      problems.push('HELIOGRAPH_FAILPOINTS: is for tests and cannot be used in production');
    }
    problems.push(...sandboxCredentialProblems(given));
  } else if (slack.some(isGiven) && !slack.every(isGiven)) {
    problems.push(`${slack.join(', ')}: give all three, or none for sandbox mode`);
  }
  if (isGiven('AUTH_JWT_SECRET') && isGiven('AUTH_JWKS_URL')) {
    problems.push('AUTH_JWT_SECRET, AUTH_JWKS_URL: give one, not both');
  }
  if (!isGiven('SLACK_CLIENT_ID') && !isGiven('SLACK_API_URL')) problems.push(...sandboxProblems(given));
  return problems;
};
