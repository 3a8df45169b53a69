import { execFileSync } from 'node:child_process';
import { appendFileSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { TestDatabase } from './database.ts';
import { MovingAddress } from './moving-address.ts';
import { OwnPostgres } from './own-postgres.ts';

const STANDBY = 'heliograph_standby';

const withClient = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
};

const viaPort = (url: string, port: number): string => Object.assign(new URL(url), { port: `${port}` }).href;

/** What pg_basebackup does, which the embedded Postgres lacks: the files are copied while it runs, between two marks. */
const copyOf = (primary: OwnPostgres): Promise<string> => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-standby-'));
  return withClient(primary.url, async (client) => {
    await client.query(`select pg_backup_start('standby', true)`);
    // -a: the files stay those of the user that Postgres runs as.
    execFileSync('cp', ['-a', `${primary.folder}/.`, folder]);
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    const data = path.join(folder, 'postgres/pgdata');
    rmSync(path.join(data, 'postmaster.pid'));
    const { uid, gid } = statSync(data);
    for (const [name, text] of [
      ['backup_label', rows[0]?.labelfile ?? ''],
      ['standby.signal', ''],
    ] as const) {
      writeFileSync(path.join(data, name), text);
      chownSync(path.join(data, name), uid, gid);
    }
    const { hostname, port, username, password } = new URL(primary.url);
    const source = `host=${hostname} port=${port} user=${username} password=${password} application_name=${STANDBY}`;
    appendFileSync(path.join(data, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`);
    return folder;
  });
};

/** A primary, a standby that every commit waits for or none, and an address that leads to whichever of them is the primary. */
export class ReplicatedPostgres {
  #pool: pg.Pool | undefined;

  private constructor(
    private readonly primary: OwnPostgres,
    readonly standby: OwnPostgres,
    private readonly address: MovingAddress,
  ) {}

  static async start(commits: 'wait for it' | 'do not wait' = 'wait for it'): Promise<ReplicatedPostgres> {
    const primary = await OwnPostgres.start();
    const standby = await OwnPostgres.in(await copyOf(primary));
    const address = await MovingAddress.start(primary.port);
    if (commits === 'do not wait') return new ReplicatedPostgres(primary, standby, address);
    await withClient(primary.url, async (client) => {
      await client.query(`alter system set synchronous_standby_names = '${STANDBY}'`);
      await client.query('select pg_reload_conf()');
      const isSync = `select from pg_stat_replication where application_name = '${STANDBY}' and sync_state = 'sync'`;
      while ((await client.query(isSync)).rowCount === 0) await pause(20);
    });
    return new ReplicatedPostgres(primary, standby, address);
  }

  /** The primary dies without a word; the standby becomes the primary, and the address follows. */
  async failOver(): Promise<void> {
    await this.primary.crash();
    this.address.cut();
    await withClient(this.standby.url, (client) => client.query('select pg_promote(true)'));
    this.address.moveTo(this.standby.port);
  }

  onStandby<Row extends object>(text: string): Promise<Row[]> {
    return withClient(this.standby.url, async (client) => (await client.query<Row>(text)).rows);
  }

  get database(): TestDatabase {
    const url = viaPort(this.primary.url, this.address.port);
    return {
      url,
      query: async <Row extends object>(text: string, values: unknown[] = []) => {
        this.#pool ??= new pg.Pool({ connectionString: url, max: 2 }).on('error', () => {});
        return (await this.#pool.query<Row>(text, values)).rows;
      },
      drop: async () => {
        await this.#pool?.end();
        this.address.stop();
        // A primary whose standby has gone would wait for it with its last commits.
        await this.primary.remove();
        await this.standby.remove();
      },
    };
  }
}
