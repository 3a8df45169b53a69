import { randomUUID } from 'node:crypto';
import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CancelNotificationDocument,
  DeliveryStatusChangedDocument,
  NotificationDocument,
  NotificationHistoryDocument,
  SendNotificationDocument,
} from '../generated/graphql.ts';
import type { GraphQLFailure } from '../support/caller.ts';
import { decodeCursor, encodeCursor, type LogPosition } from '../../src/live/cursor.policy.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { moveToAnotherCluster } from '../support/log-epochs.ts';
import type { Change, StatusFeed } from '../support/status-feed.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;

beforeAll(async () => {
  world = await World.start({ env: UNPACED, servers: 2 });
  await world.slack.config({ channelPostsPerSecond: 0 });
  desk = await openDesk(world, 'live');
});
afterAll(() => world.stop());

const LATER = '2090-01-01T00:00:00Z';

const cursorOfNow = (): Promise<string> => world.cursorOfNow(desk.admin, 'live');

/** Two changes at once and without Slack: accepted for later, then canceled. */
const twoChanges = async (text: string): Promise<string> => {
  const { id } = await accepted(desk.admin, desk.message({ text, scheduledFor: LATER }));
  await desk.admin.run(CancelNotificationDocument, { input: { id } });
  return id;
};

const marks = (changes: readonly Change[]): string[] =>
  changes.map(({ notification, to }) => `${notification.text} ${to}`);

/** With which codes a subscription is refused. */
const refusal = async (feed: StatusFeed): Promise<unknown> =>
  feed.until(() => false).catch((errors: GraphQLFailure[]) => errors.map(({ extensions }) => extensions.code));

describe('replay', () => {
  test('with `after`, first what came since, then what comes: every change once, in order', async () => {
    const start = await cursorOfNow();
    const past = ['one', 'two', 'three'];
    for (const text of past) await twoChanges(text);
    const feed = world.follow(desk.admin, { workspaceId: 'live', after: start });
    await feed.until((changes) => changes.length === 6);
    await twoChanges('four');
    await feed.until((changes) => changes.length === 8);
    expect(marks(feed.changes)).toEqual([...past, 'four'].flatMap((text) => [`${text} QUEUED`, `${text} CANCELED`]));
    expect(new Set(feed.changes.map(({ cursor }) => cursor)).size).toBe(8);
    feed.stop();
  });

  test('after each cursor of the past: exactly the rest', async () => {
    const start = await cursorOfNow();
    for (const text of ['a', 'b', 'c']) await twoChanges(text);
    const whole = world.follow(desk.admin, { workspaceId: 'live', after: start });
    await whole.until((changes) => changes.length === 6);
    for (const [index, { cursor }] of whole.changes.entries()) {
      const rest = whole.changes.slice(index + 1);
      const feed = world.follow(desk.admin, { workspaceId: 'live', after: cursor });
      await feed.until((changes) => changes.length >= rest.length);
      expect(feed.changes.map((change) => change.cursor)).toEqual(rest.map((change) => change.cursor));
      feed.stop();
    }
    whole.stop();
  });

  test('a change says what it was then, its notification what is now', async () => {
    const start = await cursorOfNow();
    const id = await twoChanges('then and now');
    const feed = world.follow(desk.admin, { workspaceId: 'live', after: start });
    const first = await feed.untilStatus(id, 'QUEUED');
    expect(first).toMatchObject({ from: null, to: 'QUEUED', failure: null, notification: { status: 'CANCELED' } });
    const last = await feed.untilStatus(id, 'CANCELED');
    expect(last).toMatchObject({ from: 'QUEUED', failure: { code: 'CANCELED_BY_CALLER' } });
    expect(Date.parse(last.at)).toBeGreaterThanOrEqual(Date.parse(first.at));
    feed.stop();
  });

  test('the timeline of a notification is its changes, with cursors to go on from', async () => {
    const id = await twoChanges('timeline');
    // While a transaction is open that may come before it, a change is told under a cursor that says so.
    await cursorOfNow();
    const { notification } = await desk.admin.run(NotificationDocument, { id });
    const [queued, canceled] = notification?.timeline ?? [];
    expect([queued?.to, canceled?.to]).toEqual(['QUEUED', 'CANCELED']);
    const feed = world.follow(desk.admin, { workspaceId: 'live', after: queued?.cursor as string });
    expect(await feed.untilStatus(id, 'CANCELED')).toMatchObject({ cursor: canceled?.cursor });
    expect(feed.changes).toHaveLength(1);
    feed.stop();
  });

  test('300 notifications while the subscriber reconnects again and again: every change once and in order', async () => {
    const start = await cursorOfNow();
    const sending = (async () => {
      for (let round = 0; round < 30; round += 1) {
        const batch = Array.from({ length: 10 }, (_, index) => {
          const channelId = `C0ACME000${1 + ((round + index) % 5)}`;
          return accepted(desk.admin, desk.message({ text: `${round}-${index}`, channelId }));
        });
        await Promise.all(batch);
      }
    })();
    const seen: Change[] = [];
    let after = start;
    let connections = 0;
    const isWhole = (changes: readonly Change[]): boolean =>
      changes.filter(({ to }) => to === 'DELIVERED').length === 300;
    while (!isWhole(seen)) {
      connections += 1;
      const feed = world.follow(desk.admin, { workspaceId: 'live', after });
      // Some connections end in the middle of the replay, some after it.
      const enough = connections <= 20 ? 1 + ((connections * 13) % 60) : 1000;
      await feed.until((changes) => changes.length >= enough || isWhole([...seen, ...changes]));
      feed.stop();
      // What came beyond that counts as lost on the way: the next connection must bring it again.
      seen.push(...feed.changes.slice(0, enough));
      after = seen.at(-1)?.cursor ?? after;
    }
    await sending;
    expect(connections).toBeGreaterThan(15);
    expect(seen).toHaveLength(900);
    expect(new Set(seen.map(({ cursor }) => cursor)).size).toBe(900);
    const byNotification = new Map<string, string[]>();
    for (const { notification, to } of seen) {
      byNotification.set(notification.id, [...(byNotification.get(notification.id) ?? []), to]);
    }
    expect(byNotification.size).toBe(300);
    for (const statuses of byNotification.values()) expect(statuses).toEqual(['QUEUED', 'SENDING', 'DELIVERED']);
    const log = await world.database.query<{ id: string; to: string }>(
      `select notification_id as id, to_status as to from status_log where workspace_id = 'live' order by epoch, stamp, seq`,
    );
    const whole = log.slice(-900).map(({ id, to }) => `${id} ${to}`);
    expect(seen.map(({ notification, to }) => `${notification.id} ${to}`)).toEqual(whole);
  });
});

