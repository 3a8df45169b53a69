import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const DELIVERY_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 3600, 86_400];

const CONNECTION_STATUSES = ['ACTIVE', 'NEEDS_REAUTHORIZATION', 'DISCONNECTED'];
const COUNT_WITHIN_MS = 1000;

/** A scrape is answered also while the database is not: then without this number. */
const inTime = async <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('The database did not answer in time.')), COUNT_WITHIN_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

/** What is asked of the database at each scrape. */
const watches = (registers: Registry[]) => ({
  /** Read from the database at each scrape: every process says the same number. */
  watchConnections: (count: () => Promise<ReadonlyMap<string, number>>) =>
    new Gauge({
      name: 'heliograph_connections',
      help: 'Workspace connections by status, the same on every process.',
      labelNames: ['status'],
      registers,
      async collect() {
        const counts = await inTime(count()).catch(() => undefined);
        for (const status of CONNECTION_STATUSES) {
          if (counts === undefined) this.remove({ status });
          else this.set({ status }, counts.get(status) ?? 0);
        }
      },
    }),
  /** Measured at each scrape: for how long the oldest committed change has not been readable in this process. */
  watchStatusLogLag: (seconds: () => Promise<number>) =>
    new Gauge({
      name: 'heliograph_status_log_lag_seconds',
      help: 'Age of the oldest committed status change that subscribers have not got: an open transaction holds it back.',
      registers,
      async collect() {
        const lag = await inTime(seconds()).catch(() => undefined);
        if (lag === undefined) this.remove();
        else this.set(lag);
      },
    }),
});

/** Labels are bounded by construction: never a workspace, a team or a channel. */
export const createMetrics = () => {
  const registers = [new Registry()];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `heliograph_${name}`, help, labelNames, registers });
  const histogram = <Label extends string>(name: string, help: string, buckets: number[], labelNames: Label[]) =>
    new Histogram({ name: `heliograph_${name}`, help, buckets, labelNames, registers });
  return {
    registry: registers[0] as Registry,
    notifications: counter('notifications_total', 'Notifications that came to a status.', ['status']),
    attempts: counter('delivery_attempts_total', 'Tries to post a message, by what came of them.', ['outcome']),
    deliverySeconds: histogram(
      'delivery_duration_seconds',
      'From the claim to the stored answer.',
      DELIVERY_SECONDS,
      [],
    ),
    confirmations: counter('confirmations_total', 'Lookups of messages whose answer was lost.', ['result']),
    tokenRefreshes: counter('token_refreshes_total', 'Refreshes of rotating tokens, by what came of them.', ['result']),
    persistentFailures: counter(
      'persistent_failures_total',
      'Connections that ended, and channels where five messages in a row failed.',
      ['kind'],
    ),
    slackRequests: counter('slack_requests_total', 'Calls of Slack’s Web API.', ['method', 'outcome']),
    slackSeconds: histogram('slack_request_duration_seconds', 'How long Slack took to answer.', SECONDS, ['method']),
    slackRateLimited: counter('slack_rate_limited_total', 'Answers 429 of Slack.', ['method']),
    graphqlSeconds: histogram('graphql_request_duration_seconds', 'GraphQL operations over HTTP.', SECONDS, [
      'operation_type',
    ]),
    subscriptions: new Gauge({
      name: 'heliograph_subscriptions_active',
      help: 'Open subscriptions of this process.',
      registers,
    }),
    ...watches(registers),
    invariantViolations: counter('invariant_violations_total', 'What must never happen, and did.', []),
  };
};

export type Metrics = ReturnType<typeof createMetrics>;
