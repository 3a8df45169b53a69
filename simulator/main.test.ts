import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';

const PROGRAM = path.resolve(import.meta.dirname, '../dist/server/simulator.js');

const run = (args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });

const start = async (
  env: Record<string, string>,
  flags: string[] = [],
): Promise<{ child: ChildProcess; url: string }> => {
  const child = spawn(process.execPath, [PROGRAM, '--port', '0', ...flags], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, url: (JSON.parse(line) as { listening: string }).listening };
};

/** Its options as the control knows them, once it runs with these in its environment. */
const startedWith = async (env: Record<string, string>): Promise<{ rotation: boolean }> => {
  const { child, url } = await start(env);
  onTestFinished(() => void child.kill());
  return (await (await fetch(`${url}/control/config`)).json()) as { rotation: boolean };
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

  test('keeps to what its flags say: signed with this secret, told at this address, kept in this file', async () => {
    const app = createHttpServer().listen(0, '127.0.0.1');
    await once(app, 'listening');
    const folder = mkdtempSync(path.join(os.tmpdir(), 'simulator-'));
    const eventsUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}/`;
    const flags = [
      '--signing-secret',
      'shh',
      '--events-url',
      eventsUrl,
      '--state-file',
      path.join(folder, 'slack.json'),
    ];
    const { child, url } = await start({}, [...flags, '--rotation', '--seed', '7']);
    onTestFinished(async () => {
      child.kill();
      await once(child, 'exit');
      app.close();
      rmSync(folder, { recursive: true });
    });
    const heard = once(app, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    await fetch(`${url}/control/channel`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ team: 'T0ACME', channel: 'C0ACME0002', name: 'renamed' }),
    });
    const [request, response] = await heard;
    const body = await text(request);
    response.end();
    const signed = createHmac('sha256', 'shh').update(
      `v0:${String(request.headers['x-slack-request-timestamp'])}:${body}`,
    );
    expect(request.headers['x-slack-signature']).toBe(`v0=${signed.digest('hex')}`);
    expect(await (await fetch(`${url}/control/config`)).json()).toMatchObject({ rotation: true });
    expect(readdirSync(folder)).toContain('slack.json');
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
