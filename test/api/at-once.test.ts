import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { NotificationDocument } from '../generated/graphql.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import type { StatusFeed } from '../support/status-feed.ts';
import { accepted, World } from '../support/world.ts';

const TEAM = 'T0QUIET';
const TIMEOUT_SECONDS = 4;
const WAITS_FOR_LOCK = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
/** A poll that happens to run is a claim, and what comes meanwhile waits for the next one: it takes some to be sure. */
const SOME = 6;

let world: World;
let desk: Desk;
let feed: StatusFeed;
let channels: string[];

beforeAll(async () => {
  world = await World.start({ env: { ...UNPACED, SLACK_TIMEOUT_MS: `${TIMEOUT_SECONDS * 1000}` } });
  channels = await world.slack.addTeam(TEAM, SOME);
  await world.slack.config({ channelPostsPerSecond: 0 });
  desk = await openDesk(world, 'quiet', TEAM);
  feed = await world.followFromNow(desk.admin, desk.workspaceId);
});
afterEach(() => world.slack.clearFaults());
afterAll(() => world.stop());

const send = async (text: string, channelId = channels[0] as string): Promise<string> =>
  (await accepted(desk.admin, desk.message({ channelId, text }))).id;

const read = async (id: string) => {
  const { notification } = await desk.admin.run(NotificationDocument, { id });
  if (!notification) throw new Error(`There is no notification ${id}.`);
  return notification;
};

/** Sends while somebody holds every lane, for so many seconds from when the send waits for its own. */
const whileLanesAreHeld = async <T>(seconds: number, sendOne: () => Promise<T>): Promise<T> => {
  const holder = new pg.Client({ connectionString: world.database.url });
  await holder.connect();
  try {
    await holder.query('begin; select from delivery_lanes for update');
    const sending = sendOne();
    await expect.poll(() => world.database.query(WAITS_FOR_LOCK)).toHaveLength(1);
    await holder.query(`select pg_sleep(${seconds}); commit`);
    return await sending;
  } finally {
    await holder.end();
  }
};

/** Whether the transaction that accepted it has claimed it as well. */
const beganAtOnce = async (id: string): Promise<boolean> => {
  const { createdAt, sentAt } = await read(id);
  return sentAt === createdAt;
};

test('what is sent while nothing is on its way begins with the transaction that accepts it', async () => {
  const atOnce: boolean[] = [];
  for (let number = 0; number < SOME; number += 1) {
    const id = await send(`at rest ${number}`);
    await feed.untilAtRest(id);
    expect(await read(id)).toMatchObject({ status: 'DELIVERED', attemptCount: 1 });
    atOnce.push(await beganAtOnce(id));
  }
  expect(atOnce).toContain(true);
});

test('who follows it hears of each status all the same, in its order', async () => {
  const id = await send('followed');
  await feed.untilAtRest(id);
  expect(feed.of(id).map(({ to }) => to)).toEqual(['QUEUED', 'SENDING', 'DELIVERED']);
});

test('what is sent while Slack has not answered another has its turn after it', async () => {
  await world.slack.fault({
    match: { method: 'chat.postMessage', channel: channels[0] as string },
    fault: { type: 'slow', ms: 2000 },
    times: 1,
  });
  const slow = await send('slow');
  await expect.poll(() => read(slow)).toMatchObject({ status: 'SENDING' });
  const other = await send('beside it', channels[1]);
  await feed.untilAtRest(other);
  expect(await read(other)).toMatchObject({ status: 'DELIVERED' });
  expect(await beganAtOnce(other)).toBe(false);
  await feed.untilAtRest(slow);
});

test('of many that are sent at once to one channel each is delivered, once', async () => {
  const ids = await Promise.all(Array.from({ length: SOME }, (_, number) => send(`together ${number}`)));
  for (const id of ids) await feed.untilAtRest(id);
  const posts = (await world.slack.ledger()).filter(({ text }) => text?.startsWith('together'));
  expect(new Set(posts.map(({ text }) => text)).size).toBe(SOME);
  expect(posts).toHaveLength(SOME);
});

test('what waited for its channel until little of its time was left is sent by another claim, once', async () => {
  const channel = channels[0] as string;
  await feed.untilAtRest(await send('before', channel));
  // More than what is left of its time then, and half of a new one.
  const match = { method: 'chat.postMessage', textIncludes: 'held up' };
  await world.slack.fault({ match, fault: { type: 'slow', ms: TIMEOUT_SECONDS * 500 }, times: 1 });
  const id = await whileLanesAreHeld(TIMEOUT_SECONDS * 0.8, () => send('held up', channel));
  await feed.untilAtRest(id);
  const { status, attempts } = await read(id);
  expect(status).toBe('DELIVERED');
  // The second where a poll happened to run, and it was claimed after it had its lock.
  expect([['RETRYABLE', 'DELIVERED'], ['DELIVERED']]).toContainEqual(attempts.map(({ outcome }) => outcome));
  expect(await world.slack.postsOf(id)).toHaveLength(1);
});

test('what waited for its channel past its time is not sent', async () => {
  const channel = channels[1] as string;
  await feed.untilAtRest(await send('before', channel));
  const { id } = await whileLanesAreHeld(TIMEOUT_SECONDS * 0.65, () => {
    const expiresAt = new Date(Date.now() + TIMEOUT_SECONDS * 600).toISOString();
    return accepted(desk.admin, desk.message({ text: 'too late', channelId: channel, expiresAt }));
  });
  expect(await feed.untilAtRest(id)).toMatchObject({ to: 'FAILED', failure: { code: 'EXPIRED' } });
  expect(await world.slack.postsOf(id)).toHaveLength(0);
});

test('a claim that fails refuses nobody the send, is told, and is made as soon as it can be', async () => {
  await world.database.query(`
    create function break_claims() returns trigger language plpgsql as $$ begin raise exception 'claims are broken'; end $$;
    create trigger break_claims before insert on delivery_attempts for each row execute function break_claims();`);
  const ids: string[] = [];
  try {
    for (const [number, channel] of channels.entries()) ids.push(await send(`broken ${number}`, channel));
    for (const id of ids) expect(await read(id)).toMatchObject({ status: 'QUEUED', attemptCount: 0 });
  } finally {
    await world.database.query('drop function break_claims() cascade');
  }
  for (const id of ids) await feed.untilAtRest(id);
  for (const id of ids) expect(await read(id)).toMatchObject({ status: 'DELIVERED', attemptCount: 1 });
  expect(world.servers[0]?.lines.filter((line) => line.includes('claims are broken')).length).toBeGreaterThan(0);
});
