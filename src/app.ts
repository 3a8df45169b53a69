import path from 'node:path';
import cors from '@fastify/cors';
import fastify, { type FastifyInstance } from 'fastify';
import type { NonEmptyArray } from 'type-graphql';
import { createAuthenticate } from './access/authenticate.ts';
import type { Config } from './config/config.ts';
import { noteSandbox } from './config/running-sandbox.ts';
import { startKeeper } from './credentials/keeper.worker.ts';
import { startRevocationsWorker } from './credentials/revocations.worker.ts';
import { entities } from './entities.ts';
import { startHealthWorker } from './connections/health.worker.ts';
import { registerSlackEvents, SLACK_EVENTS_PATH } from './connections/slack-events.route.ts';
import { createFeatures, type Features } from './features.ts';
import { adminRoute } from './graphql/admin.route.ts';
import { playgroundRoute } from './graphql/playground.route.ts';
import { requestIdOf } from './graphql/request-id.ts';
import { buildHeliographSchema, containerOf, type ResolverClass } from './graphql/schema.ts';
import { serveGraphQLOverHttp } from './graphql/server.ts';
import type { GraphQLSettings } from './graphql/settings.ts';
import { asksForSocket, serveGraphQLOverSockets } from './graphql/socket.ts';
import { startInstallsWorker } from './installs/installs.worker.ts';
import { registerOAuthCallback } from './installs/oauth-callback.route.ts';
import { COUNTED_STATUSES } from './notifications/notification.states.ts';
import { startCountsWorker } from './notifications/counts.worker.ts';
import { startRetentionWorker } from './notifications/retention.worker.ts';
import { systemClock } from './platform/clock.ts';
import { createFailpoints } from './platform/failpoints.ts';
import { openDatabase, type Database } from './platform/database.ts';
import { registerGentleClose } from './platform/gentle-close.ts';
import { registerHealth } from './platform/health.route.ts';
import { Stops, type Stoppable } from './platform/lifecycle.ts';
import type { Logger } from './platform/logger.ts';
import { createMetrics, type Metrics } from './platform/metrics.ts';
import { migrate, pendingMigrations } from './platform/migrations.ts';
import type { ProvidedDatabase } from './platform/provided-database.ts';
import { RateLimits } from './platform/rate-limits.ts';
import { readsOf, Replica, type ReplicaOutcome, type Reads } from './platform/replica.ts';
import type { Secret } from './platform/secret.ts';
import { registerSecurityHeaders } from './platform/security-headers.ts';
import { startTracing } from './platform/tracing.ts';
import { WakeUps } from './platform/wake-ups.ts';
import { readinessOf } from './readiness.ts';
import { waitForMigrations } from './unmigrated.ts';

export type RunningApp = Stoppable;

/** Beyond what any statement takes: locks are waited for 10 s, and what is much is done in parts. */
const DATABASE_ANSWERS_WITHIN_MS = 30_000;

/** What a page of CORS_ORIGINS may read of an answer beside its body. */
const EXPOSED_HEADERS = ['x-request-id', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after'];

const graphqlSettings = (
  config: Config,
  database: Database,
  { resolvers }: Features,
  metrics: Metrics,
  logger: Logger,
): GraphQLSettings => {
  const container = containerOf(resolvers);
  const classes = resolvers.map((resolver) => resolver.constructor) as unknown as NonEmptyArray<ResolverClass>;
  return {
    schema: buildHeliographSchema(classes, container),
    resolver: (type) => resolvers.find((resolver) => resolver instanceof type) as never,
    authenticate: createAuthenticate(config.auth),
    introspection: config.introspection,
    subscriptionsPerSocket: config.subscriptionsPerSocket,
    suggestions: !config.production,
    rateLimits: new RateLimits(database, config.requestsPerSecond),
    logger,
    clock: systemClock,
    onOperation: (type, durationMs) => metrics.graphqlSeconds.observe({ operation_type: type }, durationMs / 1000),
    onSubscriptionCount: (active) => metrics.subscriptions.set(active),
  };
};

/** A token names each workspace with its role: a thousand of them in 64 KiB, where Node takes 16 KiB by itself. */
const MAX_HEADER_BYTES = 64 * 1024;

const openHttp = async (config: Config, metrics: Metrics): Promise<FastifyInstance> => {
  // What has arrived is answered, also while the process stops.
  const http: FastifyInstance = fastify({
    logger: false,
    genReqId: requestIdOf,
    return503OnClosing: false,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      shouldUpgradeCallback: (request) => asksForSocket(request) && http.server.listenerCount('upgrade') > 0,
    },
  });
  registerGentleClose(http, systemClock);
  await registerSecurityHeaders(http, config.publicUrl);
  await http.register(cors, { origin: [...config.corsOrigins], exposedHeaders: EXPOSED_HEADERS });
  http.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  return http;
};

