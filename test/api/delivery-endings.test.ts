import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  CancelNotificationDocument,
  DisconnectDocument,
  NotificationDocument,
  type SendNotificationInput,
} from '../generated/graphql.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { scrape, sumOf } from '../support/metrics.ts';
import type { StatusFeed } from '../support/status-feed.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;
let feed: StatusFeed;

beforeAll(async () => {
  world = await World.start({
    env: {
      SLACK_TIMEOUT_MS: '1000',
      CONFIRM_SETTLE_SECONDS: '1',
      CONFIRM_MAX_HOLD_SECONDS: '30',
      CHANNEL_BURST: '1',
      CHANNEL_MESSAGES_PER_SECOND: '2',
      TEAM_MESSAGES_PER_MINUTE: '0',
    },
  });
  await world.slack.config({ channelPostsPerSecond: 0, historyPageMax: 20 });
  desk = await openDesk(world, 'endings');
  feed = await world.followFromNow(desk.admin, 'endings');
});
afterEach(() => world.slack.clearFaults());
afterAll(() => world.stop());

const post = (input: Partial<SendNotificationInput>) => accepted(desk.admin, desk.message(input));
const read = async (id: string) => (await desk.admin.run(NotificationDocument, { id })).notification;
const after = (ms: number): string => new Date(Date.now() + ms).toISOString();
/** For one message; those of another channel are on their way meanwhile. */
const postFault = (fault: { type: string } & Record<string, unknown>, channel = 'C0ACME0001') =>
  world.slack.fault({ match: { method: 'chat.postMessage', channel }, fault, times: 1 });
const historyFails = (error: string) =>
  world.slack.fault({ match: { method: 'conversations.history' }, fault: { type: 'error', error }, times: 0 });

test('what waits behind a long 429 expires at its time, not when the channel is free again', async () => {
  const channelId = 'C0ACME0002';
  await postFault({ type: 'ratelimit', retryAfter: '3600' }, channelId);
  const limited = await post({ channelId });
  await expect.poll(() => read(limited.id)).toMatchObject({ waiting: { reason: 'RATE_LIMITED' } });
  const behind = await post({ channelId, expiresAt: after(3000) });
  expect(await feed.untilAtRest(behind.id)).toMatchObject({ to: 'FAILED', failure: { code: 'EXPIRED' } });
  expect(await read(limited.id)).toMatchObject({ status: 'RETRYING' });
});

test('what more urgent ones keep passing expires at its time, not when they are done', async () => {
  const channelId = 'C0ACME0003';
  const urgent = await Promise.all(Array.from({ length: 40 }, () => post({ channelId, priority: 'URGENT' })));
  const low = await post({ channelId, priority: 'LOW', expiresAt: after(3000) });
  expect(await feed.untilAtRest(low.id)).toMatchObject({ to: 'FAILED', failure: { code: 'EXPIRED' } });
  const statuses = await Promise.all(urgent.map(async ({ id }) => (await read(id))?.status));
  expect(statuses).toContain('QUEUED');
});

test('what may be there, and was to be sent again, ends UNCONFIRMED where its time is over', async () => {
  await postFault({ type: 'hang', apply: true });
  await historyFails('missing_scope');
  const lost = await post({ text: 'late', onUnknownOutcome: 'RESEND', expiresAt: after(1500) });
  const end = await feed.untilAtRest(lost.id);
  expect(end).toMatchObject({ to: 'UNCONFIRMED', failure: { code: 'OUTCOME_UNKNOWN' } });
  expect(await world.slack.postsOf(lost.id)).toHaveLength(1);
});

test('so it does where what is sent again is refused', async () => {
  await postFault({ type: 'hang', apply: true });
  await historyFails('missing_scope');
  const lost = await post({ text: 'refused', onUnknownOutcome: 'RESEND' });
  await expect.poll(() => world.slack.postsOf(lost.id)).toHaveLength(1);
  await postFault({ type: 'error', error: 'is_archived' });
  const end = await feed.untilAtRest(lost.id);
  expect(end).toMatchObject({ to: 'UNCONFIRMED', failure: { code: 'OUTCOME_UNKNOWN', slackError: 'is_archived' } });
  expect(await world.slack.postsOf(lost.id)).toHaveLength(1);
});

test('so it does where it is canceled, and is counted as that', async () => {
  const globex = await openDesk(world, 'canceling', 'T0GLOBEX');
  const channelId = 'C0GLBX0001';
  const counted = async () => {
    const metrics = await scrape(world.url);
    return ['CANCELED', 'UNCONFIRMED'].map((status) => sumOf(metrics, 'heliograph_notifications_total', { status }));
  };
  const [canceled = 0, unconfirmed = 0] = await counted();
  await postFault({ type: 'apply_then_status', status: 502 }, channelId);
  await postFault({ type: 'ratelimit', retryAfter: '3600' }, channelId);
  await historyFails('missing_scope');
  const { id } = await accepted(globex.admin, globex.message({ channelId, onUnknownOutcome: 'RESEND' }));
  const shown = async () => (await globex.admin.run(NotificationDocument, { id })).notification;
  await expect.poll(shown).toMatchObject({ waiting: { reason: 'RATE_LIMITED' } });
  const { cancelNotification } = await globex.admin.run(CancelNotificationDocument, { input: { id } });
  expect(cancelNotification).toMatchObject({ notification: { status: 'UNCONFIRMED' }, userErrors: [] });
  expect(await counted()).toEqual([canceled, unconfirmed + 1]);
});

