import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { executable } from './embedded-postgres.binaries.ts';
import { postgresEnvironment, SUPERUSER, type Cluster } from './embedded-postgres.cluster.ts';

export interface RunningPostgres {
  readonly pid: number;
  readonly port: number;
  /** Undefined when the server belongs to another process. */
  readonly child: ChildProcess | undefined;
}

export interface ServerSettings {
  readonly port: number | undefined;
  readonly maxConnections: number;
  readonly onLaunched: (() => void) | undefined;
}

const START_DEADLINE_MS = 60_000;
const READY_POLL_MS = 10;
const RETRY_PAUSE_MS = 100;
const STOP_DEADLINE_MS = 15_000;
const CONNECT_TIMEOUT_MS = 2000;
const LOG_SHOWN = 1200;
const isWindows = process.platform === 'win32';

/**
 * The shell keeps a pipe that only our process holds open. When that process ends, in whatever way, kill -9 too, the pipe
 * closes and Postgres gets a fast shutdown. The shell itself ignores the signals of a terminal.
 */
const SUPERVISOR = [
  'exec 3<&0',
  '"$@" </dev/null 3<&- & p=$!',
  'trap "" INT TERM HUP',
  '(cat <&3 >/dev/null; kill -INT $p 2>/dev/null) & exec 3<&-',
  'wait $p',
].join('\n');

const readPidFile = (pgdata: string): { pid: number; port: number; ready: boolean } | undefined => {
  try {
    const lines = fs.readFileSync(path.join(pgdata, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });

export const connect = async (cluster: Cluster, port: number): Promise<pg.Client> => {
  const login = { host: '127.0.0.1', port, user: SUPERUSER, password: cluster.password.reveal(), database: 'postgres' };
  const client = new pg.Client({ ...login, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined); // without a listener a lost connection would end the process
  await client.connect();
  return client;
};

/** A server that is ready and knows our password is ours, whoever started it. */
const findRunning = async (cluster: Cluster): Promise<RunningPostgres | undefined> => {
  const file = readPidFile(cluster.pgdata);
  if (!file?.ready || !isAlive(file.pid)) return undefined;
  try {
    await (await connect(cluster, file.port)).end();
    return { pid: file.pid, port: file.port, child: undefined };
  } catch {
    return undefined;
  }
};

const serverArguments = (cluster: Cluster, port: number, maxConnections: number): string[] => {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    max_connections: maxConnections,
    shared_buffers: '128MB',
    timezone: 'UTC',
    ...(isWindows ? {} : { unix_socket_directories: '' }),
    ...(cluster.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return ['-D', cluster.pgdata, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
};

const launch = (cluster: Cluster, args: string[]): ChildProcess => {
  const postgres = executable(cluster.binDir, 'postgres');
  const log = fs.openSync(cluster.logFile, 'a');
  try {
    if (isWindows) return spawn(postgres, args, { stdio: ['ignore', log, log], windowsHide: true });
    return spawn('/bin/sh', ['-c', SUPERVISOR, 'sh', postgres, ...args], {
      ...cluster.account,
      env: postgresEnvironment,
      cwd: cluster.folder,
      stdio: ['pipe', log, log],
      detached: true, // a Ctrl-C goes to our process alone, which stops Postgres after everything that uses it
    });
  } finally {
    fs.closeSync(log);
  }
};

const logSize = (cluster: Cluster): number => fs.statSync(cluster.logFile, { throwIfNoEntry: false })?.size ?? 0;
const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** `other` when somebody else's server came up in the same folder first; undefined when ours ended before it was ready. */
const awaitReady = async (cluster: Cluster, child: ChildProcess, port: number, deadline: number) => {
  while (performance.now() < deadline) {
    const file = readPidFile(cluster.pgdata);
    if (file?.ready && file.port === port) return { pid: file.pid, port, child };
    if (hasEnded(child)) return findRunning(cluster);
    await sleep(READY_POLL_MS);
  }
  return undefined;
};

const mayRetry = (log: string): boolean => /lock file|Address already in use|could not bind/.test(log);

/** An earlier server may still be shutting down in this folder, or a port be taken meanwhile: tried again until it works. */
export const startServer = async (cluster: Cluster, settings: ServerSettings): Promise<RunningPostgres> => {
  const running = await findRunning(cluster);
  if (running) return running;
  const deadline = performance.now() + START_DEADLINE_MS;
  for (;;) {
    const port = settings.port ?? (await freePort());
    const logStart = logSize(cluster);
    const child = launch(cluster, serverArguments(cluster, port, settings.maxConnections));
    settings.onLaunched?.();
    const failure = new Promise<never>((_resolve, reject) => child.once('error', reject));
    child.stdin?.on('error', () => undefined);
    const ready = await Promise.race([awaitReady(cluster, child, port, deadline), failure]);
    if (ready?.child) return release(ready);
    child.stdin?.destroy(); // lets the supervisor of a server that has ended go as well
    if (ready) return ready;
    const log = fs.readFileSync(cluster.logFile, 'utf8').slice(logStart);
    if (performance.now() > deadline || !mayRetry(log)) {
      const isLocked = log.includes('postmaster.pid');
      const remedy = isLocked ? ` If no Postgres runs there any more, delete ${cluster.pgdata}/postmaster.pid.` : '';
      throw new Error(`Postgres did not start.${remedy} The end of ${cluster.logFile}:\n${log.slice(-LOG_SHOWN)}`);
    }
    await sleep(RETRY_PAUSE_MS);
  }
};

/** Postgres must not keep our process running when nothing else does. */
const release = (running: RunningPostgres): RunningPostgres => {
  const { child } = running;
  child?.unref();
  (child?.stdin as net.Socket | null | undefined)?.unref();
  child?.once('exit', () => child.stdin?.destroy());
  return running;
};

export const stopServer = async (cluster: Cluster, child: ChildProcess): Promise<void> => {
  if (hasEnded(child)) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.ref();
  if (isWindows) spawn(executable(cluster.binDir, 'pg_ctl'), ['stop', '-D', cluster.pgdata, '-m', 'fast']);
  else child.stdin?.end();
  await Promise.race([ended, sleep(STOP_DEADLINE_MS, undefined, { ref: false })]);
};
