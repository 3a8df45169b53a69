import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { RawSocket } from '../support/raw-socket.ts';
import { chanceOf } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';

let torture: Torture;
afterEach(() => torture.stop());

const LIMIT = { timeout: 90_000 };
const OPEN = 20;
const SOCKETS = 50;
/** As many as a process moves in some seconds. */
const DUE = 20_000;
const SENDING = `select from notifications where status = 'SENDING'`;

const openSockets = async (url: string, count: number): Promise<RawSocket[]> => {
  const sockets = await Promise.all(
    Array.from({ length: count }, () => RawSocket.open(url, `Bearer ${torture.desk.admin.token}`)),
  );
  await Promise.all(sockets.map((socket) => socket.message('connection_ack')));
  return sockets;
};

const sending = async (): Promise<number> => (await torture.world.database.query(SENDING)).length;

interface Plan {
  readonly slowMs: number;
  readonly open?: number;
  readonly sockets?: number;
  readonly env?: Record<string, string>;
}

/** A process with so many sends open that Slack answers only after a while, and with sockets that wait. */
const openSends = async (name: string, { slowMs, open = OPEN, sockets = 0, env = {} }: Plan) => {
  torture = await Torture.start({
    chance: chanceOf(name),
    roles: ['all'],
    channels: open,
    env: { TEAM_CONCURRENCY: '0', SLACK_TIMEOUT_MS: '8000', ...env },
  });
  const member = torture.fleet.members[0] ?? expect.unreachable();
  const opened = await openSockets(member.url, sockets);
  await torture.world.slack.fault({
    match: { method: 'chat.postMessage' },
    fault: { type: 'slow', ms: slowMs },
    times: open,
  });
  // At once: the first must still be open when the last is claimed.
  await Promise.all(torture.channels.map((channelId, number) => torture.send(torture.message(number, { channelId }))));
  await expect.poll(sending, { timeout: slowMs }).toBe(open);
  return { member, sockets: opened };
};

interface Readiness {
  readonly status: number;
  readonly checks: Record<string, string>;
}

/** What /readyz says, or that nobody listens any more. */
const readiness = async (url: string): Promise<Readiness | 'gone'> => {
  try {
    const response = await fetch(`${url}/readyz`);
    return { status: response.status, checks: ((await response.json()) as Readiness).checks };
  } catch {
    return 'gone';
  }
};

test(
  'SIGTERM: not ready, then the sockets end with 1012, then the sends; all stored, and 0 within 15 s',
  LIMIT,
  async () => {
    const name = `SIGTERM with ${OPEN} sends open`;
    const { member, sockets } = await openSends(name, { slowMs: 6000, sockets: SOCKETS });
    // Does not answer the closing of its socket, so that the server is seen while it waits for it.
    sockets[0]?.socket.pause();
    const startedAt = performance.now();
    member.signal('SIGTERM');
    const others = await Promise.all(sockets.slice(1).map(({ closed }) => closed));
    expect(new Set(others.map(({ code }) => code))).toEqual(new Set([1012]));
    expect(await readiness(member.url)).toMatchObject({ status: 503, checks: { stopping: 'the process is stopping' } });
    while ((await readiness(member.url)) !== 'gone') await pause(20);
    // The sends are what ends last, when nobody can ask for more: at least that which was claimed last.
    expect(await sending()).toBeGreaterThan(0);
    expect(await member.exited()).toBe(0);
    sockets[0]?.socket.terminate();
    const tookMs = Math.round(performance.now() - startedAt);
    expect(tookMs).toBeLessThan(15_000);
    expect(await torture.waiting()).toBe(0);
    process.stdout.write(`${name}: ended after ${tookMs} ms; ${await torture.expectClean()}\n`);
  },
);

