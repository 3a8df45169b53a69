import { Gauge, type Registry } from 'prom-client';

const QUEUE_STATUSES = ['QUEUED', 'SENDING', 'RETRYING'];
const CONNECTION_STATUSES = ['ACTIVE', 'NEEDS_REAUTHORIZATION', 'DISCONNECTED'];
const READ_WITHIN_MS = 1000;

/** A scrape is answered also while the database is not: then without the number. */
const inTime = async <T>(work: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), READ_WITHIN_MS);
  });
  const known = work.catch(() => undefined);
  return Promise.race([known, late]).finally(() => clearTimeout(timer));
};

type CountByStatus = () => Promise<ReadonlyMap<string, number>>;

/** Numbers that are read from the database when they are scraped: every process says the same. */
export const watchedGauges = (registers: Registry[]) => {
  const byStatus = (name: string, help: string, statuses: readonly string[], count: CountByStatus) =>
    new Gauge({
      name: `heliograph_${name}`,
      help,
      labelNames: ['status'],
      registers,
      async collect() {
        const counts = await inTime(count());
        for (const status of statuses) {
          if (counts === undefined) this.remove({ status });
          else this.set({ status }, counts.get(status) ?? 0);
        }
      },
    });
  const single = (name: string, help: string, read: () => Promise<number>) =>
    new Gauge({
      name: `heliograph_${name}`,
      help,
      registers,
      async collect() {
        const value = await inTime(read());
        if (value === undefined) this.remove({});
        else this.set(value);
      },
    });
  return {
    watchConnections: (count: CountByStatus) =>
      byStatus(
        'connections',
        'Workspace connections by status, the same on every process.',
        CONNECTION_STATUSES,
        count,
      ),
    watchQueue: (read: () => Promise<{ depth: ReadonlyMap<string, number>; oldestAgeSeconds: number }>) => {
      byStatus(
        'queue_depth',
        'Notifications in the queue by status, without those scheduled for later, counted up to 100,000; the same on every process.',
        QUEUE_STATUSES,
        async () => (await read()).depth,
      );
      single(
        'queue_oldest_age_seconds',
        'How long the oldest has been in the queue, but for those that wait for a connection; the same on every process.',
        async () => (await read()).oldestAgeSeconds,
      );
    },
    /** For how long the oldest committed change has not been readable in this process. */
    watchStatusLogLag: (seconds: () => Promise<number>) =>
      single(
        'status_log_lag_seconds',
        'Age of the oldest committed status change that subscribers have not got: an open transaction holds it back.',
        seconds,
      ),
  };
};