test('so it does where its token is gone by then', async () => {
  const globex = await openDesk(world, 'gone', 'T0GLOBEX');
  const shown = async () => (await globex.admin.run(NotificationDocument, { id })).notification;
  await historyFails('internal_error');
  await postFault({ type: 'reset_after' }, 'C0GLBX0002');
  const message = globex.message({ channelId: 'C0GLBX0002', onUnknownOutcome: 'RESEND' });
  const { id } = await accepted(globex.admin, message);
  await expect.poll(shown).toMatchObject({ status: 'SENDING', waiting: { reason: 'CONFIRMING' } });
  // It passes, and finds the token gone first.
  await accepted(globex.admin, globex.message({ channelId: 'C0GLBX0002', priority: 'URGENT' }));
  await world.slack.revoke({ team: 'T0GLOBEX' });
  await world.slack.clearFaults();
  await expect
    .poll(shown, { timeout: 20_000 })
    .toMatchObject({ status: 'UNCONFIRMED', failure: { code: 'OUTCOME_UNKNOWN' } });
});

test('what waited for a reconnect in vain expires with what had ended its connection', async () => {
  const globex = await openDesk(world, 'in-vain', 'T0GLOBEX');
  const scheduled = { channelId: 'C0GLBX0002', scheduledFor: after(6000), expiresAt: after(7000) };
  const { id } = await accepted(globex.admin, globex.message(scheduled));
  await world.slack.revoke({ team: 'T0GLOBEX' });
  // It is not tried itself: by the time it is due, another has found out.
  await accepted(globex.admin, globex.message({ channelId: 'C0GLBX0003' }));
  const shown = async () => (await globex.admin.run(NotificationDocument, { id })).notification;
  await expect.poll(shown, { timeout: 20_000 }).toMatchObject({
    status: 'FAILED',
    failure: { code: 'EXPIRED', slackError: 'account_inactive' },
    attempts: [],
  });
});

test('an end that is no answer of Slack’s bears no code of an earlier try', async () => {
  const initech = await openDesk(world, 'earlier', 'T0INITECH');
  const shown = async (id: string) => (await initech.admin.run(NotificationDocument, { id })).notification;
  const limited = async (channelId: string, retryAfter: string) => {
    await postFault({ type: 'ratelimit', retryAfter }, channelId);
    return (await accepted(initech.admin, initech.message({ channelId }))).id;
  };
  const refused = await limited('C0INIT0002', '1');
  await postFault({ type: 'status', status: 403 }, 'C0INIT0002');
  await expect
    .poll(() => shown(refused), { timeout: 20_000 })
    .toMatchObject({
      status: 'FAILED',
      failure: { code: 'INVALID_MESSAGE', slackError: null, message: 'Slack refused the message itself.' },
    });
  const lost = await limited('C0INIT0003', '1');
  await historyFails('missing_scope');
  await postFault({ type: 'apply_then_status', status: 502 }, 'C0INIT0003');
  await expect
    .poll(() => shown(lost), { timeout: 20_000 })
    .toMatchObject({
      status: 'UNCONFIRMED',
      failure: { code: 'OUTCOME_UNKNOWN', slackError: null },
    });
  // The last one, since a second 429 within its time would pause the team.
  const canceled = await limited('C0INIT0001', '3600');
  await expect.poll(() => shown(canceled)).toMatchObject({ waiting: { reason: 'RATE_LIMITED' } });
  await initech.admin.run(CancelNotificationDocument, { input: { id: canceled } });
  expect(await shown(canceled)).toMatchObject({
    status: 'CANCELED',
    failure: { code: 'CANCELED_BY_CALLER', slackError: null },
  });
});

test('a message on the eleventh page is found, though the budget of looks is spent on the way', async () => {
  const { slack } = world;
  await historyFails('internal_error');
  await postFault({ type: 'apply_then_status', status: 502 });
  const lost = await post({ text: 'busy' });
  await expect.poll(() => slack.postsOf(lost.id)).toHaveLength(1);
  const message = { team: desk.team, channel: 'C0ACME0001', user: 'U0ACME001' };
  await Promise.all(Array.from({ length: 200 }, (_, index) => slack.message({ ...message, text: `${index}` })));
  await slack.clearFaults();
  expect(await feed.untilAtRest(lost.id)).toMatchObject({ to: 'DELIVERED' });
  expect(await slack.postsOf(lost.id)).toHaveLength(1);
});

test('each try is counted once, whatever lookups said of it', async () => {
  const counted = async () => {
    const [row] = await world.database.query<{ count: number }>(
      `select count(*)::int as count from delivery_attempts where outcome <> 'IN_FLIGHT'`,
    );
    return sumOf(await scrape(world.url), 'heliograph_delivery_attempts_total') - (row?.count ?? 0);
  };
  await expect.poll(counted).toBe(0);
});

test('what may be there, and was to be sent again, ends UNCONFIRMED where its connection is disconnected', async () => {
  await historyFails('internal_error');
  await postFault({ type: 'reset_after' });
  const lost = await post({ text: 'there', onUnknownOutcome: 'RESEND' });
  await expect.poll(() => read(lost.id)).toMatchObject({ status: 'SENDING', waiting: { reason: 'CONFIRMING' } });
  await desk.admin.run(DisconnectDocument, { input: { id: desk.connection.id, queued: 'CANCEL' } });
  expect(await feed.untilAtRest(lost.id)).toMatchObject({ to: 'UNCONFIRMED', failure: { code: 'OUTCOME_UNKNOWN' } });
  expect(await world.slack.postsOf(lost.id)).toHaveLength(1);
});
