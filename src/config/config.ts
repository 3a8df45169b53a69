import { Secret } from '../platform/secret.ts';
import { combinedProblems, settings, type Settings } from './settings.ts';
import { warningsOf } from './setting-warnings.ts';
import { SANDBOX_CREDENTIALS, SLACK_API_URL } from './slack-itself.ts';
import type { DevelopmentSecrets } from './development-secrets.ts';

/** Bad configuration, all of it at once. Holds names and rules, never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(`Configuration is not usable: ${problems.join('; ')}`);
  }
}

export interface EncryptionKey {
  readonly id: string;
  readonly key: Secret;
}

export type AuthConfig = { readonly issuer: string; readonly audience: string } & (
  { readonly kind: 'secret'; readonly secret: Secret } | { readonly kind: 'jwks'; readonly url: string }
);

/** What the server runs with. Frozen; nothing else in the project looks at the environment. */
export type Config = ReturnType<typeof build>;
export type DeliveryConfig = Config['delivery'];

const SLACK_AUTHORIZE_URL = 'https://slack.com/oauth/v2/authorize';

const trailingSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`);

/** Slack's own addresses say no more than the default: without credentials they name no simulated Slack. */
const isSlackDefault = (name: string, value = ''): boolean =>
  (name === 'SLACK_API_URL' && trailingSlash(value) === SLACK_API_URL) ||
  (name === 'SLACK_AUTHORIZE_URL' && value === SLACK_AUTHORIZE_URL);

const parse = (environment: NodeJS.ProcessEnv): Settings => {
  // An empty value means "not given": compose files and shells leave those behind.
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => value !== '' && !isSlackDefault(name, value)),
  );
  const result = settings.safeParse(given);
  const single = result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const problems = [...new Set([...single, ...combinedProblems(given)])];
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return result.data;
};

/** Whom a server that listens on every address is asked for on this machine. */
const ON_THIS_MACHINE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
const LOOPBACK = ['127.0.0.1', '::1'];
const isLoopback = (hostname: string): boolean => /^(localhost|127\..*|\[::1\])$/.test(hostname);

/** Where the simulated Slack is that listens on `HOST`: for this process, and for a browser. */
const simulatorOf = ({ HOST, PORT, PUBLIC_URL }: Settings): { forUs: string; forBrowsers: string } => {
  const host = ON_THIS_MACHINE[HOST] ?? HOST;
  const port = PORT + 1;
  const forUs = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  // What has TLS in front of PORT has none in front of this one, where browsers would ask for it as well.
  const isPublished = HOST in ON_THIS_MACHINE && PUBLIC_URL?.startsWith('http:') === true;
  const published = isPublished ? new URL(PUBLIC_URL).hostname : 'localhost';
  if (!isLoopback(published)) return { forUs, forBrowsers: `http://${published}:${port}` };
  return { forUs, forBrowsers: LOOPBACK.includes(host) ? `http://localhost:${port}` : forUs };
};

const slackConfig = (given: Settings, publicUrl: string) => {
  const sandbox = given.SLACK_CLIENT_ID === undefined;
  const startsSimulator = sandbox && given.SLACK_API_URL === undefined;
  const simulator = simulatorOf(given);
  const sandboxApi = given.SLACK_API_URL ?? `${simulator.forUs}/api/`;
  const consentOrigin = startsSimulator ? simulator.forBrowsers : new URL(sandboxApi).origin;
  const authorizeUrl =
    given.SLACK_AUTHORIZE_URL ?? (sandbox ? `${consentOrigin}/oauth/v2/authorize` : SLACK_AUTHORIZE_URL);
  return {
    sandbox,
    /** A sandbox that is told of another simulator starts none. */
    startsSimulator,
    simulatorPort: given.PORT + 1,
    /** Where a browser finds its page. */
    simulatorUrl: startsSimulator ? simulator.forBrowsers : new URL(authorizeUrl).origin,
    clientId: given.SLACK_CLIENT_ID ?? SANDBOX_CREDENTIALS.SLACK_CLIENT_ID,
    clientSecret: new Secret(given.SLACK_CLIENT_SECRET ?? SANDBOX_CREDENTIALS.SLACK_CLIENT_SECRET),
    signingSecret: new Secret(given.SLACK_SIGNING_SECRET ?? SANDBOX_CREDENTIALS.SLACK_SIGNING_SECRET),
    redirectUri: given.SLACK_REDIRECT_URI ?? `${publicUrl}/slack/oauth/callback`,
    apiUrl: sandbox ? trailingSlash(sandboxApi) : trailingSlash(given.SLACK_API_URL ?? SLACK_API_URL),
    authorizeUrl,
    botScopes: given.SLACK_BOT_SCOPES,
    userScopes: given.SLACK_USER_SCOPES,
    timeoutMs: given.SLACK_TIMEOUT_MS,
  };
};

const deliveryConfig = (given: Settings) => ({
  concurrency: given.DELIVERY_CONCURRENCY,
  teamConcurrency: given.TEAM_CONCURRENCY,
  channelMessagesPerSecond: given.CHANNEL_MESSAGES_PER_SECOND,
  channelBurst: given.CHANNEL_BURST,
  leaseSeconds: given.LEASE_SECONDS,
  laneHoldSeconds: given.LANE_HOLD_SECONDS,
  teamMessagesPerMinute: given.TEAM_MESSAGES_PER_MINUTE,
  historyPerMinute: given.SLACK_HISTORY_PER_MINUTE,
  confirmSettleSeconds: given.CONFIRM_SETTLE_SECONDS,
  confirmMaxHoldSeconds: given.CONFIRM_MAX_HOLD_SECONDS,
  queueMaxPerWorkspace: given.QUEUE_MAX_PER_WORKSPACE,
});

