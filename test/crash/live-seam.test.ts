import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NotificationHistoryDocument } from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import { Follower } from '../support/follower.ts';
import { LogWriter } from '../support/log-writer.ts';
import { OwnPostgres } from '../support/own-postgres.ts';
import { chanceOf, type Chance } from '../support/seeded.ts';
import { World } from '../support/world.ts';

// A cluster of its own: what is held open or crashed here would hold up every other test.
let postgres: OwnPostgres;
let world: World;
beforeAll(async () => {
  postgres = await OwnPostgres.start();
  world = await World.start({ database: postgres.database, servers: 2, env: { HELIOGRAPH_ROLE: 'api' } });
});
afterAll(() => world.stop());

const POLL = { timeout: 15_000, interval: 20 };
let scenes = 0;
let workspaceId: string;
let admin: Caller;
let writer: LogWriter;
let chance: Chance;
let followers: Follower[];
beforeEach(async ({ task }) => {
  workspaceId = `seam-${(scenes += 1)}`;
  admin = await world.as('ana', { [workspaceId]: 'ADMIN' });
  writer = new LogWriter(world.database, workspaceId);
  chance = chanceOf(task.name);
  followers = [];
});
afterEach(() => Promise.all(followers.map((follower) => follower.stop())));

const follow = (cursor: string, url = chance.pick(world.urls)): Follower => {
  const token = admin.token ?? '';
  const follower = new Follower({ url: () => url, token, workspaceId, cursor, chance: () => chance.next() });
  followers.push(follower);
  return follower;
};

/** Some at each process, from now on; resolves when all of them are live. */
const followEverywhere = async (): Promise<void> => {
  const start = await world.cursorOfNow(admin, workspaceId);
  for (const url of [...world.urls, ...world.urls]) follow(start, url);
  await writer.write(1);
  await Promise.all(followers.map((follower) => follower.until(1)));
};

/** Everybody has the whole log, in its order, over the one connection that they opened. */
const expectWhole = async (): Promise<void> => {
  const marks = (await writer.logged()).map(({ mark }) => mark);
  for (const follower of followers) {
    await follower.until(marks.length);
    expect(follower.got).toEqual(marks);
    expect(follower.connections).toBe(1);
  }
};

const lagSeconds = async (url: string): Promise<number> => {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^heliograph_status_log_lag_seconds (\S+)$/m.exec(metrics)?.[1]);
};

describe('the seam', () => {
  test('changes that come while others are replayed are in order for everybody, wherever they begin', async () => {
    const first = follow(await world.cursorOfNow(admin, workspaceId));
    const cursors: string[] = [];
    first.onChange = ({ cursor }) => cursors.push(cursor);
    await writer.write(400);
    await first.until(400);
    const begun: { readonly follower: Follower; readonly index: number }[] = [];
    for (let round = 0; round < 60; round += 1) {
      const index = chance.between(0, cursors.length - 1);
      begun.push({ follower: follow(cursors[index] as string), index });
      await writer.write(chance.between(1, 20));
    }
    const marks = (await writer.logged()).map(({ mark }) => mark);
    await first.until(marks.length);
    expect(first.got).toEqual(marks);
    for (const { follower, index } of begun) {
      await follower.until(marks.length - index - 1);
      expect(follower.got).toEqual(marks.slice(index + 1));
    }
  });

  test('without its wake-ups a process polls, and listens again when it can', async () => {
    const sessions = `from pg_stat_activity where application_name = 'heliograph-wake-ups' and state is not null`;
    await followEverywhere();
    await world.database.query(`select pg_terminate_backend(pid) ${sessions}`);
    await writer.write(40);
    await expectWhole();
    await expect.poll(() => world.database.query(`select pid ${sessions}`), POLL).toHaveLength(2);
    await writer.write(40);
    await expectWhole();
  });

  test('an open write transaction anywhere in the cluster holds the stream back, visibly, and nothing is skipped', async () => {
    await followEverywhere();
    const elsewhere = new URL(world.database.url);
    elsewhere.pathname = '/postgres';
    const client = new pg.Client({ connectionString: elsewhere.href });
    await client.connect();
    try {
      await client.query('begin; select pg_current_xact_id()');
      for (let slice = 0; slice < 10; slice += 1) await writer.write(20);
      for (const url of world.urls) await expect.poll(() => lagSeconds(url), POLL).toBeGreaterThan(1);
      expect(followers.map(({ got }) => got.length)).toEqual(followers.map(() => 1));
      // Who comes meanwhile waits as well.
      const { notificationHistory } = await admin.run(NotificationHistoryDocument, { workspaceId, first: 1 });
      follow(notificationHistory.liveCursor).onChange = undefined;
      await client.query('commit');
      const late = followers.pop();
      await expectWhole();
      for (const url of world.urls) await expect.poll(() => lagSeconds(url), POLL).toBe(0);
      expect(late?.got.every((mark) => followers[0]?.got.includes(mark))).toBe(true);
      await late?.stop();
    } finally {
      await client.end();
    }
  });

  test(
    'Postgres crashing and coming back delays the stream, and cuts and loses nothing',
    { timeout: 60_000 },
    async () => {
      await followEverywhere();
      for (let crash = 0; crash < 2; crash += 1) {
        const writing = (async () => {
          for (let slice = 0; slice < 50; slice += 1) await writer.write(10);
        })();
        const outcome = writing.then(
          () => 'written',
          () => 'broken off',
        );
        await postgres.crash();
        expect(await outcome).toBe('broken off');
        await postgres.restart();
        await writer.write(20);
        await expectWhole();
      }
    },
  );
});
