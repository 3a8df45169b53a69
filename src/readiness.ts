import type { Config } from './config/config.ts';
import type { Features } from './features.ts';
import type { Database } from './platform/database.ts';
import type { ReadinessCheck } from './platform/health.route.ts';
import { pendingMigrations } from './platform/migrations.ts';

/** A claim that has waited for an answer for longer than this counts as stuck. */
const HEARTBEAT_LIMIT_MS = 15_000;

/** What can be asked of a server whose tables are not there yet as well. */
export const databaseChecks = (database: Database): Record<'database' | 'migrations', ReadinessCheck> => ({
  database: async () => void (await database.query({ name: 'ready', text: 'select 1' })),
  migrations: async () => {
    const pending = await pendingMigrations(database.orm);
    return pending.length === 0 ? undefined : `not at head, run "heliograph migrate": ${pending.join(', ')}`;
  },
});

export const readinessOf = (config: Config, database: Database, { worker }: Features, draining: () => boolean) => ({
  stopping: () => (draining() ? 'the process is stopping' : undefined),
  ...databaseChecks(database),
  delivery: () => {
    const late = config.role !== 'api' && worker.heartbeatAgeMs() > HEARTBEAT_LIMIT_MS;
    return late ? 'the delivery loop has had no answer from the database' : undefined;
  },
});
