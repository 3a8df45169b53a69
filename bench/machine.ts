import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { Assistant } from './assistant.ts';
import type { Bed } from './bed.ts';
import type { MachineLimits } from './figures.ts';

const MEASURE_MS = 1000;
const CONNECTIONS = 32;
const PAGE_BYTES = 8192;

/** How often `work` can be done in a second. */
const rateOf = (work: () => void): number => {
  const until = performance.now() + MEASURE_MS;
  let done = 0;
  while (performance.now() < until) {
    work();
    done += 1;
  }
  return (done * 1000) / MEASURE_MS;
};

const sha256MbPerSecond = (): number => {
  const block = Buffer.alloc(2 ** 20);
  return rateOf(() => void createHash('sha256').update(block).digest());
};

/** Where Postgres keeps its files: a page, and what makes it last. */
const fsyncsPerSecond = (): number => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-fsync-'));
  const file = openSync(path.join(folder, 'page'), 'w');
  const page = Buffer.alloc(PAGE_BYTES, 1);
  try {
    return rateOf(() => {
      writeSync(file, page, 0, PAGE_BYTES, 0);
      fdatasyncSync(file);
    });
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
};

const httpEchoesPerSecond = async (): Promise<number> => {
  const [echo, load] = await Promise.all([Assistant.start('http-echo'), Assistant.start('http-load')]);
  try {
    const url = await echo.ask<string>('url');
    const request = { url, connections: CONNECTIONS, seconds: MEASURE_MS / 1000, bodies: ['{}'], headers: {} };
    return (await load.ask<{ perSecond: number }>('run', request)).perSecond;
  } finally {
    await Promise.all([echo.stop(), load.stop()]);
  }
};

/** One small row in a transaction of its own, from as many connections as the API has. */
const commitsPerSecond = async (bed: Bed): Promise<number> => {
  const database = await bed.emptyDatabase();
  await database.query('create table notes (id bigint generated always as identity primary key, text text)');
  const pool = new pg.Pool({ connectionString: database.url, max: CONNECTIONS });
  pool.on('error', () => {});
  const until = performance.now() + MEASURE_MS;
  let done = 0;
  const write = async (): Promise<void> => {
    while (performance.now() < until) {
      await pool.query({ name: 'note', text: 'insert into notes (text) values ($1)', values: ['hello'] });
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, write));
  await pool.end();
  await database.drop();
  return (done * 1000) / MEASURE_MS;
};

/** What this machine can do at all, at this moment. */
export const measureMachine = async (bed: Bed): Promise<MachineLimits> => {
  const database = await bed.emptyDatabase();
  const [server] = await database.query<{ version: string; hugePages: string | null }>(
    `select current_setting('server_version') as version, current_setting('huge_pages_status', true) as "hugePages"`,
  );
  await database.drop();
  return {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cpus: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
    postgres: server?.version ?? 'unknown',
    hugePages: server?.hugePages ?? 'unknown',
    sha256MbPerSecond: Math.round(sha256MbPerSecond()),
    fsyncsPerSecond: Math.round(fsyncsPerSecond()),
    httpEchoesPerSecond: Math.round(await httpEchoesPerSecond()),
    commitsPerSecond: Math.round(await commitsPerSecond(bed)),
  };
};

export const loadNow = (): number => os.loadavg()[0] ?? Number.NaN;