describe('what is followed', () => {
  test('with notificationId, only its changes', async () => {
    const start = await cursorOfNow();
    const { id } = await accepted(desk.admin, desk.message({ text: 'this one', scheduledFor: LATER }));
    const replayed = world.follow(desk.admin, { workspaceId: 'live', notificationId: id, after: start });
    const followed = world.follow(desk.admin, {
      workspaceId: 'live',
      notificationId: id,
      after: await cursorOfNow(),
    });
    await replayed.untilStatus(id, 'QUEUED');
    await twoChanges('another');
    await desk.admin.run(CancelNotificationDocument, { input: { id } });
    await Promise.all([replayed, followed].map((feed) => feed.untilStatus(id, 'CANCELED')));
    expect(marks(replayed.changes)).toEqual(['this one QUEUED', 'this one CANCELED']);
    expect(marks(followed.changes)).toEqual(['this one CANCELED']);
    replayed.stop();
    followed.stop();
  });

  test('its id may be written in capitals, here as anywhere', async () => {
    const { id } = await accepted(desk.admin, desk.message({ text: 'loud', scheduledFor: LATER }));
    const loud = id.toUpperCase();
    expect((await desk.admin.run(NotificationDocument, { id: loud })).notification).toMatchObject({ id });
    const after = await cursorOfNow();
    const feed = world.follow(desk.admin, { workspaceId: 'live', notificationId: loud, after });
    const { cancelNotification } = await desk.admin.run(CancelNotificationDocument, { input: { id: loud } });
    expect(cancelNotification).toMatchObject({ notification: { id }, userErrors: [] });
    await feed.untilStatus(id, 'CANCELED');
    feed.stop();
  });

  test('a notification of another workspace, or none at all, is NOT_FOUND', async () => {
    const other = await openDesk(world, 'elsewhere');
    const { id } = await accepted(other.admin, other.message({ scheduledFor: LATER }));
    const both = await world.as('both', { live: 'ADMIN', elsewhere: 'ADMIN' });
    for (const notificationId of [id, randomUUID(), 'no-id']) {
      expect(await refusal(world.follow(both, { workspaceId: 'live', notificationId }))).toEqual(['NOT_FOUND']);
    }
  });

  test('changes of other workspaces never come', async () => {
    const other = await openDesk(world, 'noise');
    const start = await cursorOfNow();
    const feed = world.follow(desk.admin, { workspaceId: 'live', after: start });
    const { id } = await accepted(other.admin, other.message({ text: 'noise', scheduledFor: LATER }));
    await other.admin.run(CancelNotificationDocument, { input: { id } });
    await twoChanges('signal');
    await feed.until((changes) => changes.length === 2);
    expect(marks(feed.changes)).toEqual(['signal QUEUED', 'signal CANCELED']);
    feed.stop();
  });

  test('a change that one process makes is seen by a subscriber of the other', async () => {
    const there = await world.as('there', { live: 'ADMIN' }, world.urls[1]);
    const feed = world.follow(there, { workspaceId: 'live', after: await cursorOfNow() });
    for (const text of ['from here', 'and again']) {
      await feed.untilStatus(await twoChanges(text), 'CANCELED');
    }
    expect(marks(feed.changes)).toEqual([
      'from here QUEUED',
      'from here CANCELED',
      'and again QUEUED',
      'and again CANCELED',
    ]);
    feed.stop();
  });

  test('20 subscriptions on one socket each get every change', async () => {
    const client: Client = desk.admin.socket();
    const after = await cursorOfNow();
    const id = await twoChanges('to all');
    const counts = await Promise.all(
      Array.from({ length: 20 }, async () => {
        let seen = 0;
        for await (const { data } of client.iterate<{ deliveryStatusChanged: Change }>({
          query: DeliveryStatusChangedDocument.toString(),
          variables: { workspaceId: 'live', after },
        })) {
          expect(data?.deliveryStatusChanged.notification.id).toBe(id);
          seen += 1;
          if (seen === 2) break;
        }
        return seen;
      }),
    );
    expect(counts).toEqual(Array.from({ length: 20 }, () => 2));
  });
});

