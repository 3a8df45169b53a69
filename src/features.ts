import { randomBytes } from 'node:crypto';
import { ViewerResolver } from './access/viewer.resolver.ts';
import { CallBudgets } from './channels/call-budget.repository.ts';
import { ChannelRepository } from './channels/channel.repository.ts';
import { ChannelsResolver, DefaultChannelResolver } from './channels/channels.resolver.ts';
import { ChannelsService } from './channels/channels.service.ts';
import { DirectoryRepository } from './channels/directory.repository.ts';
import { DirectorySync } from './channels/directory-sync.worker.ts';
import { PeopleNames } from './channels/people-names.worker.ts';
import { PeopleRepository } from './channels/people.repository.ts';
import { AuthorizationRepository } from './connections/authorization.repository.ts';
import { ConnectingService } from './connections/connecting.service.ts';
import { ConnectionLoader } from './connections/connection-loader.ts';
import { ConnectionRepository } from './connections/connection.repository.ts';
import { AuthorizationsResolver, ConnectionsResolver } from './connections/connections.resolver.ts';
import { ConnectionsService } from './connections/connections.service.ts';
import type { QueueOfConnection } from './connections/dependents.ts';
import { DisconnectResolver } from './connections/disconnect.resolver.ts';
import { DisconnectService } from './connections/disconnect.service.ts';
import { EndingService } from './connections/ending.service.ts';
import { DeliveryRepository, type Settled } from './delivery/delivery.repository.ts';
import { Confirmer } from './delivery/confirmer.service.ts';
import { paceOf } from './delivery/pace.policy.ts';
import { DeliveryWorker } from './delivery/delivery.worker.ts';
import { FailingChannelsRepository } from './delivery/failing-channels.repository.ts';
import { FailingChannels } from './delivery/failing-channels.service.ts';
import { InspectionRepository } from './delivery/inspection.repository.ts';
import { InspectionResolver } from './delivery/inspection.resolver.ts';
import { InspectionService } from './delivery/inspection.service.ts';
import { LastUseRepository } from './delivery/last-use.repository.ts';
import { LastUse } from './delivery/last-use.worker.ts';
import { QueueRepository } from './delivery/queue.repository.ts';
import { Sender } from './delivery/sender.service.ts';
import { EventTypesResolver } from './event-types/event-types.resolver.ts';
import { IdentitiesResolver, SelectionsResolver } from './identities/identities.resolver.ts';
import { IdentitiesService } from './identities/identities.service.ts';
import { IdentityLoader } from './identities/identity-loader.ts';
import { IdentityRepository } from './identities/identity.repository.ts';
import { SelectionRepository } from './identities/selection.repository.ts';
import { SelectionService } from './identities/selection.service.ts';
import { SenderRepository } from './identities/sender.repository.ts';
import { SenderService } from './identities/sender.service.ts';
import { BeginInstallService } from './installs/begin-install.service.ts';
import { CompleteInstallService } from './installs/complete-install.service.ts';
import { InstallCallbackService } from './installs/install-callback.service.ts';
import { InstallExpiryService } from './installs/install-expiry.service.ts';
import { InstallRepository } from './installs/install.repository.ts';
import { InstallsResolver } from './installs/installs.resolver.ts';
import { PendingGrants } from './installs/pending-grant.service.ts';
import { ConnectionStatusResolver } from './live/connection-status.resolver.ts';
import { ConnectionStatusLogRepository } from './live/connection-status-log.repository.ts';
import { ConnectionStatusService } from './live/connection-status.service.ts';
import { cursorOfNow } from './live/log-stream.service.ts';
import { StatusLogRepository } from './live/status-log.repository.ts';
import { StatusStreamResolver, TimelineResolver } from './live/status-stream.resolver.ts';
import { StatusStreamService } from './live/status-stream.service.ts';
import { StatusTail } from './live/status-tail.worker.ts';
import { TimelineService } from './live/timeline.service.ts';
import { HistoryRepository } from './notifications/history.repository.ts';
import { AcceptService } from './notifications/accept.service.ts';
import { MendService } from './notifications/mend.service.ts';
import { MendingResolver } from './notifications/mending.resolver.ts';
import { QueueLimit } from './notifications/queue-limit.service.ts';
import { NotYetResolver } from './notifications/not-yet.resolver.ts';
import { NotificationFieldsResolver } from './notifications/notification-fields.resolver.ts';
import { NotificationRepository } from './notifications/notification.repository.ts';
import { NotificationService } from './notifications/notification.service.ts';
import { NotificationsResolver } from './notifications/notifications.resolver.ts';
import { PreflightResolver } from './notifications/preflight.resolver.ts';
import { PreflightService } from './notifications/preflight.service.ts';
import { SendService } from './notifications/send.service.ts';
import { TriggersResolver } from './notifications/triggers.resolver.ts';
import { createCredentials, openSlack, type Credentials, type Ground } from './foundation.ts';
import { createWatching } from './watching.ts';
import type { Metrics } from './platform/metrics.ts';
import { systemClock } from './platform/clock.ts';
import type { SlackGateway } from './slack/gateway.ts';

