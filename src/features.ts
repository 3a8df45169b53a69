import { randomBytes } from 'node:crypto';
import { ViewerResolver } from './access/viewer.resolver.ts';
import { CallBudgets } from './channels/call-budget.repository.ts';
import { ChannelEventsRepository } from './channels/channel-events.repository.ts';
import { ChannelRepository } from './channels/channel.repository.ts';
import { ChannelsResolver, DefaultChannelResolver } from './channels/channels.resolver.ts';
import { ChannelsService } from './channels/channels.service.ts';
import { DirectoryRepository } from './channels/directory.repository.ts';
import { DirectorySync } from './channels/directory-sync.worker.ts';
import { PeopleNames } from './channels/people-names.worker.ts';
import { PeopleRepository } from './channels/people.repository.ts';
import { AuthorNamesRepository } from './connections/author-names.repository.ts';
import { AuthorNames } from './connections/author-names.service.ts';
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
import type { RepeatedFailuresRepository } from './connections/repeated-failures.repository.ts';
import { HealthRepository } from './connections/health.repository.ts';
import { SlackEventsRepository } from './connections/slack-events.repository.ts';
import { InspectionResolver } from './delivery/inspection.resolver.ts';
import { EventTypesResolver } from './event-types/event-types.resolver.ts';
import { IdentitiesResolver, SelectionsResolver } from './identities/identities.resolver.ts';
import { IdentitiesService } from './identities/identities.service.ts';
import { IdentityLoader } from './identities/identity-loader.ts';
import { IdentityRepository } from './identities/identity.repository.ts';
import { SelectionRepository } from './identities/selection.repository.ts';
import { SelectionService } from './identities/selection.service.ts';
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
import { StatusLogRepository } from './live/status-log.repository.ts';
import { StatusStreamResolver, TimelineResolver } from './live/status-stream.resolver.ts';
import { StatusStreamService } from './live/status-stream.service.ts';
import { StatusTail } from './live/status-tail.worker.ts';
import { TimelineService } from './live/timeline.service.ts';
import { HistoryResolver } from './notifications/history.resolver.ts';
import { MendingResolver } from './notifications/mending.resolver.ts';
import { NotificationFieldsResolver } from './notifications/notification-fields.resolver.ts';
import { NotificationRepository } from './notifications/notification.repository.ts';
import { NotificationService } from './notifications/notification.service.ts';
import { NotificationsResolver } from './notifications/notifications.resolver.ts';
import { PreflightResolver } from './notifications/preflight.resolver.ts';
import { StatsResolver } from './notifications/stats.resolver.ts';
import { TriggersResolver } from './notifications/triggers.resolver.ts';
import { createDelivery } from './delivering.ts';
import { countMovesBy, createCredentials, openSlack, type Credentials, type Ground } from './foundation.ts';
import { createRecords } from './records.ts';
import { createSending } from './sending.ts';
import { createFailures, createWatching } from './watching.ts';
import { systemClock } from './platform/clock.ts';
import type { SlackGateway } from './slack/gateway.ts';

/** Workspace connections, personal authorizations, and the way out of them. */
const createConnections = (
  ground: Ground,
  slack: SlackGateway,
  shared: Credentials,
  queue: QueueOfConnection,
  failures: RepeatedFailuresRepository,
) => {
  const { config, database } = ground;
  const { credentials, vault, revocations, tokens } = shared;
  const authorNames = new AuthorNames(new AuthorNamesRepository(database), tokens, slack);
  const connections = new ConnectionRepository();
  const authorizations = new AuthorizationRepository();
  const identities = new IdentityRepository();
  const wanted = { bot: config.slack.botScopes, user: config.slack.userScopes };
  const views = new ConnectionsService(database, connections, authorizations, failures, wanted);
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
    failures,
    new SlackEventsRepository(database),
    new HealthRepository(database),
    new ChannelEventsRepository(database),
  );
  return { connections, authorizations, identities, views, disconnects, connecting, authorNames };
};

