import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CancelNotificationDocument,
  ClearIdentityDocument,
  NotificationDocument,
  NotificationHistoryDocument,
  SelectIdentityDocument,
  type Priority,
} from '../generated/graphql.ts';
import { joinAsPerson, openDesk, UNPACED, type Desk, type Person } from '../support/desk.ts';
import type { StatusFeed } from '../support/status-feed.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;
let ben: Person;
let feed: StatusFeed;

beforeAll(async () => {
  world = await World.start({ env: UNPACED });
  await world.slack.config({ channelPostsPerSecond: 0 });
  desk = await openDesk(world, 'sending');
  ben = await joinAsPerson(world, desk, 'ben', 'U0ACME002');
  feed = await world.followFromNow(desk.admin, 'sending');
});
afterAll(() => world.stop());

const from = (milliseconds: number): string => new Date(Date.now() + milliseconds).toISOString();

/** The post of a notification, which must be exactly one. */
const postOf = async (id: string) => {
  const posts = await world.slack.postsOf(id);
  expect(posts).toHaveLength(1);
  return posts[0];
};

const shown = async (id: string) => (await desk.admin.run(NotificationDocument, { id })).notification;

const select = (person: Person, defaultChannelId: string | null) =>
  person.caller.run(SelectIdentityDocument, {
    input: {
      workspaceId: 'sending',
      kind: 'PERSONAL_USER',
      connectionId: desk.connection.id,
      authorizationId: person.authorizationId,
      defaultChannelId,
    },
  });

describe('who it is posted as', () => {
  test('the bot', async () => {
    const { id } = await accepted(desk.admin, desk.message({ text: 'as the bot' }));
    await feed.untilAtRest(id);
    expect(await postOf(id)).toMatchObject({ text: 'as the bot', token_kind: 'bot', channel: 'C0ACME0001' });
    expect(await shown(id)).toMatchObject({
      status: 'DELIVERED',
      identity: { kind: 'WORKSPACE_BOT' },
      selectedBy: null,
    });
  });

  test('a person, by their own identity', async () => {
    const { id } = await accepted(ben.caller, desk.message({ sender: { identityId: ben.identity.id } }));
    await feed.untilAtRest(id);
    expect(await postOf(id)).toMatchObject({ user: 'U0ACME002', token_kind: 'user' });
    expect(await shown(id)).toMatchObject({ postedAs: 'ben', requestedBy: 'ben', identity: { id: ben.identity.id } });
  });

  test('the identity that a person has selected, in its default channel or in the one that is given', async () => {
    await select(ben, 'C0ACME0003');
    const byDefault = await accepted(desk.admin, desk.message({ sender: { selectedBy: 'ben' }, channelId: null }));
    const given = await accepted(desk.admin, desk.message({ sender: { selectedBy: 'ben' } }));
    for (const { id } of [byDefault, given]) await feed.untilAtRest(id);
    expect(await postOf(byDefault.id)).toMatchObject({ user: 'U0ACME002', channel: 'C0ACME0003' });
    expect(await postOf(given.id)).toMatchObject({ user: 'U0ACME002', channel: 'C0ACME0001' });
    expect(await shown(byDefault.id)).toMatchObject({ selectedBy: 'ben', requestedBy: desk.admin.userId });
  });

  test('the one of the time of acceptance, whatever is selected later', async () => {
    await select(ben, 'C0ACME0003');
    const input = desk.message({ sender: { selectedBy: 'ben' }, channelId: null, scheduledFor: from(700) });
    const { id } = await accepted(desk.admin, input);
    await ben.caller.run(ClearIdentityDocument, { input: { workspaceId: 'sending' } });
    await feed.untilAtRest(id);
    expect(await postOf(id)).toMatchObject({ user: 'U0ACME002', channel: 'C0ACME0003' });
  });
});

