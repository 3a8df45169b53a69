import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { entities } from '../../src/entities.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { migrate } from '../../src/platform/migrations.ts';
import type { TestDatabase } from './database.ts';
import { freePort } from './processes.ts';

/** A cluster of a test's own that writes everything through, to be crashed and started again on the same port. */
export class OwnPostgres {
  #pool: pg.Pool | undefined;

  private constructor(
    readonly folder: string,
    readonly port: number,
    private server: EmbeddedPostgres,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-own-postgres-'));
    const own = await OwnPostgres.in(folder);
    const { url } = own.server;
    const database = await openDatabase({
      url,
      poolMax: 2,
      entities,
      logger: createLogger({ level: 'silent', role: 'test' }),
    });
    await migrate(database.orm, url);
    await database.stop();
    return own;
  }

  /** As the folder is: empty, or with the files of a cluster in it. */
  static async in(folder: string): Promise<OwnPostgres> {
    chmodSync(folder, 0o755);
    const port = await freePort();
    return new OwnPostgres(folder, port, await start(folder, port));
  }

  get url(): string {
    return this.server.url.reveal();
  }

  /** What `pg_ctl stop -m immediate` does: every process of it ends at once, without a checkpoint. */
  async crash(): Promise<void> {
    const pid = Number(readFileSync(path.join(this.folder, 'postgres/pgdata/postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGQUIT');
    while (isAlive(pid)) await pause(10);
  }

  async restart(): Promise<void> {
    this.server = await start(this.folder, this.port);
  }

  get database(): TestDatabase {
    return {
      url: this.url,
      query: async <Row extends object>(text: string, values: unknown[] = []) => {
        this.#pool ??= new pg.Pool({ connectionString: this.url, max: 2 }).on('error', () => {});
        return (await this.#pool.query<Row>(text, values)).rows;
      },
      drop: async () => {
        await this.#pool?.end();
        await this.remove();
      },
    };
  }

  async remove(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const start = (folder: string, port: number): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({
    dataDir: folder,
    port,
    path: process.env['PATH'] ?? '',
    binDir: process.env['HELIOGRAPH_PG_BIN'],
  });

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
