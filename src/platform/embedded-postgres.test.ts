import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.ts';

interface Report {
  readonly url: string;
  readonly pid: number;
  readonly attached: boolean;
}

const MODULE = new URL('./embedded-postgres.ts', import.meta.url).href;
const IS_ROOT = process.getuid?.() === 0;
const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const makeFolder = (mode = 0o755): string => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'embedded-'));
  fs.chmodSync(folder, mode);
  cleanups.push(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
};

const start = async (options: Partial<EmbeddedPostgresOptions> & { dataDir: string }) => {
  const server = await startEmbeddedPostgres({ path: process.env['PATH'] ?? '', durable: false, ...options });
  cleanups.push(() => server.stop());
  return server;
};

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const isGone = (pid: number): Promise<void> =>
  vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000, interval: 10 });

/** A process of its own that starts (or attaches to) the database of `dataDir` and then stays. */
const startElsewhere = async (dataDir: string): Promise<{ child: ChildProcess; report: Report }> => {
  const program = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(MODULE)});
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, path: '', durable: false });
    console.log(JSON.stringify({ url: server.url.reveal(), pid: server.pid, attached: server.attached }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanups.push(() => end(child, 'SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const report = JSON.parse(line) as Report;
  cleanups.push(async () => {
    await end(child, 'SIGKILL');
    if (!report.attached) await isGone(report.pid); // its files must not come back behind the removal of the folder
  });
  return { child, report };
};

const connect = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

const query = async (url: string, text: string): Promise<Record<string, unknown>[]> => {
  const client = await connect(url);
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};

describe('the embedded Postgres', () => {
  it('keeps its data from one start to the next, and stops as often as it is told', async () => {
    const dataDir = makeFolder();
    const first = await start({ dataDir });
    await query(first.url.reveal(), 'create table kept as select 42 as answer');
    await first.stop();
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start({ dataDir });
    expect(await query(second.url.reveal(), 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('is one server for two processes that start it at the same time', async () => {
    const dataDir = makeFolder();
    const [one, two] = await Promise.all([startElsewhere(dataDir), startElsewhere(dataDir)]);
    expect(one.report.url).toBe(two.report.url);
    expect([one.report.attached, two.report.attached].filter(Boolean)).toHaveLength(1);
    expect(await query(one.report.url, 'select current_database() as name')).toEqual([{ name: 'heliograph' }]);
  });

  it('says whose it is when it belongs to another process', async () => {
    const dataDir = makeFolder();
    const { report } = await startElsewhere(dataDir);
    const lines: string[] = [];
    const second = await start({ dataDir, log: (line) => lines.push(line) });
    expect(second.attached).toBe(true);
    expect(lines.join()).toContain(`pid ${report.pid}`);
  });

  it('ends when the process that started it is killed, and starts again with the data', async () => {
    const dataDir = makeFolder();
    const { child, report } = await startElsewhere(dataDir);
    const witness = await connect(report.url);
    await witness.query('create table kept as select 42 as answer');
    const disconnected = new Promise<void>((resolve) => witness.once('end', resolve));
    await end(child, 'SIGKILL');
    await disconnected;
    const next = await start({ dataDir });
    expect(next.attached).toBe(false);
    expect(await query(next.url.reveal(), 'select answer from kept')).toEqual([{ answer: 42 }]);
    await isGone(report.pid);
  });

  it.runIf(IS_ROOT)('runs as another user for root, also in a folder that only root may enter', async () => {
    const lines: string[] = [];
    const server = await start({ dataDir: makeFolder(0o700), log: (line) => lines.push(line) });
    const moved = / using (\/var\/lib\/heliograph\/\S+)/.exec(lines.join())?.[1];
    if (moved !== undefined) cleanups.unshift(() => fs.rmSync(moved, { recursive: true, force: true }));
    expect(moved).toBeDefined();
    expect(fs.statSync(`/proc/${server.pid}`).uid).not.toBe(0);
    expect(await query(server.url.reveal(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('refuses data of another Postgres version and says what to do', async () => {
    const dataDir = makeFolder();
    const server = await start({ dataDir });
    await server.stop();
    fs.writeFileSync(path.join(dataDir, 'postgres', 'pgdata', 'PG_VERSION'), '9\n');
    await expect(start({ dataDir })).rejects.toThrow(/made by Postgres 9.*delete the folder/);
  });

  it('names the setting when the given folder holds no Postgres', async () => {
    await expect(start({ dataDir: makeFolder(), binDir: '/nowhere' })).rejects.toThrow('HELIOGRAPH_PG_BIN');
  });

  it('keeps its password out of what is printed', async () => {
    const server = await start({ dataDir: makeFolder() });
    expect(JSON.stringify(server)).not.toContain(new URL(server.url.reveal()).password);
  });
});
