import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Hundreds of servers are started by a run: a third of what that costs is compiling, once is enough. */
const { NODE_COMPILE_CACHE } = process.env;
const COMPILE_CACHE: Record<string, string> = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };

/** As `npm start` and the Dockerfile run it. */
const KEPT_ROOM = '--min-semi-space-size=8';

/** Whether the tests of this worker measure what their users' servers would do, instead of asking what they do. */
export const MEASURES = process.env['HELIOGRAPH_TEST_ECONOMY'] !== 'on';

/** V8's helper threads let one server answer sooner; of several that share two cores, each only costs a tenth more. */
const THREADS = MEASURES ? [] : ['--single-threaded'];

/** A program of ours in a process of its own, with nothing of our environment but what it needs. */
export class Program {
  readonly lines: string[] = [];
  readonly #exited: Promise<number | NodeJS.Signals>;

  private constructor(
    readonly child: ChildProcess,
    readonly name: string,
  ) {
    this.#exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  }

  /** Resolves once a line of output says that it is ready. */
  static async start(
    name: string,
    args: string[],
    env: Record<string, string>,
    ready: (line: string) => boolean,
  ): Promise<Program> {
    const [file = '', ...rest] = args;
    const child = spawn(process.execPath, [KEPT_ROOM, ...THREADS, path.join(ROOT, file), ...rest], {
      // Not the project: a developer's own .env is none of a test's business.
      cwd: os.tmpdir(),
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        TMPDIR: process.env['TMPDIR'] ?? '',
        ...COMPILE_CACHE,
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const program = new Program(child, name);
    await new Promise<void>((resolve, reject) => {
      const read = (line: string): void => {
        program.lines.push(line);
        if (ready(line)) resolve();
      };
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', read);
      createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', read);
      void program.#exited.then((code) =>
        reject(new Error(`${name} ended with ${code} before it was ready:\n${program.lines.slice(-30).join('\n')}`)),
      );
    });
    return program;
  }

  exited(): Promise<number | NodeJS.Signals> {
    return this.#exited;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Asks it to stop and answers with how it ended. */
  async stop(): Promise<number | NodeJS.Signals> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM');
    return this.#exited;
  }
}

/** Browsers refuse some below these; above, the kernel takes ports for connections, which could be there before a server. */
const [LEAST_PORT, FIRST_EPHEMERAL_PORT] = [11_000, 32_768];

export const isFree = async (port: number): Promise<boolean> => {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  if (free) await once(server.close(), 'close');
  return free;
};

/** A sandbox takes the next one as well. */
const PORTS_OF_ONE = 2;
/** More than there are workers: each has ports of its own, or two would find the same one free before either takes it. */
const SLICES = 8;
const PLACES = Math.floor((FIRST_EPHEMERAL_PORT - LEAST_PORT) / (PORTS_OF_ONE * SLICES));
const firstOfSlice = LEAST_PORT + (Number(process.env['VITEST_POOL_ID'] ?? 0) % SLICES) * PLACES * PORTS_OF_ONE;
let place = randomInt(PLACES);

export const freePort = async (): Promise<number> => {
  for (;;) {
    // One after the other: what was given out a moment ago may not be in use yet.
    place = (place + 1) % PLACES;
    const port = firstOfSlice + place * PORTS_OF_ONE;
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
};

const isReady = (line: string): boolean => line.includes('"msg":"ready"');

export const startServer = (env: Record<string, string>, main = 'dist/server/main.js'): Promise<Program> =>
  Program.start('heliograph', [main, 'serve'], { HELIOGRAPH_EXIT_WITH_PARENT: '1', ...env }, isReady);

/** Runs the installed command to its end, with nothing of this environment but the path. */
export const runCommand = (args: string[], folder: string, env: Record<string, string> = {}) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HELIOGRAPH_DATA_DIR: folder, ...COMPILE_CACHE, ...env },
    };
    execFile(process.execPath, [path.join(ROOT, 'dist/server/main.js'), ...args], options, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    );
  });

const startListener = async (name: string, args: string[], env: Record<string, string> = {}) => {
  let url = '';
  const program = await Program.start(name, args, env, (line) => {
    url = /"listening": ?"([^"]+)"/.exec(line)?.[1] ?? '';
    return url !== '';
  });
  return { program, url };
};

export const startSimulatorProcess = (args: string[] = []) =>
  startListener('simulated Slack', ['dist/server/simulator.js', '--port', '0', '--exit-with-parent', ...args]);

/** From its sources, by what compiles them for the scripts too: the build has no such program. */
const COMPILED = {
  NODE_OPTIONS: `--import=${pathToFileURL(path.join(ROOT, 'node_modules/tsx/dist/loader.mjs')).href}`,
};

export const startSimulators = () => startListener('simulated Slacks', ['test/support/simulators.ts'], COMPILED);