/** The way to a connection or an authorization. */
const createInstalls = (
  { config, database, logger, stopping }: Ground,
  slack: SlackGateway,
  { credentials, sealer, revocations, endedGrants }: Credentials,
  { connections, views, connecting, authorNames }: ReturnType<typeof createConnections>,
  queue: QueueOfConnection,
) => {
  const installs = new InstallRepository();
  const grants = new PendingGrants(sealer);
  const { returnOrigins, publicUrl } = config;
  const settings = { ...config.slack, returnOrigins, publicUrl };
  const begin = new BeginInstallService(database, installs, connections, settings, randomBytes);
  const callback = new InstallCallbackService(
    database,
    installs,
    connections,
    credentials,
    authorNames,
    grants,
    revocations,
    slack,
    config.slack.redirectUri,
    randomBytes,
    systemClock,
    logger,
  );
  const complete = new CompleteInstallService(
    database,
    installs,
    grants,
    connecting,
    views,
    revocations,
    endedGrants,
    queue,
    slack,
    stopping,
  );
  const expiry = new InstallExpiryService(database, installs, grants, revocations, logger);
  return { begin, callback, complete, expiry };
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

/** The status streams and the timelines. */
const createLive = (
  { config, database, wakeUps, metrics, logger }: Ground,
  log: StatusLogRepository,
  notifications: NotificationService,
) => {
  // Rows go with their notification: a cursor from before the history begins would hide what is missing.
  const keptDays = Math.min(config.statusLogDays, config.historyDays);
  const tail = new StatusTail(log, systemClock, wakeUps, logger);
  const connectionLog = new ConnectionStatusLogRepository(database, log);
  const connectionTail = new StatusTail(connectionLog, systemClock, wakeUps, logger);
  const tails = [tail, connectionTail];
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
  const { failureRows, failures } = createFailures(ground);
  const delivery = createDelivery(ground, slack, shared, failures);
  const { queue, worker, lastUse, inspection } = delivery;

  const log = new StatusLogRepository(database);
  const rows = new NotificationRepository(database);
  const records = createRecords(ground, log);
  const notifications = new NotificationService(database, rows, queue, tokens, slack, countMovesBy(ground.metrics));

  const connected = createConnections(ground, slack, shared, notifications, failureRows);
  const { begin, callback, complete, expiry } = createInstalls(ground, slack, shared, connected, notifications);
  const { connections, authorizations, views, authorNames } = connected;
  const { sync, names, channels } = createChannels(ground, slack, shared);
  const watching = createWatching(ground, slack, shared, failures, authorNames);
  const identityRows = connected.identities;
  const chosen = new SelectionRepository();
  const identities = new IdentitiesService(database, identityRows);
  const selections = new SelectionService(database, identityRows, chosen, connections, authorizations, channels);
  const { eventTypes, sends, triggers, preflights, mends } = createSending(ground, rows, delivery, channels);

  const { tails, stream, connectionStream, timelines } = createLive(ground, log, notifications);
  const loader = new ConnectionLoader(views);
  const resolvers = [
    new ViewerResolver(),
    new ConnectionsResolver(views, loader),
    new AuthorizationsResolver(loader),
    new DisconnectResolver(connected.disconnects),
    new InstallsResolver(begin, complete),
    new IdentitiesResolver(identities, loader),
    new SelectionsResolver(selections),
    new ChannelsResolver(channels),
    new DefaultChannelResolver(channels),
    new EventTypesResolver(eventTypes),
    new NotificationsResolver(sends, notifications),
    new HistoryResolver(records.history),
    new NotificationFieldsResolver(notifications, loader, new IdentityLoader(identities)),
    new MendingResolver(mends),
    new PreflightResolver(preflights),
    new StatsResolver(records.stats),
    new TriggersResolver(triggers),
    new InspectionResolver(inspection),
    new StatusStreamResolver(stream, timelines),
    new TimelineResolver(timelines),
    new ConnectionStatusResolver(connectionStream, loader),
  ];
  const background = { failures, expiry, callback, sync, names, tails, worker, lastUse };
  return { slack, ...shared, ...watching, ...records, ...background, resolvers };
};

export type Features = ReturnType<typeof createFeatures>;
