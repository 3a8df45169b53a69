import type { MessageEnd, RepeatedFailures } from './connections/repeated-failures.service.ts';
import { Confirmer } from './delivery/confirmer.service.ts';
import { DeliveryRepository, type Stored } from './delivery/delivery.repository.ts';
import type { Settled } from './delivery/settled-row.ts';
import { DeliveryWorker } from './delivery/delivery.worker.ts';
import { InspectionRepository } from './delivery/inspection.repository.ts';
import { InspectionService } from './delivery/inspection.service.ts';
import { LastUseRepository } from './delivery/last-use.repository.ts';
import { LastUse } from './delivery/last-use.worker.ts';
import { LookBudgetRepository } from './delivery/look-budget.repository.ts';
import { paceOf } from './delivery/pace.policy.ts';
import { QueueRepository } from './delivery/queue.repository.ts';
import { createSendLog } from './delivery/send-log.ts';
import { Sender } from './delivery/sender.service.ts';
import { SlackLookup } from './delivery/slack-lookup.service.ts';
import { SlackMessenger } from './delivery/slack-messenger.service.ts';
import { countMovesBy, type Credentials, type Ground } from './foundation.ts';
import { systemClock } from './platform/clock.ts';
import type { Metrics } from './platform/metrics.ts';
import type { SlackGateway } from './slack/gateway.ts';

/** The queue with its workers, and the history that it leaves. */
export const createDelivery = (
  ground: Ground,
  slack: SlackGateway,
  { vault, refreshes, tokens, endedGrants }: Credentials,
  failures: RepeatedFailures,
) => {
  const { config, database, wakeUps, metrics, logger, passFailpoint } = ground;
  const { delivery } = config;
  const pace = paceOf(delivery);
  const onWork = (): void => wakeUps.send('heliograph_delivery');
  const onChange = (): void => wakeUps.send('heliograph_status');
  const queue = new QueueRepository(database, pace, onWork, onChange);
  const deliveries = new DeliveryRepository(database, pace);
  const looks = new LookBudgetRepository(database, pace);
  const lookup = new SlackLookup(slack, tokens, looks, systemClock, passFailpoint);
  const messenger = new SlackMessenger(
    slack,
    vault,
    refreshes,
    endedGrants,
    lookup,
    systemClock,
    passFailpoint,
    logger,
  );
  const sendLog = createSendLog(logger, config.logContent);
  const sender = new Sender(messenger, delivery.laneHoldSeconds, Math.random, sendLog, systemClock);
  const limits = {
    settledAfterMs: config.slack.timeoutMs + delivery.confirmSettleSeconds * 1000,
    maxHoldMs: delivery.confirmMaxHoldSeconds * 1000,
  };
  const countMoves = countMovesBy(metrics);
  const onLook = (result: string): void => metrics.confirmations.inc({ result });
  const confirmer = new Confirmer(messenger, deliveries, limits, onLook, countMoves);
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
    (batch, stored) => {
      onChange();
      countTries(metrics, batch);
      countStored(metrics, stored);
      failures.observe(messageEnds(stored.moved));
      lastUse.observe(batch);
    },
    countMoves,
  );
  wakeUps.on('heliograph_delivery', () => worker.wake());
  return { queue, worker, lastUse, inspection: new InspectionService(new InspectionRepository(database), pace) };
};

const messageEnds = (batch: readonly Settled[]): MessageEnd[] =>
  batch.flatMap(({ row, status, failure, slackError = null }) => {
    if (status !== 'DELIVERED' && !(status === 'FAILED' && failure)) return [];
    // What was accepted for who posted before says nothing of the connection as it is.
    if (row.action === 'REFUSE_PRINCIPAL' || row.action === 'REFUSE_TEAM') return [];
    // What Slack finds wrong with a message says nothing of where it was to go, nor can anybody mend it there.
    if (failure?.code === 'INVALID_MESSAGE' && slackError !== null) return [];
    const {
      connection_id: connectionId,
      authorization_id: authorizationId,
      team_id: teamId,
      channel_id: channelId,
    } = row;
    const failed = status === 'FAILED' && failure ? { code: failure.code, slackError } : null;
    return [{ connectionId, authorizationId, teamId, channelId, failure: failed }];
  });

/** What Slack answered, whether or not it could be stored. */
const countTries = (metrics: Metrics, batch: readonly Settled[]): void => {
  for (const { row, attempt, durationMs } of batch) {
    // What a lookup says of a try is no try of its own.
    if (!attempt || row.action !== 'SEND') continue;
    metrics.attempts.inc({ outcome: attempt.outcome });
    metrics.deliverySeconds.observe(durationMs / 1000);
  }
};

const countStored = (metrics: Metrics, { moved, contradicted, settledLate }: Stored): void => {
  metrics.invariantViolations.inc(contradicted.length);
  const statuses = [...settledLate, ...moved.flatMap(({ status }) => status ?? [])];
  for (const status of statuses) metrics.notifications.inc({ status });
};