/** The queue with its workers, and the history that it leaves. */
const createDelivery = (ground: Ground, slack: SlackGateway, { vault, refreshes, tokens }: Credentials) => {
  const { config, database, wakeUps, metrics, logger, passFailpoint } = ground;
  const { delivery } = config;
  const pace = paceOf(delivery);
  const onWork = (): void => {
    wakeUps.send('heliograph_delivery');
    wakeUps.send('heliograph_status');
  };
  const queue = new QueueRepository(database, pace.burstToleranceSeconds, onWork);
  const sender = new Sender(
    slack,
    vault,
    refreshes,
    delivery.laneHoldSeconds,
    systemClock,
    Math.random,
    passFailpoint,
    logger,
  );
  const deliveries = new DeliveryRepository(database, pace);
  const limits = {
    settledAfterMs: config.slack.timeoutMs + delivery.confirmSettleSeconds * 1000,
    maxHoldMs: delivery.confirmMaxHoldSeconds * 1000,
  };
  const confirmer = new Confirmer(
    slack,
    tokens,
    deliveries,
    limits,
    (result) => metrics.confirmations.inc({ result }),
    passFailpoint,
  );
  const failing = new FailingChannels(
    new FailingChannelsRepository(database),
    () => systemClock.monotonicMs(),
    logger,
    () => metrics.persistentFailures.inc({ kind: 'channel' }),
  );
  const lastUse = new LastUse(new LastUseRepository(database), logger);
  const worker = new DeliveryWorker(
    deliveries,
    queue,
    sender,
    confirmer,
    { ...delivery, sendTimeoutMs: config.slack.timeoutMs },
    systemClock,
    logger,
    passFailpoint,
    (batch, contradicted) => {
      wakeUps.send('heliograph_status');
      countSettled(metrics, batch, contradicted);
      failing.observe(batch);
      lastUse.observe(batch);
    },
  );
  wakeUps.on('heliograph_delivery', () => worker.wake());
  return { queue, worker, lastUse, inspection: new InspectionService(new InspectionRepository(database), pace) };
};

const countSettled = (metrics: Metrics, batch: readonly Settled[], contradicted: number): void => {
  metrics.invariantViolations.inc(contradicted);
  for (const { status, attempt, durationMs } of batch) {
    if (status) metrics.notifications.inc({ status });
    if (!attempt) continue;
    metrics.attempts.inc({ outcome: attempt.outcome });
    metrics.deliverySeconds.observe(durationMs / 1000);
  }
};

/** Workspace connections, personal authorizations, and the way to them. */
const createConnections = (ground: Ground, slack: SlackGateway, shared: Credentials, queue: QueueOfConnection) => {
  const { config, database, logger } = ground;
  const { credentials, sealer, vault, revocations, tokens } = shared;
  const connections = new ConnectionRepository();
  const authorizations = new AuthorizationRepository();
  const identities = new IdentityRepository();
  const wanted = { bot: config.slack.botScopes, user: config.slack.userScopes };
  const views = new ConnectionsService(database, connections, authorizations, wanted);
  const ending = new EndingService(connections, authorizations, credentials, revocations, identities);
  const disconnects = new DisconnectService(database, connections, authorizations, views, ending, revocations, queue);
  const connecting = new ConnectingService(
    connections,
    authorizations,
    credentials,
    vault,
    revocations,
    ending,
    identities,
  );
  const installs = new InstallRepository();
  const grants = new PendingGrants(sealer);
  const settings = { ...config.slack, returnOrigins: config.returnOrigins };
  const begin = new BeginInstallService(database, installs, connections, settings, randomBytes);
  const callback = new InstallCallbackService(
    database,
    installs,
    connections,
    tokens,
    grants,
    revocations,
    slack,
    config.slack.redirectUri,
    randomBytes,
    logger,
  );
  const complete = new CompleteInstallService(database, installs, grants, connecting, views, revocations, queue, slack);
  const expiry = new InstallExpiryService(database, installs, grants, revocations, logger);
  return { connections, authorizations, identities, views, disconnects, begin, callback, complete, expiry };
};

