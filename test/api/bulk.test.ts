import { afterAll, beforeAll, expect, test } from 'vitest';
import { NotificationDocument, NotificationHistoryDocument, SendNotificationsDocument } from '../generated/graphql.ts';
import type { SendNotificationInput } from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, send, World } from '../support/world.ts';

const SMALL_QUEUE = 150;
let world: World;
let desk: Desk;

beforeAll(async () => {
  world = await World.start({ env: { ...UNPACED, QUEUE_MAX_PER_WORKSPACE: String(SMALL_QUEUE) } });
  await world.slack.config({ channelPostsPerSecond: 0 });
  desk = await openDesk(world, 'bulk');
});
afterAll(() => world.stop());

const sendAll = async (notifications: SendNotificationInput[], caller: Caller = desk.admin) =>
  (await caller.run(SendNotificationsDocument, { input: { notifications } })).sendNotifications.results;

const stored = async (): Promise<number> =>
  (await world.database.query<{ count: number }>('select count(*)::int as count from notifications'))[0]?.count ?? 0;

test('100 messages for one channel are accepted in one commit and arrive in the order given', async () => {
  const feed = await world.followFromNow(desk.admin, 'bulk');
  const results = await sendAll(Array.from({ length: 100 }, (_, index) => desk.message({ text: `entry ${index}` })));
  expect(results.flatMap(({ userErrors }) => userErrors)).toEqual([]);
  const ids = results.map(({ notification }) => notification?.id ?? '');
  for (const id of ids) await feed.untilAtRest(id);
  const posts = await world.slack.ledger();
  expect(posts.map(({ text }) => text)).toEqual(ids.map((_, index) => `entry ${index}`));
  const commits = await world.database.query(
    'select distinct log.stamp from status_log log where notification_id = any($1::uuid[]) and from_status is null',
    [ids],
  );
  expect(commits).toHaveLength(1);
});

test('each entry is accepted or refused on its own, and the refusal names the entry', async () => {
  const results = await sendAll([
    desk.message({ text: 'good' }),
    desk.message({ text: '' }),
    desk.message({ channelId: null }),
    desk.message({ sender: { selectedBy: 'nobody' } }),
    desk.message({ sender: { identityId: '00000000-0000-7000-8000-000000000000' } }),
    desk.message({ text: 'good as well' }),
  ]);
  const inEntry = (index: number, ...path: string[]) => ['input', 'notifications', String(index), ...path];
  expect(results).toMatchObject([
    { notification: { status: 'QUEUED', text: 'good' }, userErrors: [] },
    { notification: null, userErrors: [{ code: 'INVALID_MESSAGE', field: inEntry(1, 'text') }] },
    {
      notification: { status: 'FAILED', failure: { code: 'CHANNEL_REQUIRED' } },
      userErrors: [{ code: 'CHANNEL_REQUIRED', field: inEntry(2, 'channelId') }],
    },
    {
      notification: { status: 'FAILED', failure: { code: 'IDENTITY_NOT_SELECTED' } },
      userErrors: [{ code: 'IDENTITY_NOT_SELECTED', field: inEntry(3, 'sender', 'selectedBy') }],
    },
    { notification: null, userErrors: [{ code: 'NOT_FOUND', field: inEntry(4, 'sender', 'identityId') }] },
    { notification: { status: 'QUEUED', text: 'good as well' }, userErrors: [] },
  ]);
});

test('what is recorded of a bulk is in the history, the last entry first', async () => {
  const results = await sendAll(['a', 'b', 'c'].map((text) => desk.message({ text })));
  const { notificationHistory } = await desk.admin.run(NotificationHistoryDocument, { workspaceId: 'bulk', first: 3 });
  const ids = results.map(({ notification }) => notification?.id);
  expect(notificationHistory.nodes.map(({ id }) => id)).toEqual(ids.toReversed());
});

test('keys hold within a bulk and beyond it: the same input once, another input a conflict', async () => {
  const before = await accepted(desk.admin, desk.message({ text: 'before', idempotencyKey: 'before' }));
  const results = await sendAll([
    desk.message({ text: 'before', idempotencyKey: 'before' }),
    desk.message({ text: 'twice', idempotencyKey: 'twice' }),
    desk.message({ text: 'twice', idempotencyKey: 'twice' }),
    desk.message({ text: 'other', idempotencyKey: 'twice' }),
    desk.message({ text: '', idempotencyKey: 'free' }),
    desk.message({ text: 'free after all', idempotencyKey: 'free' }),
  ]);
  const twice = results[1]?.notification?.id;
  expect(results).toMatchObject([
    { notification: { id: before.id }, deduplicated: true },
    { notification: { id: twice }, deduplicated: false },
    { notification: { id: twice }, deduplicated: true },
    {
      notification: null,
      userErrors: [
        {
          __typename: 'IdempotencyConflictError',
          code: 'IDEMPOTENCY_CONFLICT',
          existing: { id: twice },
          field: ['input', 'notifications', '3', 'idempotencyKey'],
        },
      ],
    },
    { notification: null, userErrors: [{ code: 'INVALID_MESSAGE' }] },
    { notification: { text: 'free after all' }, deduplicated: false, userErrors: [] },
  ]);
});

