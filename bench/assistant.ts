import { createInterface } from 'node:readline';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Program } from '../test/support/processes.ts';

export const BENCH_FOLDER = import.meta.dirname;

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** A program of `bench/programs`, in a process of its own as the server is: it is told what to do by lines of JSON. */
export class Assistant {
  #next = 1;
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();

  private constructor(readonly program: Program) {
    createInterface({ input: program.child.stdout as NodeJS.ReadableStream }).on('line', (line) => this.#read(line));
    void program.exited().then((code) => {
      const said = program.lines.slice(-10).join('\n');
      for (const { reject } of this.#waiting.values())
        reject(new Error(`${program.name} ended with ${code} before it answered:\n${said}`));
    });
  }

  static async start(name: string, settings: unknown = {}, env: Record<string, string> = {}): Promise<Assistant> {
    const all = { ASSISTANT_SETTINGS: JSON.stringify(settings), ...env };
    return new Assistant(
      await Program.start(name, [`bench/programs/${name}.mjs`], all, (line) => line === '{"ready":true}'),
    );
  }

  get pid(): number | undefined {
    return this.program.child.pid;
  }

  ask<Result>(command: string, argument: unknown = null): Promise<Result> {
    const id = this.#next;
    this.#next += 1;
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.program.child.stdin?.write(`${JSON.stringify({ id, command, argument })}\n`);
    });
  }

  async stop(): Promise<void> {
    this.program.child.stdin?.end();
    await this.program.stop();
  }

  #read(line: string): void {
    if (!line.startsWith('{"id":')) return;
    const { id, result, error } = JSON.parse(line) as Reply;
    const waiter = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiter?.resolve(result);
    else waiter?.reject(new Error(error));
  }
}

/** Whether one of the packages that Heliograph is measured against is installed. */
export const hasPackage = (name: string): boolean => existsSync(path.join(BENCH_FOLDER, 'node_modules', name));

/** A program of the system, by its names; undefined where none is there. */
export const findInPath = (...names: string[]): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .flatMap((folder) => names.map((name) => path.join(folder, name)))
    .find((file) => existsSync(file));
