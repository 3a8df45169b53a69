import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CancelNotificationDocument, NotificationDocument } from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import type { StatusFeed } from '../support/status-feed.ts';
import { accepted, connectTeam, identityOf, World } from '../support/world.ts';

const workspaceId = 'demo';
/** The bot is in it, so its history can be read. */
const GENERAL = 'C0ACME0001';
/** The bot posts there by chat:write.public and cannot read it. */
const RANDOM = 'C0ACME0002';

let world: World;
let ana: Caller;
let feed: StatusFeed;
let bot: string;

beforeAll(async () => {
  world = await World.start({
    env: {
      SLACK_TIMEOUT_MS: '1000',
      CONFIRM_SETTLE_SECONDS: '1',
      CONFIRM_MAX_HOLD_SECONDS: '6',
      CHANNEL_BURST: '50',
      CHANNEL_MESSAGES_PER_SECOND: '50',
      SLACK_HISTORY_PER_MINUTE: '1000',
    },
  });
  await world.slack.config({ channelPostsPerSecond: 0 });
  ana = await world.as('ana', { [workspaceId]: 'ADMIN' });
  await connectTeam(ana, workspaceId, 'T0ACME');
  bot = (await identityOf(ana, workspaceId, 'WORKSPACE_BOT')).id;
  feed = await world.followFromNow(ana, workspaceId);
});
afterEach(() => world.slack.clearFaults());
afterAll(() => world.stop());

const post = (
  text: string,
  input: { channelId?: string; onUnknownOutcome?: 'HOLD' | 'RESEND'; expiresAt?: string; scheduledFor?: string } = {},
) => accepted(ana, { workspaceId, sender: { identityId: bot }, channelId: GENERAL, text, ...input });

const read = async (id: string) => (await ana.run(NotificationDocument, { id })).notification;

const fault = (type: string, more: Record<string, unknown> = {}, channel = GENERAL, times = 1) =>
  world.slack.fault({ match: { method: 'chat.postMessage', channel }, fault: { type, ...more }, times });

describe('what Slack answers', () => {
  test('a 429 is waited out exactly, holds the channel, and counts as an attempt but not as a try', async () => {
    await fault('ratelimit', { retryAfter: '1' });
    const first = await post('limited');
    const second = await post('behind it');
    const limits = { reason: 'RATE_LIMITED', detail: 'Slack asked for 1 s.', position: 0 };
    await expect.poll(async () => (await read(first.id))?.waiting, { interval: 20 }).toMatchObject(limits);
    await feed.untilAtRest(second.id);
    const [limited, retried, next] = await requestsSince(first.createdAt);
    expect(limited).toMatchObject({ status: 429 });
    expect((retried?.at ?? 0) - (limited?.at ?? 0)).toBeGreaterThanOrEqual(1000);
    expect(next?.at).toBeGreaterThanOrEqual(retried?.at ?? Infinity);
    const attempts = (await read(first.id))?.attempts.map(({ outcome, retryAfterSeconds }) => [
      outcome,
      retryAfterSeconds,
    ]);
    expect(attempts).toEqual([
      ['RATE_LIMITED', 1],
      ['DELIVERED', null],
    ]);
    expect((await world.slack.postsOf(first.id)).length).toBe(1);
  });

  test('a 429 for longer than the time left expires the notification at once, and its channel still waits', async () => {
    await fault('ratelimit', { retryAfter: '4' }, 'C0ACME0003');
    const expiresAt = new Date(Date.now() + 3500).toISOString();
    const late = await post('no time', { channelId: 'C0ACME0003', expiresAt });
    const next = await post('behind it', { channelId: 'C0ACME0003' });
    // Not by the feed, which others in the cluster may hold up for as long as the channel waits.
    await expect.poll(async () => (await read(late.id))?.status, { interval: 50 }).toBe('FAILED');
    expect((await read(next.id))?.waiting).toMatchObject({ reason: 'RATE_LIMITED' });
    expect(await feed.untilAtRest(late.id)).toMatchObject({
      to: 'FAILED',
      failure: { code: 'EXPIRED', slackError: 'ratelimited' },
    });
    await feed.untilStatus(next.id, 'DELIVERED');
    const [limited, after] = await requestsSince(late.createdAt);
    expect(after?.at).toBeGreaterThanOrEqual((limited?.at ?? Infinity) + 4000);
  });

  test.each([
    ['channel_not_found', 'CHANNEL_NOT_FOUND'],
    ['not_in_channel', 'NOT_IN_CHANNEL'],
    ['is_archived', 'CHANNEL_ARCHIVED'],
    ['restricted_action_read_only_channel', 'POSTING_RESTRICTED'],
    ['invalid_blocks', 'INVALID_MESSAGE'],
    ['a_code_of_tomorrow', 'SLACK_REJECTED'],
  ])('%s ends as %s with a remedy, after one attempt, and the channel goes on', async (error, code) => {
    await fault('error', { error });
    const refused = await post(error);
    const next = await post(`after ${error}`);
    expect(await feed.untilAtRest(refused.id)).toMatchObject({ to: 'FAILED', failure: { code, slackError: error } });
    expect((await read(refused.id))?.failure?.remedy).toMatch(/\w/);
    expect(await feed.untilAtRest(next.id)).toMatchObject({ to: 'DELIVERED' });
    expect((await read(refused.id))?.attemptCount).toBe(1);
  });

  test('Slack turning a request away unexecuted is tried again after a second', async () => {
    await fault('error', { error: 'service_unavailable' });
    const retried = await post('try again');
    expect(await feed.untilAtRest(retried.id)).toMatchObject({ to: 'DELIVERED' });
    expect((await read(retried.id))?.attempts.map(({ outcome }) => outcome)).toEqual(['RETRYABLE', 'DELIVERED']);
  });

  test('an expired notification fails as EXPIRED with the last cause', async () => {
    await fault('error', { error: 'service_unavailable' }, GENERAL, 0);
    const expiring = await post('expires', { expiresAt: new Date(Date.now() + 3000).toISOString() });
    const end = await feed.untilAtRest(expiring.id);
    expect(end).toMatchObject({ to: 'FAILED', failure: { code: 'EXPIRED', slackError: 'service_unavailable' } });
  });
});

