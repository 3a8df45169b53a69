import { ChannelEventsRepository } from './channels/channel-events.repository.ts';
import { ChannelEventsService } from './channels/channel-events.service.ts';
import type { AuthorNames } from './connections/author-names.service.ts';
import { HealthRepository } from './connections/health.repository.ts';
import { HealthService } from './connections/health.service.ts';
import { RepeatedFailuresRepository } from './connections/repeated-failures.repository.ts';
import { RepeatedFailures } from './connections/repeated-failures.service.ts';
import { SlackEventsRepository } from './connections/slack-events.repository.ts';
import { SlackEventsService } from './connections/slack-events.service.ts';
import { SlackEventsWorker } from './connections/slack-events.worker.ts';
import { QueueSizeRepository } from './delivery/queue-size.repository.ts';
import type { Credentials, Ground } from './foundation.ts';
import { systemClock } from './platform/clock.ts';
import { keptAnswer } from './platform/kept-answer.ts';
import type { SlackGateway } from './slack/gateway.ts';

/** Several collectors may scrape every second; each reading counts up to 100,000 rows three times. */
const QUEUE_SIZE_KEPT_MS = 3000;

/** What keeps failing: messages in a channel, checks of an authorization. */
export const createFailures = ({ database, metrics, logger }: Ground) => {
  const failureRows = new RepeatedFailuresRepository(database);
  const nowMs = () => systemClock.monotonicMs();
  const onPersistent = (kind: string) => metrics.persistentFailures.inc({ kind });
  return { failureRows, failures: new RepeatedFailures(failureRows, nowMs, logger, onPersistent) };
};

/** What is learned of Slack without being asked by anybody, and what is told of the database at a scrape. */
export const createWatching = (
  ground: Ground,
  slack: SlackGateway,
  { tokens, vault, endedGrants }: Credentials,
  failures: RepeatedFailures,
  names: AuthorNames,
) => {
  const { config, database, wakeUps, metrics, logger } = ground;
  const events = new SlackEventsService(
    new SlackEventsRepository(database),
    tokens,
    vault,
    endedGrants,
    slack,
    new ChannelEventsService(new ChannelEventsRepository(database)),
    config.slack.signingSecret,
    systemClock,
    logger,
    () => wakeUps.send('heliograph_events'),
  );
  const eventsWorker = new SlackEventsWorker(events, logger);
  wakeUps.on('heliograph_events', () => eventsWorker.wake());
  const healthRows = new HealthRepository(database);
  metrics.watchConnections(() => healthRows.countByStatus());
  const queueSizes = new QueueSizeRepository(database);
  metrics.watchQueue(
    keptAnswer(
      () => queueSizes.read(),
      QUEUE_SIZE_KEPT_MS,
      () => systemClock.monotonicMs(),
    ),
  );
  const health = new HealthService(healthRows, tokens, vault, slack, failures, names, logger);
  return { events, eventsWorker, health };
};
