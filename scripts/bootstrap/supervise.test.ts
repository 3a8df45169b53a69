import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it, vi } from 'vitest';

const SUPERVISE = new URL('./supervise.mjs', import.meta.url).href;
const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** Says its process id and its parent's, counts signals, and needs a moment to stop, as the server does. */
const PROGRAM = `
  let signals = 0;
  const stop = (code) => setTimeout(() => { console.log(JSON.stringify({ signals })); process.exit(code); }, 50);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { if (++signals === 1) stop(7); });
  process.stdin.once('close', () => stop(0)).resume();
  console.log(JSON.stringify({ pid: process.pid, bootstrap: process.ppid }));`;

const BOOTSTRAP = `
  import { startProgram } from ${JSON.stringify(SUPERVISE)};
  const options = { cwd: process.cwd(), env: process.env };
  process.exitCode = await startProgram(process.execPath, ['program.mjs'], options).exited;`;

interface Chain {
  readonly npm: ChildProcess;
  readonly lines: AsyncIterator<string>;
  readonly program: number;
  readonly bootstrap: number;
}

/** npm → (its shell) → the bootstrap → the program, as `npm start` runs them. */
const startChain = async (script: string): Promise<Chain> => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'supervise-'));
  cleanups.push(() => fs.rmSync(folder, { recursive: true, force: true }));
  fs.writeFileSync(path.join(folder, 'program.mjs'), PROGRAM);
  fs.writeFileSync(path.join(folder, 'bootstrap.mjs'), BOOTSTRAP);
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ scripts: { start: script } }));
  const npm = spawn('npm', ['start', '--silent'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const lines = createInterface(npm.stdout)[Symbol.asyncIterator]();
  const { value } = (await lines.next()) as { value: string };
  const { pid, bootstrap } = JSON.parse(value) as { pid: number; bootstrap: number };
  for (const started of [npm.pid, pid, bootstrap]) cleanups.push(() => killIfAlive(started));
  return { npm, lines, program: pid, bootstrap };
};

const killIfAlive = (pid: number | undefined): void => {
  if (pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGKILL');
};

const isAlive = (pid: number): boolean => {
  try {
    return !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
};

const areGone = (...pids: number[]): Promise<void> =>
  vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 10_000, interval: 20 });

const SCRIPTS = {
  'a shell that stays': 'node bootstrap.mjs; exit $?',
  'a shell that steps aside': 'exec node bootstrap.mjs',
};

describe.runIf(process.platform === 'linux').each(Object.entries(SCRIPTS))('npm start through %s', (_name, script) => {
  it('leaves nothing behind when npm is killed', async () => {
    const { npm, bootstrap, program } = await startChain(script);
    npm.kill('SIGKILL');
    await areGone(bootstrap, program);
  });

  it('leaves nothing behind when the bootstrap is killed', async () => {
    const { npm, bootstrap, program } = await startChain(script);
    process.kill(bootstrap, 'SIGKILL');
    await areGone(npm.pid ?? 0, bootstrap, program);
  });

  it('leaves nothing behind when all of them are killed as a group', async () => {
    const { npm, bootstrap, program } = await startChain(script);
    process.kill(-(npm.pid ?? 0), 'SIGKILL');
    await areGone(bootstrap, program);
  });

  it('ends when the program is killed', async () => {
    const { npm, bootstrap, program } = await startChain(script);
    process.kill(program, 'SIGKILL');
    await areGone(npm.pid ?? 0, bootstrap);
  });
});

describe.runIf(process.platform === 'linux')('npm start', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'hands %s of a terminal on once, and ends with the exit code',
    async (signal) => {
      const { npm, lines } = await startChain(SCRIPTS['a shell that steps aside']);
      const ended = once(npm, 'exit');
      process.kill(-(npm.pid ?? 0), signal); // npm and the bootstrap both get it, as from a terminal
      expect(JSON.parse(((await lines.next()) as { value: string }).value)).toEqual({ signals: 1 });
      expect((await ended)[0]).toBe(7);
    },
  );
});