describe('a message that was accepted for one bot', () => {
  const useBotOf = (connection: string, credential: string) =>
    world.database.query('update connections set credential_id = $2 where id = $1', [connection, credential]);

  test.each([
    ['of another team', 'T0GLOBEX', 'TEAM_MISMATCH'],
    ['of the same team', 'T0ACME', 'IDENTITY_NOT_USABLE'],
  ])('is not sent with another %s', async (_whose, team, code) => {
    const scheduledFor = new Date(Date.now() + 3000).toISOString();
    const { id } = await post('not by another', { scheduledFor });
    const [row] = await world.database.query<{ connection: string; credential: string; other: string }>(
      `insert into credentials (id, app_id, team_id, slack_user_id, kind, access_token)
       select gen_random_uuid(), app_id, $2, 'U0OTHERBOT', kind, access_token from credentials
       where id = (select credential_id from notifications where id = $1)
       returning (select connection_id from notifications where id = $1) as connection,
         (select credential_id from notifications where id = $1) as credential, id as other`,
      [id, team],
    );
    if (!row) throw new Error('No other credential was made.');
    await useBotOf(row.connection, row.other);
    expect(await feed.untilAtRest(id)).toMatchObject({ to: 'FAILED', failure: { code } });
    await useBotOf(row.connection, row.credential);
    expect(await world.slack.postsOf(id)).toHaveLength(0);
    expect((await read(id))?.attemptCount).toBe(0);
  });

  test('is not sent where the same row names another Slack user now', async () => {
    const { id } = await post('not by a stranger', { scheduledFor: new Date(Date.now() + 3000).toISOString() });
    const rename = (from: string, to: string) =>
      world.database.query('update credentials set slack_user_id = $2 where slack_user_id = $1', [from, to]);
    const [row] = await world.database.query<{ bot: string }>(
      'select slack_user_id as bot from notifications where id = $1',
      [id],
    );
    if (!row) throw new Error('It was not stored.');
    await rename(row.bot, 'U0STRANGER');
    expect(await feed.untilAtRest(id)).toMatchObject({ to: 'FAILED', failure: { code: 'IDENTITY_NOT_USABLE' } });
    await rename('U0STRANGER', row.bot);
    expect((await read(id))?.attemptCount).toBe(0);
  });
});

