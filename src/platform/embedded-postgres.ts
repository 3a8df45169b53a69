import path from 'node:path';
import pg from 'pg';
import { chooseAccount, reachableFolder, runnableBinaries } from './embedded-postgres.account.ts';
import { findBinaries } from './embedded-postgres.binaries.ts';
import { ensureInitialized, keptPassword, SUPERUSER, type Cluster } from './embedded-postgres.cluster.ts';
import { connect, startServer, stopServer } from './embedded-postgres.process.ts';
import type { Stoppable } from './lifecycle.ts';
import { Secret } from './secret.ts';

export interface EmbeddedPostgresOptions {
  /** The database lives in `postgres/` of this folder. */
  readonly dataDir: string;
  /** The PATH to look for an installed Postgres in, where the npm package has none for this platform. */
  readonly path: string;
  readonly binDir?: string | undefined;
  readonly database?: string;
  /** Without one a free port is taken. */
  readonly port?: number;
  /** False (tests only) writes nothing through to the disk. */
  readonly durable?: boolean;
  readonly maxConnections?: number;
  readonly log?: (line: string) => void;
  /** Postgres comes up: what is done meanwhile costs no time. Not where another process has started it. */
  readonly onLaunched?: (() => void) | undefined;
}

export interface EmbeddedPostgres extends Stoppable {
  readonly url: Secret;
  readonly port: number;
  readonly pid: number;
  /** Whether another process started it; it then stops with that process. */
  readonly attached: boolean;
}

const DEFAULT_MAX_CONNECTIONS = 100;
const DATABASE_EXISTS = new Set(['42P04', '23505']);

const prepareCluster = async (options: EmbeddedPostgresOptions, log: (line: string) => void): Promise<Cluster> => {
  const wanted = path.resolve(options.dataDir, 'postgres');
  const account = chooseAccount(path.join(wanted, 'pgdata'));
  const binaries = findBinaries({ binDir: options.binDir, path: options.path, account });
  const folder = reachableFolder(wanted, account, log);
  const { file, password } = keptPassword(folder, account);
  const cluster: Cluster = {
    folder,
    pgdata: path.join(folder, 'pgdata'),
    logFile: path.join(folder, 'postgres.log'),
    password,
    binDir: runnableBinaries(binaries, account),
    account,
    durable: options.durable ?? true,
  };
  await ensureInitialized(cluster, file, binaries.majorVersion);
  return cluster;
};

const ensureDatabase = async (cluster: Cluster, port: number, name: string): Promise<void> => {
  const client = await connect(cluster, port);
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } catch (error) {
    const isSecond = error instanceof pg.DatabaseError && DATABASE_EXISTS.has(error.code ?? '');
    if (!isSecond) throw error; // two first starts at once: the other one has just made it
  } finally {
    await client.end();
  }
};

/**
 * A real Postgres of our own for development and tests. A second process with the same folder attaches to the first
 * one's; it ends with the process that started it, also by kill -9. Production sets DATABASE_URL and never gets here.
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const log = options.log ?? (() => undefined);
  const database = options.database ?? 'heliograph';
  const cluster = await prepareCluster(options, log);
  const { port: wantedPort, maxConnections = DEFAULT_MAX_CONNECTIONS, onLaunched } = options;
  const { pid, port, child } = await startServer(cluster, { port: wantedPort, maxConnections, onLaunched });
  if (!child) log(`Using the Postgres (pid ${pid}) that another process started: it stops when that process does`);
  await ensureDatabase(cluster, port, database);
  const login = `${SUPERUSER}:${cluster.password.reveal()}`;
  return {
    url: new Secret(`postgresql://${login}@127.0.0.1:${port}/${database}`),
    port,
    pid,
    attached: child === undefined,
    stop: async () => {
      if (child) await stopServer(cluster, child);
    },
  };
};
