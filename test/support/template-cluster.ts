import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { entities } from '../../src/entities.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { migrate } from '../../src/platform/migrations.ts';

/** The migrated database that every other one is copied from. */
export const TEMPLATE = 'heliograph_template';

export interface TemplateCluster {
  /** A superuser's URL. */
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A real Postgres of its own, migrated once into a template; `durable` writes everything through to the disk. */
export const startTemplateCluster = async ({ durable }: { readonly durable: boolean }): Promise<TemplateCluster> => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-postgres-'));
  chmodSync(folder, 0o755);
  const server = await startEmbeddedPostgres({
    dataDir: folder,
    path: process.env['PATH'] ?? '',
    binDir: process.env['HELIOGRAPH_PG_BIN'],
    database: TEMPLATE,
    durable,
    maxConnections: 300,
  });
  const logger = createLogger({ level: 'silent', role: 'test' });
  const database = await openDatabase({ url: server.url, poolMax: 2, entities, logger });
  await migrate(database.orm, server.url);
  await database.stop();
  return {
    url: server.url.reveal(),
    pid: server.pid,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
