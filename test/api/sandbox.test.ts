import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { NotificationDocument, ViewerDocument } from '../generated/graphql.ts';
import { Caller } from '../support/caller.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { UNPACED } from '../support/desk.ts';
import { freePort, runCommand, startServer, startSimulatorProcess } from '../support/processes.ts';
import { accepted, connectTeam, identityOf } from '../support/world.ts';

let data: string;
let database: TestDatabase;
beforeAll(async () => {
  data = mkdtempSync(path.join(os.tmpdir(), 'heliograph-sandbox-'));
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(data, { recursive: true });
});

/** A server in the folder, with the database, and what else it is told. */
const start = async (env: Readonly<Record<string, string>> = {}) => {
  const port = await freePort();
  const settings = { DATABASE_URL: database.url, HELIOGRAPH_DATA_DIR: data, PORT: `${port}`, ...env };
  return { port: Number(settings.PORT), server: await startServer(settings) };
};

const callerOf = async ({ port }: { readonly port: number }): Promise<Caller> => {
  const { stdout } = await runCommand(['token'], data, { HELIOGRAPH_DATA_DIR: data });
  return new Caller(`http://localhost:${port}`, 'developer', stdout.trim());
};

test('nothing but a database, and it serves, with a token that works and a simulated Slack', async () => {
  const { port, server } = await start();
  const { viewer } = await (await callerOf({ port })).run(ViewerDocument, {});
  expect(viewer).toEqual({ userId: 'developer', memberships: [{ workspaceId: 'demo', role: 'ADMIN' }] });
  expect((await fetch(`http://localhost:${port + 1}/`)).status).toBe(200);
  expect(await server.stop()).toBe(0);
  await expect(fetch(`http://localhost:${port + 1}/`)).rejects.toThrow('fetch failed');
});

test('a second one in the same folder joins the simulated Slack of the first, whose tokens no other would know', async () => {
  const [first, second] = [await start(UNPACED), await start(UNPACED)];
  await expect(fetch(`http://localhost:${second.port + 1}/`)).rejects.toThrow('fetch failed');
  const callers = await Promise.all([first, second].map(callerOf));
  const [one = expect.unreachable()] = callers;
  await connectTeam(one, 'demo', 'T0ACME');
  const bot = await identityOf(one, 'demo', 'WORKSPACE_BOT');
  const message = { workspaceId: 'demo', sender: { identityId: bot.id }, channelId: 'C0ACME0001' };
  for (const caller of callers) {
    const sent = await Promise.all(['a', 'b', 'c'].map((text) => accepted(caller, { ...message, text })));
    for (const { id } of sent) {
      const status = async () => (await caller.run(NotificationDocument, { id })).notification?.status;
      await expect.poll(status, { timeout: 10_000 }).toBe('DELIVERED');
    }
  }
  expect(await second.server.stop()).toBe(0);
  expect(await first.server.stop()).toBe(0);
  const third = await start();
  expect((await fetch(`http://localhost:${third.port + 1}/`)).status).toBe(200);
  expect(await third.server.stop()).toBe(0);
});

test('after a kill, another folder’s simulated Slack that has the port since is not joined', async () => {
  const { port, server } = await start();
  server.kill('SIGKILL');
  await server.exited();
  const [other, away] = [path.join(data, 'other'), await createTestDatabase()];
  onTestFinished(() => away.drop());
  const there = await start({ HELIOGRAPH_DATA_DIR: other, DATABASE_URL: away.url, PORT: `${port}` });
  const again = await start();
  for (const one of [there, again]) expect((await fetch(`http://localhost:${one.port + 1}/`)).status).toBe(200);
  expect(await Promise.all([there.server.stop(), again.server.stop()])).toEqual([0, 0]);
});

test('processes that are told of one simulated Slack share it; the one that only delivers greets with no address', async () => {
  const { program: simulator, url } = await startSimulatorProcess();
  const told = (role: string) => start({ SLACK_API_URL: `${url}/api/`, HELIOGRAPH_ROLE: role });
  const [api, delivery] = [await told('api'), await told('delivery')];
  const said = ({ server }: typeof api): string => server.lines.filter((line) => !line.startsWith('{')).join('\n');
  await expect.poll(() => said(api)).toContain('/admin');
  await expect.poll(() => said(delivery)).toContain('delivers');
  expect(said(delivery)).not.toMatch(/http|token/i);
  for (const { port } of [api, delivery]) await expect(fetch(`http://localhost:${port + 1}/`)).rejects.toThrow();
  expect(await Promise.all([api.server.stop(), delivery.server.stop()])).toEqual([0, 0]);
  await simulator.stop();
});
