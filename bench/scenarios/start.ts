import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, isFree } from '../../test/support/processes.ts';
import { BENCH_FOLDER } from '../assistant.ts';
import { residentKb } from '../cpu.ts';
import type { Figure, Plan } from '../figures.ts';

const ROOT = path.resolve(BENCH_FOLDER, '..');
const IDLE_MS = 3000;
/** Seldom enough to take nothing from what is measured: a refused call costs milliseconds of one of the cores. */
const POLL_MS = 40;
const DEADLINE_MS = 60_000;
const LAST_WORDS = 2000;

interface Started {
  readonly firstAnswerMs: number;
  readonly megabytes: number;
}

/** The process that runs the built server, among all that `npm start` has begun. */
const serverOf = (dataDir: string): number | undefined =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return (
          command.includes('dist/server/main.js') && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(dataDir)
        );
      } catch {
        return false;
      }
    });

const answers = (port: number): Promise<boolean> =>
  fetch(`http://localhost:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ __typename }"}',
  }).then(
    () => true,
    () => false,
  );

/** The simulated Slack takes the port after it. */
const freePair = async (): Promise<number> => {
  for (;;) {
    const port = await freePort();
    if (await isFree(port + 1)) return port;
  }
};

const startOnce = async (dataDir: string, idleMs = 0): Promise<Started> => {
  const port = await freePair();
  const env = { ...process.env, PORT: `${port}`, HELIOGRAPH_DATA_DIR: dataDir };
  const startedAt = performance.now();
  const child = spawn('npm', ['start'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += String(chunk)));
  const exited = once(child, 'exit');
  try {
    while (!(await answers(port))) {
      if (child.exitCode !== null || performance.now() - startedAt > DEADLINE_MS)
        throw new Error(`npm start did not answer:\n${said.slice(-LAST_WORDS)}`);
      await pause(POLL_MS);
    }
    const firstAnswerMs = performance.now() - startedAt;
    await pause(idleMs);
    return { firstAnswerMs, megabytes: residentKb(serverOf(dataDir)) / 1024 };
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
};

/** `npm start` on a folder that has been used before, with the embedded Postgres and the simulated Slack. */
export const start = async ({ quick, rounds }: Plan): Promise<Figure> => {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'heliograph-start-'));
  // Postgres runs as another user where the bench runs as root.
  chmodSync(dataDir, 0o755);
  try {
    const cold = await startOnce(dataDir);
    const warm: Started[] = [];
    for (let round = 0; round < (quick ? 1 : rounds); round += 1) warm.push(await startOnce(dataDir, IDLE_MS));
    const of = 'heliograph';
    const seconds = (all: readonly Started[]): number[] => all.map(({ firstAnswerMs }) => firstAnswerMs / 1000);
    return {
      name: 'start',
      setup: [
        'npm start, from the command to the first answer over HTTP: npm, the check of the build, Postgres, Slack, migrations.',
      ],
      readings: [
        { of, what: 'first start on a new folder', unit: 's', values: seconds([cold]) },
        { of, what: 'warm start', unit: 's', values: seconds(warm), goal: { atMost: 2 } },
        {
          of,
          what: 'idle memory of the Node process',
          unit: 'MB',
          values: warm.map(({ megabytes }) => megabytes),
          goal: { atMost: 250 },
        },
      ],
      ratios: [],
    };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
};
