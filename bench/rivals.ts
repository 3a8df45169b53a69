import { mkdtempSync, rmSync } from 'node:fs';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../test/support/processes.ts';
import { Assistant, findInPath, hasPackage } from './assistant.ts';
import type { Bed } from './bed.ts';

export const BARE = 'bare @slack/web-api';

/** Jobs that one worker of pg-boss fetches at once. */
const BATCH = 10;

export interface Rival {
  readonly name: string;
  readonly assistant: Assistant;
  /** Of a store that is not Postgres. */
  readonly storePid?: number | undefined;
}

export interface Rivals {
  readonly all: readonly Rival[];
  readonly setup: readonly string[];
  readonly missing: readonly string[];
  stop(): Promise<void>;
}

interface RedisServer {
  readonly port: number;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** A program of the system that serves until it is told to end. */
export const startDaemon = async (
  file: string,
  args: readonly string[],
  isReady: (line: string) => boolean,
): Promise<{ child: ChildProcess; stop: () => Promise<void> }> => {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        if (isReady(line)) resolve();
      });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}: ${said.slice(-5).join('\n')}`)));
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  return { child, stop };
};

const startRedis = async (file: string): Promise<RedisServer> => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-redis-'));
  const port = await freePort();
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, ...durable];
  const { child, stop } = await startDaemon(file, args, (line) => line.includes('Ready to accept connections'));
  return {
    port,
    pid: child.pid,
    stop: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

interface SlackSettings {
  readonly apiUrl: string;
  readonly token: string;
  readonly concurrency: number;
}

/** Everything that is installed here, each as its own documentation sets it up for speed. */
export const startRivals = async (bed: Bed, slack: SlackSettings): Promise<Rivals> => {
  const started = new StartedRivals(slack);
  try {
    if (hasPackage('@slack/web-api')) await started.add(BARE, 'bare-loop');
    for (const name of ['pg-boss', 'graphile-worker']) await started.addOnPostgres(bed, name);
    await started.addOnRedis();
    return started;
  } catch (error) {
    await started.stop();
    throw error;
  }
};

class StartedRivals implements Rivals {
  readonly all: Rival[] = [];
  readonly missing: string[] = [];
  readonly #stops: (() => Promise<void>)[] = [];

  constructor(private readonly slack: SlackSettings) {}

  get setup(): readonly string[] {
    const { concurrency } = this.slack;
    return [
      `${BARE}: posts from memory, nothing is stored.`,
      `pg-boss: batches of ${BATCH}, ${concurrency / BATCH} workers, fetching on while batches are full; no maintenance, no schedules.`,
      `graphile-worker: ${concurrency} jobs at once, local queue of 500, completions in batches (its page about performance).`,
      `bullmq: concurrency ${concurrency}; Redis with appendonly and appendfsync always, as durable as Postgres with fsync.`,
    ];
  }

  async add(name: string, program: string, more: object = {}, storePid?: number): Promise<void> {
    const assistant = await Assistant.start(program, { ...this.slack, ...more });
    this.#stops.unshift(() => assistant.stop());
    this.all.push({ name, assistant, storePid });
  }

  async addOnPostgres(bed: Bed, name: string): Promise<void> {
    if (!hasPackage(name)) {
      this.missing.push(`NOT MEASURED: ${name} is not installed (npm ci in bench/).`);
      return;
    }
    const database = await bed.emptyDatabase();
    this.#stops.unshift(() => database.drop());
    await this.add(name, name, { databaseUrl: database.url, batch: BATCH });
  }

  async addOnRedis(): Promise<void> {
    const file = findInPath('redis-server');
    if (file === undefined || !hasPackage('bullmq')) {
      this.missing.push('NOT MEASURED: bullmq, which needs a redis-server in the PATH.');
      return;
    }
    const redis = await startRedis(file);
    this.#stops.unshift(() => redis.stop());
    await this.add('bullmq', 'bullmq', { redisPort: redis.port }, redis.pid);
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) await stop();
  }
}