describe('cursors', () => {
  /** A cursor of now with some of its parts changed, sealed as if it had been given out. */
  const forged = async (but: Partial<LogPosition>): Promise<string> =>
    encodeCursor({ ...decodeCursor(await cursorOfNow()), ...but });
  const answerTo = (after: string) => refusal(world.follow(desk.admin, { workspaceId: 'live', after }));

  test.each([
    ['an empty text', ''],
    ['a text', 'no cursor'],
    ['half of a cursor', 'djI6MTo5MzI6NzQ6MTc5'],
    ['half of a cursor of the version before', 'djE6MTox'],
    ['an emoji', '💥'],
    ['a long text', 'x'.repeat(5000)],
  ])('%s is CURSOR_INVALID', async (_name, after) => {
    expect(await answerTo(after)).toEqual(['CURSOR_INVALID']);
  });

  test('a page’s cursor is no cursor of the stream', async () => {
    await twoChanges('for a page');
    const history = await desk.admin.run(NotificationHistoryDocument, { workspaceId: 'live', first: 1 });
    const after = history.notificationHistory.pageInfo.endCursor as string;
    expect(await answerTo(after)).toEqual(['CURSOR_INVALID']);
  });

  test('a cursor of a later epoch, or of a stamp that is not there yet is CURSOR_INVALID', async () => {
    for (const but of [{ epoch: 7 }, { stamp: 9_223_372_036_854_775_806n }, { stamp: BigInt('9'.repeat(19)) }]) {
      expect(await answerTo(await forged(but))).toEqual(['CURSOR_INVALID']);
    }
  });

  test('a cursor older than STATUS_LOG_DAYS is CURSOR_EXPIRED, one just younger is not', async () => {
    const days = (count: number): number => Date.now() - count * 86_400_000;
    expect(await answerTo(await forged({ atMs: days(7) - 60_000 }))).toEqual(['CURSOR_EXPIRED']);
    const feed = world.follow(desk.admin, { workspaceId: 'live', after: await forged({ atMs: days(7) + 60_000 }) });
    const id = await twoChanges('not expired');
    await feed.untilStatus(id, 'CANCELED');
    feed.stop();
  });

  test('after a restore from a dump, a cursor of the epoch before is CURSOR_EXPIRED, and new ones work', async () => {
    const old = await cursorOfNow();
    await moveToAnotherCluster(world.database);
    expect(await answerTo(old)).toEqual(['CURSOR_EXPIRED']);
    const feed = world.follow(desk.admin, { workspaceId: 'live', after: await cursorOfNow() });
    const id = await twoChanges('a new epoch');
    await feed.untilStatus(id, 'CANCELED');
    expect(marks(feed.changes)).toEqual(['a new epoch QUEUED', 'a new epoch CANCELED']);
    feed.stop();
  });
});

test('a send is an answer before it is a change: whoever has the id can follow it from the start', async () => {
  const client = desk.admin.socket();
  const query = SendNotificationDocument.toString();
  const variables = { input: desk.message({ text: 'over the socket' }) };
  const answers = client.iterate<{ sendNotification: { notification: { id: string } } }>({ query, variables });
  for await (const { data, errors } of answers) {
    expect(errors).toBeUndefined();
    const id = data?.sendNotification.notification.id as string;
    const { notification } = await desk.admin.run(NotificationDocument, { id });
    const after = notification?.timeline[0]?.cursor as string;
    const feed = world.follow(desk.admin, { workspaceId: 'live', notificationId: id, after });
    expect(await feed.untilAtRest(id)).toMatchObject({ to: 'DELIVERED' });
    feed.stop();
  }
});
