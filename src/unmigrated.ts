import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config/config.ts';
import type { Database } from './platform/database.ts';
import { registerHealth } from './platform/health.route.ts';
import type { Logger } from './platform/logger.ts';
import { pendingMigrations } from './platform/migrations.ts';
import { databaseChecks } from './readiness.ts';

const LOOK_AGAIN_MS = 1000;

/** Resolves once the database is at head, or the process is told to stop. */
const untilAtHead = async (database: Database, logger: Logger, stopping: AbortSignal): Promise<void> => {
  while (!stopping.aborted) {
    await pause(LOOK_AGAIN_MS, undefined, { signal: stopping }).catch(() => {});
    const pending = await pendingMigrations(database.orm).catch((err: unknown) => {
      logger.warn({ err }, 'It cannot be seen whether the database is at head');
      return undefined;
    });
    if (pending?.length === 0) return;
  }
};

/**
 * What has no tables yet can be neither served nor worked on, but the process is no failure: until the tables are there
 * it says on its own port that it is alive, and not ready.
 */
export const waitForMigrations = async (
  { host, port }: Config,
  database: Database,
  openHttp: () => Promise<FastifyInstance>,
  logger: Logger,
  stopping: AbortSignal,
): Promise<void> => {
  const pending = await pendingMigrations(database.orm);
  if (pending.length === 0) return;
  logger.warn({ pending }, 'The database is not at head: waiting for "heliograph migrate"');
  const http = await openHttp();
  try {
    registerHealth(http, databaseChecks(database), logger);
    await http.listen({ host, port });
    await untilAtHead(database, logger, stopping);
  } finally {
    await http.close();
  }
};