test('one entry for a workspace without a role refuses the whole call, and nothing is stored', async () => {
  const before = await stored();
  const notifications = [desk.message(), desk.message({ workspaceId: 'foreign' })];
  const codes = await desk.admin.failureCodes(SendNotificationsDocument, { input: { notifications } });
  expect(codes).toEqual(['FORBIDDEN']);
  expect(await stored()).toBe(before);
});

test('more than 100 are refused whole; none at all is fine', async () => {
  const before = await stored();
  const notifications = Array.from({ length: 101 }, () => desk.message());
  const codes = await desk.admin.failureCodes(SendNotificationsDocument, { input: { notifications } });
  expect(codes).toEqual(['BAD_USER_INPUT']);
  expect(await sendAll([])).toEqual([]);
  expect(await stored()).toBe(before);
});

/** A workspace whose queue has one place left, since its team takes nothing. */
const brimful = async (team: string, channelId: string) => {
  const match = { method: 'chat.postMessage', team };
  await world.slack.fault({ match, fault: { type: 'ratelimit', retryAfter: '3600' }, times: 0 });
  const brim = await openDesk(world, `brimful-${team}`, team);
  const { id } = await accepted(brim.admin, brim.message({ channelId }));
  const first = async () => (await brim.admin.run(NotificationDocument, { id })).notification;
  await expect.poll(first).toMatchObject({ status: 'RETRYING' });
  for (const count of [100, SMALL_QUEUE - 102]) {
    const results = await sendAll(
      Array.from({ length: count }, () => brim.message({ channelId })),
      brim.admin,
    );
    expect(results.flatMap(({ userErrors }) => userErrors)).toEqual([]);
  }
  return {
    admin: brim.admin,
    last: brim.message({ channelId, idempotencyKey: 'last' }),
    other: brim.message({ channelId }),
  };
};

test('equal entries of a bulk share the last place of a queue', async () => {
  const { admin, last, other } = await brimful('T0GLOBEX', 'C0GLBX0001');
  const results = await sendAll([last, last, other, last], admin);
  expect(results.map(({ userErrors }) => userErrors[0]?.code)).toEqual([undefined, undefined, 'QUEUE_FULL', undefined]);
  expect(results.map(({ deduplicated }) => deduplicated)).toEqual([false, true, false, true]);
});

test('parallel calls with one key share the last place of a queue', async () => {
  const { admin, last, other } = await brimful('T0INITECH', 'C0INIT0001');
  const answers = await Promise.all(Array.from({ length: 50 }, () => send(admin, last)));
  expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
  expect(new Set(answers.map(({ notification }) => notification?.id)).size).toBe(1);
  expect((await send(admin, other)).userErrors).toMatchObject([{ code: 'QUEUE_FULL' }]);
});

test('a queue that fills up refuses the rest of a bulk, and many bulks at once do not overfill it', async () => {
  const full = await openDesk(world, 'full');
  await world.slack.fault({ match: { method: 'chat.postMessage' }, fault: { type: 'hang' }, times: 0 });
  const fill = () =>
    sendAll(
      Array.from({ length: 40 }, () => full.message()),
      full.admin,
    );
  const bulks = await Promise.all([fill(), fill(), fill(), fill(), fill(), fill()]);
  for (const results of bulks) {
    const refused = results.filter(({ userErrors }) => userErrors.length > 0);
    expect(refused.every(({ userErrors }) => userErrors[0]?.code === 'QUEUE_FULL')).toBe(true);
    // Once it is full, all that comes after is refused.
    expect(results.slice(results.length - refused.length)).toEqual(refused);
  }
  // The one that hangs at Slack waits no more.
  const accepted = bulks.flat().filter(({ userErrors }) => userErrors.length === 0).length;
  expect(accepted).toBeGreaterThanOrEqual(SMALL_QUEUE);
  expect(accepted).toBeLessThanOrEqual(SMALL_QUEUE + 2);
});