const registerPages = async (http: FastifyInstance, config: Config, features: Features, logger: Logger) => {
  registerOAuthCallback(http, features.callback, logger);
  registerSlackEvents(http, features.events, logger);
  await http.register(adminRoute, {
    directory: path.resolve(import.meta.dirname, '../admin'),
    page: {
      publicUrl: config.publicUrl,
      hostOrigins: config.corsOrigins,
      ...(config.slack.sandbox ? { simulatedSlackUrl: config.slack.simulatorUrl } : {}),
      ...(config.playgroundEnabled ? { playgroundUrl: '/playground' } : {}),
      production: config.production,
    },
  });
  http.get('/', async (_request, reply) => reply.redirect('/admin'));
  if (!config.playgroundEnabled) return;
  const directory = path.resolve(import.meta.dirname, '../playground');
  await http.register(playgroundRoute, { directory });
};

const startSandbox = async (config: Config, stops: Stops): Promise<void> => {
  const { startSimulator } = await import('../simulator/server.ts');
  const { simulatorPort: port, simulatorUrl: publicUrl, clientId, clientSecret, signingSecret } = config.slack;
  const simulator = await startSimulator({
    port,
    host: config.host,
    clientId,
    clientSecret: clientSecret.reveal(),
    signingSecret: signingSecret.reveal(),
    stateFile: path.join(config.dataDir, 'simulated-slack.json'),
    publicUrl,
    eventsUrl: `${config.publicUrl}${SLACK_EVENTS_PATH}`,
  });
  stops.add('the simulated Slack', () => simulator.stop());
  stops.add('the address of the simulated Slack', noteSandbox(config));
};

const startWorkers = async (config: Config, features: Features, logger: Logger, stops: Stops): Promise<void> => {
  await features.keyCheck.verify();
  stops.add('calls to Slack', () => features.slack.close());
  // Installs, disconnects and refreshes revoke, in any process: what is on its way to Slack is waited for.
  stops.add('revocations', () => features.revocations.drain());
  // Any process may be in the middle of a refresh: an answer that nobody stores is a token lost.
  stops.add('refreshes', () => features.refreshes.drain());
  for (const tail of features.tails) {
    await tail.start();
    stops.add('a status stream', () => tail.stop());
  }
  if (config.role === 'api') return;
  const jobs = [
    startRevocationsWorker(features.revocations, logger),
    startKeeper(features.refreshes, logger),
    startInstallsWorker(features.expiry, logger),
    features.eventsWorker.start(),
    startHealthWorker(features.health, features.failures, logger),
    features.lastUse.start(),
    startCountsWorker(features.counts, logger),
    startRetentionWorker(features.retention, logger),
    features.worker.start(),
  ];
  for (const job of jobs) stops.addJob('a background job', job);
};

/** What a process of role api or all adds: the API, its sockets and its pages. Role delivery keeps health and metrics. */
const serveApi = async (
  http: FastifyInstance,
  config: Config,
  database: Database,
  features: Features,
  metrics: Metrics,
  logger: Logger,
  stops: Stops,
): Promise<void> => {
  const settings = graphqlSettings(config, database, features, metrics, logger);
  await registerPages(http, config, features, logger);
  stops.addJob('names of direct messages', features.names);
  features.sync.start();
  stops.addJob('reading channels', features.sync);
  const api = await serveGraphQLOverHttp(http, settings);
  stops.add('the API', () => api.stop());
  const sockets = serveGraphQLOverSockets(http.server, settings);
  stops.add('the sockets', () => sockets.stop());
};