describe('a lost answer', () => {
  const APPLIED = ['reset_after', 'stall', 'truncated'];
  test.each(APPLIED)('%s: the message that is there is found and never doubled', async (type) => {
    await fault(type);
    const lost = await post(`lost by ${type}`);
    const next = await post(`behind ${type}`);
    expect(await feed.untilAtRest(lost.id)).toMatchObject({ to: 'DELIVERED' });
    await feed.untilAtRest(next.id);
    const posts = await world.slack.postsOf(lost.id);
    expect(posts).toHaveLength(1);
    const found = await read(lost.id);
    expect(found).toMatchObject({ slackMessageTs: posts[0]?.ts, attemptCount: 1 });
    expect(found?.attempts).toMatchObject([{ outcome: 'CONFIRMED_PRESENT' }]);
    expect((await world.slack.postsOf(next.id))[0]?.seq).toBeGreaterThan(posts[0]?.seq ?? Infinity);
  });

  test('a fatal_error after applying is found as well', async () => {
    await fault('apply_then_error', { error: 'fatal_error' });
    const lost = await post('fatal');
    expect(await feed.untilAtRest(lost.id)).toMatchObject({ to: 'DELIVERED' });
    expect(await world.slack.postsOf(lost.id)).toHaveLength(1);
  });

  test('a message that is surely not there is sent again, in order, after Slack must have settled', async () => {
    await fault('reset_before');
    const lost = await post('never applied');
    const next = await post('waits behind it');
    await feed.until(() => feed.of(lost.id).length >= 2);
    expect(await feed.untilAtRest(lost.id)).toMatchObject({ to: 'DELIVERED' });
    await feed.untilAtRest(next.id);
    const attempts = (await read(lost.id))?.attempts ?? [];
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['CONFIRMED_ABSENT', 'DELIVERED']);
    const [first, second] = attempts.map(({ startedAt }) => Date.parse(startedAt));
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(2000);
    const posts = [...(await world.slack.postsOf(lost.id)), ...(await world.slack.postsOf(next.id))];
    expect(posts.map(({ text }) => text)).toEqual(['never applied', 'waits behind it']);
    expect(posts[0]?.seq).toBeLessThan(posts[1]?.seq ?? 0);
  });

  test('a message that Slack applies late, within the settling time, is found and not doubled', async () => {
    await fault('apply_late', { ms: 1500 });
    const late = await post('applied late');
    expect(await feed.untilAtRest(late.id)).toMatchObject({ to: 'DELIVERED' });
    expect(await world.slack.postsOf(late.id)).toHaveLength(1);
    expect((await read(late.id))?.attempts).toMatchObject([{ outcome: 'CONFIRMED_PRESENT' }]);
  });

  test('while it is looked up it says so, is not canceled, and other channels go on', async () => {
    await fault('reset_before');
    const lost = await post('looked up');
    const lookedUp = { status: 'SENDING', waiting: { reason: 'CONFIRMING' } };
    await expect.poll(() => read(lost.id), { interval: 20 }).toMatchObject(lookedUp);
    const { cancelNotification } = await ana.run(CancelNotificationDocument, { input: { id: lost.id } });
    expect(cancelNotification.userErrors).toMatchObject([{ code: 'NOT_CANCELABLE' }]);
    const elsewhere = await post('elsewhere', { channelId: 'C0ACME0003' });
    await Promise.all([elsewhere, lost].map(({ id }) => feed.untilAtRest(id)));
    const rest = feed.changes.filter(({ to }) => to === 'DELIVERED').map(({ notification }) => notification.id);
    expect(rest.slice(-2)).toEqual([elsewhere.id, lost.id]);
  });

  test('where nobody can look, it ends UNCONFIRMED and is not sent again', async () => {
    await fault('reset_before', {}, RANDOM);
    const lost = await post('unreadable', { channelId: RANDOM });
    const next = await post('goes on', { channelId: RANDOM });
    expect(await feed.untilAtRest(lost.id)).toMatchObject({ to: 'UNCONFIRMED', failure: { code: 'OUTCOME_UNKNOWN' } });
    expect(await feed.untilAtRest(next.id)).toMatchObject({ to: 'DELIVERED' });
    expect(await world.slack.postsOf(lost.id)).toHaveLength(0);
    expect((await read(lost.id))?.attempts).toMatchObject([{ outcome: 'UNKNOWN' }]);
  });

  test('with RESEND it is sent again where nobody can look', async () => {
    await fault('reset_before', {}, RANDOM);
    const lost = await post('resend', { channelId: RANDOM, onUnknownOutcome: 'RESEND' });
    expect(await feed.untilAtRest(lost.id)).toMatchObject({ to: 'DELIVERED' });
    expect((await read(lost.id))?.attempts.map(({ outcome }) => outcome)).toEqual(['UNKNOWN', 'DELIVERED']);
  });

  test('a busy channel with 200 newer messages does not hide it', async () => {
    await world.slack.config({ historyPageMax: 50 });
    const pages = async () => (await world.slack.requests('conversations.history')).length;
    // No look counts before the newer messages are there.
    const unreadable = { type: 'error', error: 'internal_error' };
    await world.slack.fault({ match: { method: 'conversations.history' }, fault: unreadable, times: 0 });
    await fault('apply_then_status', { status: 502 });
    const lost = await post('busy');
    await expect.poll(() => world.slack.postsOf(lost.id)).toHaveLength(1);
    await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        world.slack.message({ team: 'T0ACME', channel: GENERAL, user: 'U0ACME001', text: `${i}` }),
      ),
    );
    const before = await pages();
    await world.slack.clearFaults();
    expect(await feed.untilAtRest(lost.id)).toMatchObject({ to: 'DELIVERED' });
    expect(await world.slack.postsOf(lost.id)).toHaveLength(1);
    expect((await pages()) - before).toBeGreaterThanOrEqual(5);
    await world.slack.config({ historyPageMax: 999 });
  });

  test('without the history scope it ends UNCONFIRMED and is not doubled', async () => {
    await world.slack.fault({
      match: { method: 'conversations.history' },
      fault: { type: 'error', error: 'missing_scope' },
      times: 0,
    });
    await fault('reset_after');
    const lost = await post('no scope');
    expect(await feed.untilAtRest(lost.id)).toMatchObject({ to: 'UNCONFIRMED', failure: { code: 'OUTCOME_UNKNOWN' } });
    expect(await world.slack.postsOf(lost.id)).toHaveLength(1);
  });
});

/** Posts to chat.postMessage since a time, oldest first. */
const requestsSince = async (since: string) =>
  (await world.slack.requests('chat.postMessage')).filter(({ at }) => at >= Date.parse(since));