/** What an identity can see of Slack's conversations. */
const createChannels = ({ config, database, logger }: Ground, slack: SlackGateway, { tokens }: Credentials) => {
  const rows = new ChannelRepository(database);
  // One call and what is written after it, with room for a slow database.
  const directories = new DirectoryRepository(database, rows, config.slack.timeoutMs / 1000 + 10);
  const budgets = new CallBudgets(database);
  const names = new PeopleNames(new PeopleRepository(database), budgets, tokens, slack, logger);
  const sync = new DirectorySync(directories, budgets, tokens, slack, names, logger);
  return { sync, names, channels: new ChannelsService(rows, directories, budgets, sync, tokens, slack, systemClock) };
};

/** What is sent, what would come of it, and what is sent again. */
const createSends = (
  { config, database }: Ground,
  rows: NotificationRepository,
  queue: QueueRepository,
  channels: ChannelsService,
  inspection: InspectionService,
) => {
  const senders = new SenderService(database, new SenderRepository());
  const accepting = new AcceptService(database, rows, queue);
  const limit = new QueueLimit(rows, config.delivery.queueMaxPerWorkspace, systemClock);
  const sends = new SendService(rows, accepting, limit, senders, channels, systemClock);
  const preflights = new PreflightService(sends, senders, channels, limit, inspection, systemClock);
  return { sends, preflights, mends: new MendService(database, rows, queue, senders, accepting) };
};

/** The status streams and the timelines. */
const createLive = (
  { config, database, wakeUps, metrics, logger }: Ground,
  log: StatusLogRepository,
  notifications: NotificationService,
) => {
  // Rows go with their notification: a cursor from before the history begins would hide what is missing.
  const keptDays = Math.min(config.statusLogDays, config.historyDays);
  const tail = new StatusTail(log, logger);
  const connectionLog = new ConnectionStatusLogRepository(database, log);
  const connectionTail = new StatusTail(connectionLog, logger);
  const tails = [tail, connectionTail];
  wakeUps.on('heliograph_status', () => tails.forEach((each) => each.wake()));
  metrics.watchStatusLogLag(async () => Math.max(...(await Promise.all(tails.map((each) => each.lagSeconds())))));
  const stream = new StatusStreamService(log, tail, notifications, keptDays, logger);
  const connectionStream = new ConnectionStatusService(connectionLog, connectionTail, keptDays, logger);
  return { tails, stream, connectionStream, timelines: new TimelineService(log, notifications) };
};

/** Every object of the features, constructed once, by hand, top to bottom. */
export const createFeatures = (ground: Ground) => {
  const { database } = ground;
  const slack = openSlack(ground);
  const shared = createCredentials(ground, slack);
  const { tokens } = shared;
  const { queue, worker, lastUse, inspection } = createDelivery(ground, slack, shared);

  const log = new StatusLogRepository(database);
  const rows = new NotificationRepository(database);
  const history = new HistoryRepository(database);
  const notifications = new NotificationService(database, rows, history, queue, tokens, slack, () => cursorOfNow(log));

  const { connections, authorizations, views, callback, expiry, ...installs } = createConnections(
    ground,
    slack,
    shared,
    notifications,
  );
  const { sync, names, channels } = createChannels(ground, slack, shared);
  const watching = createWatching(ground, slack, shared);
  const selectionRows = new SelectionRepository();
  const identities = new IdentitiesService(database, installs.identities);
  const selections = new SelectionService(
    database,
    installs.identities,
    selectionRows,
    connections,
    authorizations,
    channels,
  );
  const { sends, preflights, mends } = createSends(ground, rows, queue, channels, inspection);

  const { tails, stream, connectionStream, timelines } = createLive(ground, log, notifications);
  const loader = new ConnectionLoader(views);
  const resolvers = [
    new ViewerResolver(),
    new ConnectionsResolver(views, loader),
    new AuthorizationsResolver(loader),
    new DisconnectResolver(installs.disconnects),
    new InstallsResolver(installs.begin, installs.complete),
    new IdentitiesResolver(identities, loader),
    new SelectionsResolver(selections),
    new ChannelsResolver(channels),
    new DefaultChannelResolver(channels),
    new EventTypesResolver(),
    new NotificationsResolver(sends, notifications),
    new NotificationFieldsResolver(notifications, loader, new IdentityLoader(identities)),
    new MendingResolver(mends),
    new PreflightResolver(preflights),
    new NotYetResolver(),
    new TriggersResolver(),
    new InspectionResolver(inspection),
    new StatusStreamResolver(stream, timelines),
    new TimelineResolver(timelines),
    new ConnectionStatusResolver(connectionStream, loader),
  ];
  return { slack, ...shared, ...watching, expiry, callback, sync, names, tails, worker, lastUse, resolvers };
};

export type Features = ReturnType<typeof createFeatures>;