const start = async (
  config: Config,
  provided: ProvidedDatabase,
  logger: Logger,
  stops: Stops,
  stopping: AbortSignal,
): Promise<void> => {
  stops.add('the database server', () => provided.stop());
  if (config.tracing) {
    const tracing = await startTracing(config.role, (problem) => logger.warn({ problem }, 'Traces are not complete'));
    stops.add('traces', () => tracing.stop());
  }
  const { url } = provided;
  const answerWithinMs = DATABASE_ANSWERS_WITHIN_MS;
  const database = await openDatabase({ url, poolMax: config.database.poolMax, entities, logger, answerWithinMs });
  stops.add('the database connections', () => database.stop());
  const metrics = createMetrics(COUNTED_STATUSES);
  if (config.database.migrateOnStart) await migrateFirst(database, url, logger);
  await waitForMigrations(config, database, () => openHttp(config, metrics), logger, stopping);
  if (stopping.aborted) return;
  const wakeUps = new WakeUps(url, logger);
  stops.add('wake-ups', () => wakeUps.stop());
  const passFailpoint = createFailpoints(config.failpoints);
  const reads = await openReads(config, database, metrics, logger, stops);
  const features = createFeatures({ config, database, reads, wakeUps, metrics, logger, passFailpoint, stopping });
  if (config.slack.startsSimulator && config.role !== 'delivery') await startSandbox(config, stops);
  await wakeUps.start();
  await startWorkers(config, features, logger, stops);
  const http = await openHttp(config, metrics);
  stops.add('HTTP', () => http.close());
  let draining = false;
  registerHealth(
    http,
    readinessOf(config, database, features, () => draining),
    logger,
  );
  if (config.role !== 'delivery') await serveApi(http, config, database, features, metrics, logger, stops);
  await http.listen({ host: config.host, port: config.port });
  stops.add('readiness', () => {
    draining = true;
  });
  logger.info({ host: config.host, port: config.port, sandbox: config.slack.sandbox }, 'ready');
};

const openReads = async (
  config: Config,
  primary: Database,
  metrics: Metrics,
  logger: Logger,
  stops: Stops,
): Promise<Reads> => {
  const { replicaUrl: url, poolMax } = config.database;
  if (url === undefined || config.role === 'delivery') return readsOf(primary);
  const onRead = (outcome: ReplicaOutcome): void => metrics.replicaReads.inc({ outcome });
  const replica = new Replica({ url, poolMax, primary, clock: systemClock, logger, onRead });
  stops.add('the connections to the replica', () => replica.stop());
  return replica.start();
};

/** By connections of its own: an index of a large table takes as long as it takes. */
const migrateFirst = async (database: Database, url: Secret, logger: Logger): Promise<void> => {
  if ((await pendingMigrations(database.orm)).length === 0) return;
  const patient = await openDatabase({ url, poolMax: 2, entities, logger });
  try {
    const done = await migrate(patient.orm, url);
    if (done.length > 0) logger.info({ migrations: done }, 'migrated');
  } finally {
    await patient.stop();
  }
};

/**
 * Builds and starts everything; a start that fails half-way stops what it had started. One that is told to stop while it
 * waits for others leaves it at what is started.
 */
export const startApp = async (
  config: Config,
  provided: ProvidedDatabase,
  logger: Logger,
  stopping: AbortSignal,
): Promise<RunningApp> => {
  const stops = new Stops((name, error) => logger.error({ err: error }, `${name} could not be stopped cleanly`));
  try {
    await start(config, provided, logger, stops, stopping);
    return stops;
  } catch (error) {
    await stops.stop();
    throw error;
  }
};
