import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';

const PROGRAM = path.resolve(import.meta.dirname, '../dist/server/simulator.js');

const run = (args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });

/** Its options as the control knows them, once it runs with these in its environment. */
const startedWith = async (env: Record<string, string>): Promise<{ rotation: boolean }> => {
  const child = spawn(process.execPath, [PROGRAM, '--port', '0'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { listening } = JSON.parse(line) as { listening: string };
  return (await (await fetch(`${listening}/control/config`)).json()) as { rotation: boolean };
};

describe('the simulated Slack as a program', () => {
  test.each([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ])('SIMULATOR_ROTATION=%s: tokens that rotate, %s', async (text, rotation) => {
    expect(await startedWith({ SIMULATOR_ROTATION: text })).toMatchObject({ rotation });
  });

  test('says in one line that its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { code, stdout, stderr } = await run(['--port', `${(taken.address() as AddressInfo).port}`]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^simulator: cannot start: .*EADDRINUSE.*\n$/);
  });

  test.each(['70000', 'x', '-1'])('says in one line that %s is no port', async (port) => {
    const { code, stderr } = await run([`--port=${port}`]);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