test(
  'SIGTERM in the middle of a long look ends with 0 within 15 s, and the next process settles it',
  LIMIT,
  async () => {
    const name = 'SIGTERM during a look';
    torture = await Torture.start({ chance: chanceOf(name), roles: ['all'], channels: 1 });
    const { slack } = torture.world;
    const channel = torture.channels[0] ?? '';
    await slack.config({ historyPageMax: 3 });
    await slack.fault({ match: { method: 'conversations.history' }, fault: { type: 'slow', ms: 1500 }, times: 0 });
    await slack.fault({ match: { method: 'chat.postMessage' }, fault: { type: 'reset_after' } });
    await torture.send(torture.message(1));
    while ((await torture.posts()).length === 0) await pause(10);
    const person = await slack.somebodyOf(torture.desk.team);
    for (let count = 0; count < 40; count += 1)
      await slack.message({ team: torture.desk.team, channel, user: person, text: `${count}` });
    while ((await slack.requests('conversations.history')).length === 0) await pause(10);
    const member = torture.fleet.members[0] ?? expect.unreachable();
    const startedAt = performance.now();
    member.signal('SIGTERM');
    expect(await member.exited()).toBe(0);
    const tookMs = Math.round(performance.now() - startedAt);
    expect(tookMs).toBeLessThan(15_000);
    await slack.clearFaults();
    await member.start();
    const restMs = await torture.untilAtRest(30_000);
    process.stdout.write(
      `${name}: ended after ${tookMs} ms, at rest ${restMs} ms later; ${await torture.expectClean()}\n`,
    );
  },
);

test('two signals within a second are one: what is open is stored, and it ends with 0', LIMIT, async () => {
  const { member } = await openSends('SIGTERM and SIGINT at once', { slowMs: 6000, open: 3 });
  member.signal('SIGTERM');
  member.signal('SIGINT');
  expect(await member.exited()).toBe(0);
  expect(await torture.waiting()).toBe(0);
  process.stdout.write(`SIGTERM and SIGINT at once: ${await torture.expectClean()}\n`);
});

test(
  'a second SIGTERM after a second ends it at once, and what was open is found when it starts again',
  LIMIT,
  async () => {
    const { member } = await openSends('two SIGTERMs', { slowMs: 6000 });
    const startedAt = performance.now();
    const repeating = setInterval(() => member.signal('SIGTERM'), 50);
    expect(await member.exited()).toBe(1);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1000);
    clearInterval(repeating);
    await expect.poll(() => member.lines.join('\n')).toContain('told to stop a second time');
    await member.start();
    const restMs = await torture.untilAtRest(30_000);
    process.stdout.write(`two SIGTERMs: at rest ${restMs} ms after the restart; ${await torture.expectClean()}\n`);
  },
);

test('SIGTERM does not wait for all that is coming due', LIMIT, async () => {
  torture = await Torture.start({ chance: chanceOf('SIGTERM while much comes due'), roles: ['all'], channels: 1 });
  const { database } = torture.world;
  const scheduledFor = new Date(Date.now() + 3_600_000).toISOString();
  await torture.send(torture.message(0, { scheduledFor }));
  // The number is in the record, or all would be one: what depends on no number is made once.
  await database.query(
    `insert into notifications select due.* from notifications n, generate_series(1, $1::int) number, jsonb_populate_record(n,
       jsonb_build_object('id', gen_random_uuid(), 'due_at', now() - interval '1 second', 'number', number)) due`,
    [DUE],
  );
  const due = async (): Promise<number> => {
    const rows = await database.query<{ count: number }>(
      'select count(*)::int as count from notifications where due_at < now()',
    );
    return rows[0]?.count ?? 0;
  };
  while ((await due()) === DUE) await pause(10);
  const member = torture.fleet.members[0] ?? expect.unreachable();
  member.signal('SIGTERM');
  expect(await member.exited()).toBe(0);
  expect(await due()).toBeGreaterThan(0);
});

describe('an error that nobody catches', () => {
  const NODE_OPTIONS = `--import=${path.resolve(import.meta.dirname, '../support/plant-error.mjs')}`;

  test.each(['exception', 'rejection'])(
    'as %s is logged, and the process drains and ends with 1',
    LIMIT,
    async (kind) => {
      const env = { NODE_OPTIONS, PLANTED_ERROR: kind };
      const { member, sockets } = await openSends(`an uncaught ${kind}`, { slowMs: 5000, open: 3, sockets: 3, env });
      member.signal('SIGWINCH');
      const closings = await Promise.all(sockets.map(({ closed }) => closed));
      expect(closings.map(({ code }) => code)).toEqual([1012, 1012, 1012]);
      expect(await member.exited()).toBe(1);
      const fatal = () => member.lines.filter((line) => line.includes('"level":60'));
      await expect.poll(fatal).toHaveLength(1);
      expect(JSON.parse(fatal()[0] ?? '')).toMatchObject({
        msg: 'stopping after an error that nobody caught',
        err: { message: 'planted by a test', stack: expect.stringContaining('plant-error.mjs') },
      });
      expect(await torture.waiting()).toBe(0);
      process.stdout.write(`an uncaught ${kind}: ${await torture.expectClean()}\n`);
    },
  );
});
