import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  DeliveryStatsDocument,
  NotificationHistoryDocument,
  SendNotificationDocument,
  type DeliveryStatus,
  type NotificationHistoryQuery,
} from '../generated/graphql.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { scrape, sumOf } from '../support/metrics.ts';
import { MovingAddress } from '../support/moving-address.ts';
import { ReplicatedPostgres } from '../support/replicated-postgres.ts';
import { inSomeRound } from '../support/rounds.ts';
import { AT_REST, type Change, type StatusFeed } from '../support/status-feed.ts';
import { accepted, send, World } from '../support/world.ts';

type Page = NotificationHistoryQuery['notificationHistory'];

/** How late the standby shows a commit: late enough for others to be committed meanwhile. */
const LATE_MS = 40;
const SENDS = 24;
const CALLERS = 3;
const PAGES = 6;
/** A commit that is late by more than usual has the replica left for some seconds. */
const ROUNDS = 3;
const LIMIT = { timeout: 90_000 };

let postgres: ReplicatedPostgres;
const delayReplica = async (ms: number): Promise<void> => {
  await postgres.onStandby(`alter system set recovery_min_apply_delay = '${ms}ms'`);
  await postgres.onStandby('select pg_reload_conf()');
};
let world: World;
let desk: Desk;
beforeAll(async () => {
  postgres = await ReplicatedPostgres.start('do not wait');
  await delayReplica(LATE_MS);
  const env = { ...UNPACED, TEAM_CONCURRENCY: '0', DATABASE_REPLICA_URL: postgres.standby.url };
  world = await World.start({ database: postgres.database, env });
  await world.slack.config({ channelPostsPerSecond: 0 });
  desk = await openDesk(world, 'replica');
});
afterAll(() => world.stop());

const pageOf = async (caller = desk.admin): Promise<Page> =>
  (await caller.run(NotificationHistoryDocument, { workspaceId: desk.workspaceId, first: 100 })).notificationHistory;

const reads = async (outcome: 'answered' | 'behind' | 'failed', url = world.url): Promise<number> =>
  sumOf(await scrape(url), 'heliograph_replica_reads_total', { outcome });

const saying = (words: string, server = world.servers[0]): string[] =>
  server?.lines.filter((line) => line.includes(words)) ?? [];

/** The replica is read: it may have been given up for some seconds, where a commit took long to reach it. */
const untilBack = async (): Promise<void> => {
  const before = await reads('answered');
  const isBack = async (): Promise<boolean> => {
    await pageOf();
    return (await reads('answered')) > before;
  };
  await expect.poll(isBack, { timeout: 15_000 }).toBe(true);
};

test('pages of the history and statistics are read from the replica', async () => {
  await accepted(desk.admin, desk.message());
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const readBoth = async (): Promise<number> => {
    const before = await reads('answered');
    await pageOf();
    const { deliveryStats } = await desk.admin.run(DeliveryStatsDocument, { workspaceId: desk.workspaceId, since });
    expect(deliveryStats.total).toBe(1);
    return (await reads('answered')) - before;
  };
  await expect.poll(readBoth).toBe(2);
  const sessions = `select query from pg_stat_activity where application_name = 'heliograph' and query like '%notification%'`;
  expect(await postgres.onStandby(sessions)).not.toEqual([]);
});

test('what somebody has just sent is on the next page, also while the replica is late', LIMIT, async () => {
  const isRead = await inSomeRound(ROUNDS, async () => {
    await untilBack();
    const before = await reads('answered');
    for (let count = 0; count < 5; count += 1) {
      const { id } = await accepted(desk.admin, desk.message());
      expect((await pageOf()).nodes[0]?.id).toBe(id);
    }
    return (await reads('answered')) > before;
  });
  expect(isRead).toBe(true);
});

/** What the page does not show of a notification, the feed must. */
const gapsOf = (page: Page, feed: StatusFeed, ids: readonly string[]): string[] =>
  ids.filter((id) => {
    const shown: DeliveryStatus | undefined = page.nodes.find((node) => node.id === id)?.status;
    const changes: Change[] = feed.of(id);
    const told = [changes[0]?.from ?? undefined, ...changes.map(({ to }) => to)];
    // Without a change the page has its last status; with some, they begin no later than where the page stands.
    return changes.length === 0 ? shown === undefined || !AT_REST.includes(shown) : !told.includes(shown);
  });

/** Whether most pages were from the replica; nothing is skipped after any, wherever it is from. */
const skipsNothing = async (): Promise<boolean> => {
  await untilBack();
  const before = await reads('answered');
  const ids: string[] = [];
  const send = async (): Promise<void> => {
    while (ids.length < SENDS) ids.push((await accepted(desk.admin, desk.message())).id);
  };
  const sending = Promise.all(Array.from({ length: CALLERS }, send));
  const pages: Page[] = [];
  while (pages.length < PAGES) pages.push(await pageOf());
  await sending;
  const isReadMostly = (await reads('answered')) > before + PAGES / 2;
  // One channel is sent to in order: once this one is delivered, all are.
  const last = await accepted(desk.admin, desk.message());
  for (const page of pages) {
    const feed = world.follow(desk.admin, { workspaceId: desk.workspaceId, after: page.liveCursor });
    await feed.untilAtRest(last.id);
    expect(gapsOf(page, feed, ids)).toEqual([]);
    feed.stop();
  }
  return isReadMostly;
};