describe('what is posted', () => {
  test('a reply goes into its thread', async () => {
    const first = await accepted(desk.admin, desk.message({ text: 'the question' }));
    await feed.untilAtRest(first.id);
    const threadTs = (await shown(first.id))?.slackMessageTs as string;
    const reply = await accepted(desk.admin, desk.message({ text: 'the answer', threadTs }));
    await feed.untilAtRest(reply.id);
    expect(await postOf(reply.id)).toMatchObject({ thread_ts: threadTs });
    expect(await shown(reply.id)).toMatchObject({ threadTs });
  });

  test('blocks go along with the text and come back as given', async () => {
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: 'Audit complete' } },
      { type: 'divider' },
      { type: 'section', text: { type: 'mrkdwn', text: '*example.com* scored 97' } },
    ];
    const { id } = await accepted(desk.admin, desk.message({ text: 'Audit complete', blocks }));
    await feed.untilAtRest(id);
    expect(await shown(id)).toMatchObject({ status: 'DELIVERED', blocks, text: 'Audit complete' });
    const page = await fetch((await shown(id))?.permalink as string);
    expect(await page.text()).toContain('scored 97');
  });

  test('metadata comes back as given: values, nesting and the order of keys', async () => {
    const metadata = {
      zebra: 1,
      apple: [1.5, -0.25, 1e21, true, null, 'ünïcödé 🎉', ''],
      Middle: { b: { z: 'x', a: [] }, a: {} },
      'with space': 9_007_199_254_740_991,
      a: 'the shortest key is last',
    };
    const { id } = await accepted(desk.admin, desk.message({ metadata }));
    const given = JSON.stringify(metadata);
    expect(JSON.stringify((await shown(id))?.metadata)).toBe(given);
    const { notificationHistory } = await desk.admin.run(NotificationHistoryDocument, {
      workspaceId: 'sending',
      first: 1,
    });
    expect(JSON.stringify(notificationHistory.nodes[0]?.metadata)).toBe(given);
    await feed.untilAtRest(id);
    expect(JSON.stringify((await postOf(id))?.metadata)).not.toContain('zebra');
  });

  test('labels are kept and never sent to Slack', async () => {
    const labels = { websiteId: 'site-7', eventType: 'weekly-report', priority: 'HIGH' as Priority };
    const { id } = await accepted(desk.admin, desk.message(labels));
    await feed.untilAtRest(id);
    expect(await shown(id)).toMatchObject(labels);
    expect(JSON.stringify(await postOf(id))).not.toContain('site-7');
  });

  test('text is sent as it is, in every script', async () => {
    const text = 'a < b & c > d\n*bold* — 你好 🎉 \u202e שלום';
    const { id } = await accepted(desk.admin, desk.message({ text }));
    await feed.untilAtRest(id);
    expect(await postOf(id)).toMatchObject({ text });
    expect(await shown(id)).toMatchObject({ text });
  });
});

describe('when it is sent', () => {
  test('within a channel, the more urgent goes first and equals keep their order', async () => {
    const channel = 'C0ACME0002';
    await world.slack.fault({ match: { method: 'chat.postMessage', channel }, fault: { type: 'slow', ms: 3000 } });
    const first = await accepted(desk.admin, desk.message({ channelId: channel, text: 'holds the channel' }));
    // Asked, and not followed: others may hold the stream up for longer than Slack is slow.
    await expect.poll(() => shown(first.id)).toMatchObject({ status: 'SENDING' });
    const wanted: Priority[] = ['LOW', 'NORMAL', 'HIGH', 'URGENT', 'NORMAL', 'URGENT'];
    const ids: string[] = [];
    for (const [index, priority] of wanted.entries()) {
      const text = `${priority} ${index}`;
      ids.push((await accepted(desk.admin, desk.message({ channelId: channel, text, priority }))).id);
    }
    for (const id of ids) await feed.untilAtRest(id);
    const posts = (await world.slack.ledger()).filter((post) => post.channel === channel);
    expect(posts.map(({ text }) => text)).toEqual([
      'holds the channel',
      'URGENT 3',
      'URGENT 5',
      'HIGH 2',
      'NORMAL 1',
      'NORMAL 4',
      'LOW 0',
    ]);
  });

  test('scheduled for later: it says so, and arrives not before', async () => {
    const scheduledFor = from(2000);
    const { id } = await accepted(desk.admin, desk.message({ scheduledFor }));
    expect(await shown(id)).toMatchObject({
      status: 'QUEUED',
      scheduledFor,
      waiting: { reason: 'SCHEDULED', until: scheduledFor },
    });
    await feed.untilAtRest(id);
    const post = await postOf(id);
    expect(post?.at).toBeGreaterThanOrEqual(Date.parse(scheduledFor));
    expect((post?.at ?? 0) - Date.parse(scheduledFor)).toBeLessThan(2000);
  });

  test('scheduled for a time that is over: at once', async () => {
    const { id } = await accepted(desk.admin, desk.message({ scheduledFor: from(-60_000) }));
    expect(await feed.untilAtRest(id)).toMatchObject({ to: 'DELIVERED' });
  });

  test('what could not be sent before expiresAt is FAILED with EXPIRED and its last cause', async () => {
    const channel = 'C0ACME0004';
    const fault = { type: 'error', error: 'service_unavailable' };
    await world.slack.fault({ match: { method: 'chat.postMessage', channel }, fault, times: 0 });
    const { id } = await accepted(desk.admin, desk.message({ channelId: channel, expiresAt: from(3000) }));
    expect(await feed.untilAtRest(id)).toMatchObject({
      to: 'FAILED',
      failure: { code: 'EXPIRED', slackError: 'service_unavailable' },
    });
    expect(await world.slack.postsOf(id)).toEqual([]);
  });
});