const authConfig = (given: Settings, secret: string): AuthConfig => ({
  issuer: given.AUTH_ISSUER,
  audience: given.AUTH_AUDIENCE,
  ...(given.AUTH_JWKS_URL === undefined
    ? { kind: 'secret', secret: new Secret(secret) }
    : { kind: 'jwks', url: given.AUTH_JWKS_URL }),
});

/** Only whether: where to and how is read by OpenTelemetry's own SDK, from the other OTEL_* variables. */
const isTraced = (given: Settings): boolean => {
  if (given.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || given.OTEL_TRACES_EXPORTER === 'none') return false;
  const endpoint = given.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? given.OTEL_EXPORTER_OTLP_ENDPOINT;
  return given.OTEL_TRACES_EXPORTER === 'otlp' || endpoint !== undefined;
};

const build = (given: Settings, development: DevelopmentSecrets | undefined) => {
  const production = given.NODE_ENV === 'production';
  const publicUrl = (given.PUBLIC_URL ?? `http://localhost:${given.PORT}`).replace(/\/$/, '');
  const ownOrigin = new URL(publicUrl).origin;
  const localOrigins = ['http://localhost:3000', 'http://localhost:8080', ownOrigin];
  // In production an address that nobody gave is anybody's, not the admin's.
  const isOwn = given.PUBLIC_URL !== undefined || !production;
  const keys = given.TOKEN_ENCRYPTION_KEYS ?? [{ id: 'development', key: development?.encryptionKey ?? '' }];
  return Object.freeze({
    warnings: warningsOf(given),
    production,
    host: given.HOST,
    port: given.PORT,
    publicUrl,
    role: given.HELIOGRAPH_ROLE,
    exitWithParent: given.HELIOGRAPH_EXIT_WITH_PARENT ?? false,
    failpoints: given.HELIOGRAPH_FAILPOINTS ?? [],
    dataDir: given.HELIOGRAPH_DATA_DIR,
    database: {
      url: given.DATABASE_URL === undefined ? undefined : new Secret(given.DATABASE_URL),
      replicaUrl: given.DATABASE_REPLICA_URL === undefined ? undefined : new Secret(given.DATABASE_REPLICA_URL),
      poolMax: given.DATABASE_POOL_MAX,
      binDir: given.HELIOGRAPH_PG_BIN,
      searchPath: given.PATH,
      migrateOnStart: given.MIGRATE_ON_START ?? !production,
    },
    slack: slackConfig(given, publicUrl),
    delivery: deliveryConfig(given),
    auth: authConfig(given, given.AUTH_JWT_SECRET ?? development?.jwtSecret ?? ''),
    encryptionKeys: keys.map(({ id, key }): EncryptionKey => ({ id, key: new Secret(key) })),
    requestsPerSecond: { VIEWER: given.VIEWER_REQUESTS_PER_SECOND, WORKSPACE: given.WORKSPACE_REQUESTS_PER_SECOND },
    corsOrigins: given.CORS_ORIGINS ?? localOrigins,
    // The admin sends browsers back to itself, whatever the product's own origins are.
    returnOrigins: [...new Set([...(given.RETURN_ORIGINS ?? localOrigins), ...(isOwn ? [ownOrigin] : [])])],
    playgroundEnabled: given.PLAYGROUND_ENABLED ?? !production,
    subscriptionsPerSocket: given.SUBSCRIPTIONS_PER_SOCKET,
    introspection: given.INTROSPECTION ?? (production ? 'authenticated' : 'on'),
    logLevel: given.LOG_LEVEL,
    logContent: given.LOG_CONTENT ?? false,
    tracing: isTraced(given),
    // A change is in the log for as long as its notification is kept.
    statusLogDays: Math.min(given.STATUS_LOG_DAYS, given.HISTORY_DAYS),
    historyDays: given.HISTORY_DAYS,
  });
};

/** Reads, checks and freezes. `developmentSecrets` is asked only outside production and only for what was not given. */
export const readConfig = (
  developmentSecrets: (dataDir: string) => DevelopmentSecrets,
  environment: NodeJS.ProcessEnv = process.env,
): Config => {
  const given = parse(environment);
  const needed =
    given.NODE_ENV !== 'production' &&
    (given.TOKEN_ENCRYPTION_KEYS === undefined ||
      (given.AUTH_JWT_SECRET === undefined && given.AUTH_JWKS_URL === undefined));
  return build(given, needed ? developmentSecrets(given.HELIOGRAPH_DATA_DIR) : undefined);
};

/** Settings that hold a secret, or may. */
const SECRET_SETTINGS = [
  'DATABASE_URL',
  'DATABASE_REPLICA_URL',
  'SLACK_CLIENT_SECRET',
  'SLACK_SIGNING_SECRET',
  'AUTH_JWT_SECRET',
  'TOKEN_ENCRYPTION_KEYS',
];

/**
 * Takes the secrets out of the environment once they are read, and keeps the environment out of Node's diagnostic
 * reports: neither a program that this one starts nor a report of a crash can show them.
 */
export const forgetSecrets = (environment: NodeJS.ProcessEnv = process.env): void => {
  for (const name of SECRET_SETTINGS) delete environment[name];
  process.report.excludeEnv = true;
};