test('nothing is skipped between a page of a replica that is late and the stream', LIMIT, async () => {
  expect(await inSomeRound(ROUNDS, skipsNothing)).toBe(true);
});

test('what cannot be read anywhere says nothing of the replica', async () => {
  await untilBack();
  const before = await reads('failed');
  const variables = { workspaceId: desk.workspaceId, first: 1, filter: { websiteId: '\0' } };
  expect(await desk.admin.failureCodes(NotificationHistoryDocument, variables)).toEqual(['BAD_USER_INPUT']);
  expect(await reads('failed')).toBe(before);
});

test('reads go on when the replica dies, which is said once, and return to it when it is back', async () => {
  await untilBack();
  const [left, back] = ['read from the primary, not the replica', 'read from the replica'] as const;
  const [failed, said] = [await reads('failed'), [saying(left).length, saying(back).length] as const];
  await postgres.standby.crash();
  const { id } = await accepted(desk.admin, desk.message());
  for (let count = 0; count < 5; count += 1) expect((await pageOf()).nodes[0]?.id).toBe(id);
  expect(await reads('failed')).toBe(failed + 5);
  await expect.poll(() => saying(left)).toHaveLength(said[0] + 1);
  await postgres.standby.restart();
  await untilBack();
  await expect.poll(() => saying(back)).toHaveLength(said[1] + 1);
});

const WAITING = `select from pg_stat_activity where application_name = 'heliograph' and wait_event_type = 'Lock'`;
const HELD = `select from pg_locks where relation = 'notifications'::regclass and mode = 'AccessExclusiveLock'`;

/** A page whose read waits on the replica: one that is late for once sends it to the primary instead. */
const pageThatWaits = async (blocker: pg.Client): Promise<{ readonly page: Promise<Page> }> => {
  for (;;) {
    await untilBack();
    // What reads it waits, on the replica too once it has come there: with no commit for a while it would not be sent.
    await blocker.query('begin; lock table notifications in access exclusive mode; select pg_switch_wal()');
    await expect.poll(() => postgres.onStandby(HELD)).not.toEqual([]);
    const page = pageOf();
    for (let looks = 0; looks < 20; looks += 1) {
      if ((await postgres.onStandby(WAITING)).length > 0) return { page };
      await pause(50);
    }
    await blocker.query('rollback');
    await page;
  }
};

test('a replica that dies in the middle of a read is left, and the primary answers', LIMIT, async () => {
  await delayReplica(0);
  const blocker = new pg.Client({ connectionString: postgres.database.url });
  await blocker.connect();
  const { page } = await pageThatWaits(blocker);
  await postgres.standby.crash();
  await blocker.query('rollback');
  await blocker.end();
  expect((await page).nodes).not.toEqual([]);
  await postgres.standby.restart();
  await untilBack();
});

test('a replica that stands still shows nothing old: the primary is read', async () => {
  const isBehind = '"outcome":"behind"';
  const [read, said] = [await reads('behind'), saying(isBehind).length];
  await postgres.onStandby('select pg_wal_replay_pause()');
  const { id } = await accepted(desk.admin, desk.message());
  for (let count = 0; count < 5; count += 1) expect((await pageOf()).nodes[0]?.id).toBe(id);
  expect(await reads('behind')).toBe(read + 5);
  await expect.poll(() => saying(isBehind)).toHaveLength(said + 1);
});

test('a replica that takes connections and says nothing keeps nobody waiting', async () => {
  const silent = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const env = { DATABASE_REPLICA_URL: `postgresql://heliograph@127.0.0.1:${port}/heliograph`, HELIOGRAPH_ROLE: 'api' };
  const address = await world.addServer(env);
  const caller = await world.as('somebody', { [desk.workspaceId]: 'ADMIN' }, address);
  expect((await pageOf(caller)).nodes).not.toEqual([]);
  expect(await reads('failed', address)).toBe(1);
  await expect.poll(() => saying('timeout', world.servers.at(-1))).not.toEqual([]);
  silent.close();
});

test('an address that led to the standby for a moment, as in a switchover, leaves nobody there', async () => {
  const primaryUrl = new URL(postgres.database.url);
  const address = await MovingAddress.start(Number(primaryUrl.port));
  const DATABASE_URL = Object.assign(new URL(primaryUrl), { port: `${address.port}` }).href;
  const url = await world.addServer({ DATABASE_URL });
  onTestFinished(async () => {
    await world.servers.at(-1)?.stop();
    address.stop();
  });
  const caller = await world.as(desk.admin.userId, { replica: 'ADMIN' }, url);
  const codes = () => caller.failureCodes(SendNotificationDocument, { input: desk.message() });
  address.moveTo(postgres.standby.port);
  await expect.poll(codes).toEqual(['SERVICE_UNAVAILABLE']);
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  address.leadTo(Number(primaryUrl.port));
  await expect.poll(() => send(caller, desk.message()).catch(() => undefined)).toMatchObject({ userErrors: [] });
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
});