describe('taking it back', () => {
  const cancel = async (id: string) =>
    (await desk.admin.run(CancelNotificationDocument, { input: { id } })).cancelNotification;

  test('a scheduled one is CANCELED and never sent', async () => {
    const { id } = await accepted(desk.admin, desk.message({ scheduledFor: from(1000), text: 'taken back' }));
    const { notification, userErrors } = await cancel(id);
    expect(userErrors).toEqual([]);
    expect(notification).toMatchObject({
      status: 'CANCELED',
      failure: { code: 'CANCELED_BY_CALLER', actor: 'CALLER' },
      waiting: null,
    });
    expect(notification?.finishedAt).not.toBeNull();
    expect(await feed.untilAtRest(id)).toMatchObject({ from: 'QUEUED', to: 'CANCELED' });
    // One that is due later in the same channel has overtaken its time.
    const later = await accepted(desk.admin, desk.message({ scheduledFor: from(1300) }));
    await feed.untilAtRest(later.id);
    expect(await world.slack.postsOf(id)).toEqual([]);
  });

  test('a delivered one is NOT_CANCELABLE, and so is a canceled one', async () => {
    const { id } = await accepted(desk.admin, desk.message());
    await feed.untilAtRest(id);
    const refused = await cancel(id);
    expect(refused.userErrors).toMatchObject([{ code: 'NOT_CANCELABLE', field: ['input', 'id'] }]);
    expect(refused.notification).toMatchObject({ id, status: 'DELIVERED' });
    const scheduled = await accepted(desk.admin, desk.message({ scheduledFor: from(3_600_000) }));
    await cancel(scheduled.id);
    expect((await cancel(scheduled.id)).userErrors).toMatchObject([{ code: 'NOT_CANCELABLE' }]);
  });

  test('one that is on its way is NOT_CANCELABLE and arrives', async () => {
    const channel = 'C0ACME0005';
    await world.slack.fault({ match: { method: 'chat.postMessage', channel }, fault: { type: 'slow', ms: 1500 } });
    const { id } = await accepted(desk.admin, desk.message({ channelId: channel }));
    await feed.untilStatus(id, 'SENDING');
    expect((await cancel(id)).userErrors).toMatchObject([{ code: 'NOT_CANCELABLE' }]);
    expect(await feed.untilAtRest(id)).toMatchObject({ to: 'DELIVERED' });
  });

  test('50 cancels at once of one that waits: exactly one cancels it', async () => {
    const { id } = await accepted(desk.admin, desk.message({ scheduledFor: from(3_600_000) }));
    const answers = await Promise.all(Array.from({ length: 50 }, () => cancel(id)));
    expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1);
    expect((await shown(id))?.timeline.map(({ to }) => to)).toEqual(['QUEUED', 'CANCELED']);
  });
});
