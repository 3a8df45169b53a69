import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { entities } from '../../src/entities.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { migrate } from '../../src/platform/migrations.ts';
import { unpackChromium } from './chromium.ts';
import { TEMPLATE } from './database.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser's URL of the cluster that all tests share; each test file makes databases of its own in it. */
    readonly postgresUrl: string;
  }
}

/** One real Postgres for the whole run, migrated once into a template. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  await unpackChromium();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-postgres-'));
  chmodSync(folder, 0o755);
  const server = await startEmbeddedPostgres({
    dataDir: folder,
    path: process.env['PATH'] ?? '',
    binDir: process.env['HELIOGRAPH_PG_BIN'],
    database: TEMPLATE,
    durable: false,
    maxConnections: 300,
  });
  const logger = createLogger({ level: 'silent', role: 'test' });
  const database = await openDatabase({ url: server.url, poolMax: 2, entities, logger });
  await migrate(database.orm, server.url);
  await database.stop();
  provide('postgresUrl', server.url.reveal());
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
