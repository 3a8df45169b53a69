import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { watchedGauges } from './watched-gauges.ts';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const DELIVERY_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 3600, 86_400];

/** Labels are bounded by construction: never a workspace, a team or a channel. */
export const createMetrics = (countedStatuses: readonly string[]) => {
  const registers = [new Registry()];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `heliograph_${name}`, help, labelNames, registers });
  const histogram = <Label extends string>(name: string, help: string, buckets: number[], labelNames: Label[]) =>
    new Histogram({ name: `heliograph_${name}`, help, buckets, labelNames, registers });
  const notifications = counter(
    'notifications_total',
    'Moves of notifications to a status, from the send on; one that is tried again moves again. What is being sent is counted by delivery_attempts_total.',
    ['status'],
  );
  const persistentFailures = counter(
    'persistent_failures_total',
    'Authorizations that ended, and channels or periodic checks that failed five times in a row.',
    ['kind'],
  );
  // There from the start: Prometheus takes the first value of a new series for where it begins, and an alert on its growth
  // would miss the first one.
  for (const status of countedStatuses) notifications.inc({ status }, 0);
  for (const kind of ['connection', 'channel', 'check']) persistentFailures.inc({ kind }, 0);
  return {
    registry: registers[0] as Registry,
    notifications,
    attempts: counter('delivery_attempts_total', 'Tries to post a message, by what came of them.', ['outcome']),
    deliverySeconds: histogram(
      'delivery_duration_seconds',
      'From the claim to the stored answer.',
      DELIVERY_SECONDS,
      [],
    ),
    confirmations: counter('confirmations_total', 'Lookups of messages whose answer was lost.', ['result']),
    tokenRefreshes: counter('token_refreshes_total', 'Refreshes of rotating tokens, by what came of them.', ['result']),
    persistentFailures,
    slackRequests: counter('slack_requests_total', 'Calls of Slack’s Web API.', ['method', 'outcome']),
    slackSeconds: histogram('slack_request_duration_seconds', 'How long Slack took to answer.', SECONDS, ['method']),
    slackRateLimited: counter('slack_rate_limited_total', 'Answers 429 of Slack.', ['method']),
    graphqlSeconds: histogram('graphql_request_duration_seconds', 'GraphQL operations over HTTP.', SECONDS, [
      'operation_type',
    ]),
    replicaReads: counter(
      'replica_reads_total',
      'Reads of history and statistics where a replica is set: answered by it, or by the primary as it was behind or failed.',
      ['outcome'],
    ),
    subscriptions: new Gauge({
      name: 'heliograph_subscriptions_active',
      help: 'Open subscriptions of this process.',
      registers,
    }),
    ...watchedGauges(registers),
    invariantViolations: counter('invariant_violations_total', 'What must never happen, and did.', []),
  };
};

export type Metrics = ReturnType<typeof createMetrics>;
