import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BREAKER_FAILURES } from '../../src/delivery/pace.policy.ts';
import { NotificationDocument, type SendNotificationInput } from '../generated/graphql.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { scrape, sumOf } from '../support/metrics.ts';
import type { StatusFeed } from '../support/status-feed.ts';
import { accepted, World } from '../support/world.ts';

/** The bot is in it, so its history can be read. */
const GENERAL = 'C0ACME0001';
const ANOTHER = 'C0ACME0002';

let world: World;
let desk: Desk;
let feed: StatusFeed;

/** Slack's clock is ten minutes behind the database's in all of this file. */
beforeAll(async () => {
  world = await World.start({
    env: {
      ...UNPACED,
      SLACK_TIMEOUT_MS: '1000',
      CONFIRM_SETTLE_SECONDS: '1',
      CONFIRM_MAX_HOLD_SECONDS: '15',
      SLACK_HISTORY_PER_MINUTE: '6000',
    },
  });
  await world.slack.config({ channelPostsPerSecond: 0, clockAheadMs: -600_000 });
  desk = await openDesk(world, 'demo');
  feed = await world.followFromNow(desk.admin, 'demo');
});
afterEach(() => world.slack.clearFaults());
afterAll(() => world.stop());

const post = (text: string, but: Partial<SendNotificationInput> = {}) =>
  accepted(desk.admin, desk.message({ text, ...but }));
const loseAnswer = (type: string, more: Record<string, unknown> = {}, channel = GENERAL) =>
  world.slack.fault({ match: { method: 'chat.postMessage', channel }, fault: { type, ...more } });
const refuseLook = (fault: { type: string } & Record<string, unknown>) =>
  world.slack.fault({ match: { method: 'conversations.history' }, fault });
const outcomesOf = async (id: string) =>
  (await desk.admin.run(NotificationDocument, { id })).notification?.attempts.map(({ outcome }) => outcome);
/** The team's turn comes now. */
const takeTurn = () =>
  world.database.query('update delivery_teams set turn_at = now() where team_id = $1', [desk.team]);
/** So do the looks of its channels. */
const lookNow = async () => {
  await world.database.query(
    `update delivery_lanes set ready_at = now() where team_id = $1 and ready_at < 'infinity'`,
    [desk.team],
  );
  await takeTurn();
};
const looks = async () => (await world.slack.requests('conversations.history')).length;

describe("where Slack's clock and ours are far apart", () => {
  test('a message that is there is found and not doubled, by the first look that counts', async () => {
    // The answer is waited for until the try is over: the first look begins when Slack must have settled.
    await loseAnswer('hang', { apply: true });
    const lost = await post('lost');
    expect((await feed.untilAtRest(lost.id)).to).toBe('DELIVERED');
    expect(await outcomesOf(lost.id)).toEqual(['CONFIRMED_PRESENT']);
    expect(await world.slack.postsOf(lost.id)).toHaveLength(1);
  });

  test('so is one in a thread', async () => {
    const parent = await feed.untilAtRest((await post('parent')).id);
    const { notification } = await desk.admin.run(NotificationDocument, { id: parent.notification.id });
    await loseAnswer('reset_after');
    const lost = await post('a reply that is lost', { threadTs: notification?.slackMessageTs ?? '' });
    expect((await feed.untilAtRest(lost.id)).to).toBe('DELIVERED');
    expect(await outcomesOf(lost.id)).toEqual(['CONFIRMED_PRESENT']);
    expect(await world.slack.postsOf(lost.id)).toHaveLength(1);
  });

  test('a message that is not there is sent again', async () => {
    await loseAnswer('reset_before');
    const lost = await post('never applied');
    expect((await feed.untilAtRest(lost.id)).to).toBe('DELIVERED');
    expect(await outcomesOf(lost.id)).toEqual(['CONFIRMED_ABSENT', 'DELIVERED']);
  });
});

describe('a look', () => {
  // An answered message: what the tests before lost counts for the breaker no more.
  beforeEach(async () => void (await feed.untilAtRest((await post('answered')).id)));

  test.each(['internal_error', 'invalid_cursor', 'invalid_auth'])('that ends with %s is had again', async (error) => {
    await refuseLook({ type: 'error', error });
    await loseAnswer('reset_after');
    const lost = await post('looked up twice');
    expect((await feed.untilAtRest(lost.id)).to).toBe('DELIVERED');
    expect(await outcomesOf(lost.id)).toEqual(['CONFIRMED_PRESENT']);
  });

  test('that Slack limits holds back those in every channel of the team until its time', async () => {
    const before = await looks();
    await refuseLook({ type: 'ratelimit', retryAfter: '3' });
    await loseAnswer('reset_after');
    const limited = await post('looked up after three seconds');
    await expect.poll(looks, { interval: 20 }).toBe(before + 1);
    await loseAnswer('reset_after', {}, ANOTHER);
    const other = await post('looked up after the other', { channelId: ANOTHER });
    expect((await feed.untilAtRest(limited.id)).to).toBe('DELIVERED');
    await feed.untilAtRest(other.id);
    const [first, ...later] = (await world.slack.requests('conversations.history')).slice(before);
    expect(new Set(later.map(({ channel }) => channel))).toEqual(new Set([GENERAL, ANOTHER]));
    for (const { at } of later) expect(at - (first?.at ?? 0)).toBeGreaterThanOrEqual(3000);
  });

  test('for what was sent in reply to a reply finds it in the thread of that, and sends nothing twice', async () => {
    const parent = await feed.untilAtRest((await post('has a thread')).id);
    const tsOf = async (id: string) =>
      (await desk.admin.run(NotificationDocument, { id })).notification?.slackMessageTs;
    const threadTs = (await tsOf(parent.notification.id)) ?? '';
    const reply = await feed.untilAtRest((await post('a first reply', { threadTs })).id);
    await loseAnswer('reset_after');
    const lost = await post('a reply to it', { threadTs: (await tsOf(reply.notification.id)) ?? '' });
    expect((await feed.untilAtRest(lost.id)).to).toBe('DELIVERED');
    expect(await outcomesOf(lost.id)).toEqual(['CONFIRMED_PRESENT']);
    expect(await world.slack.postsOf(lost.id)).toHaveLength(1);
  });

  test('that Slack limits on a further page begins anew after its time, and finds what is further back', async () => {
    // Slack's clock is known by any look before: another would look further back for it, from the first page.
    await loseAnswer('reset_after');
    await feed.untilAtRest((await post('on the only page')).id);
    await world.slack.config({ historyPageMax: 1 });
    const before = await looks();
    await refuseLook({ type: 'slow', ms: 1 });
    await refuseLook({ type: 'ratelimit', retryAfter: '2' });
    await loseAnswer('reset_after');
    const lost = await post('on the second page');
    await expect.poll(() => world.slack.postsOf(lost.id)).toHaveLength(1);
    await world.slack.message({ team: desk.team, channel: GENERAL, user: 'U0ACME001', text: 'said after it' });
    expect((await feed.untilAtRest(lost.id)).to).toBe('DELIVERED');
    await world.slack.config({ historyPageMax: 999 });
    expect(await outcomesOf(lost.id)).toEqual(['CONFIRMED_PRESENT']);
    const [first, limited, ...anew] = (await world.slack.requests('conversations.history')).slice(before);
    expect([first, limited].map((request) => request?.status)).toEqual([200, 429]);
    expect(anew).toHaveLength(2);
    for (const { at } of anew) expect(at - (limited?.at ?? 0)).toBeGreaterThanOrEqual(2000);
  });

  test('that cannot be had, again and again, keeps no other channel of the team waiting', async () => {
    await world.slack.fault({ match: { method: 'conversations.*' }, fault: { type: 'status', status: 503 }, times: 0 });
    await loseAnswer('reset_after');
    const lost = await post('not looked up for long');
    const failures = async () => {
      const [team] = await world.database.query<{ count: number }>(
        'select failures_in_a_row as count from delivery_teams where team_id = $1',
        [desk.team],
      );
      return team?.count;
    };
    // The lost answer and a look. Three others that fail would follow, five seconds apart, as turns and looks do after them.
    await expect.poll(failures).toBe(2);
    await world.database.query('update delivery_teams set failures_in_a_row = $1', [BREAKER_FAILURES - 1]);
    await expect.poll(failures).toBe(BREAKER_FAILURES);
    const other = await post('beside it', { channelId: ANOTHER });
    await takeTurn();
    expect(await feed.untilAtRest(other.id)).toMatchObject({ to: 'DELIVERED' });
    expect((await desk.admin.run(NotificationDocument, { id: lost.id })).notification?.status).toBe('SENDING');
    await world.slack.clearFaults();
    await lookNow();
    expect((await feed.untilAtRest(lost.id)).to).toBe('DELIVERED');
  });

  test('that was due for longer than the hold and could not be had, by a pause or an outage of ours, is had after it', async () => {
    await world.slack.fault({ match: { method: 'conversations.*' }, fault: { type: 'status', status: 503 }, times: 0 });
    await loseAnswer('reset_after');
    const lost = await post('long overdue');
    const before = await looks();
    await expect.poll(looks).toBeGreaterThan(before);
    // As if a look before had been answered, and the next one had been due a minute ago.
    const overdue = `update notifications set confirm_since = confirm_since - interval '1 minute', unasked_since = null,
      unasked_seconds = 0, wait_until = wait_until - interval '1 minute' where id = $1 and confirm_since is not null returning id`;
    await expect.poll(() => world.database.query(overdue, [lost.id])).toHaveLength(1);
    const then = await looks();
    await expect.poll(looks, { timeout: 15_000 }).toBeGreaterThan(then);
    await world.slack.clearFaults();
    expect((await feed.untilAtRest(lost.id)).to).toBe('DELIVERED');
  });

  test('that cannot be had for longer than anything may be unknown ends the wait of every channel of the team', async () => {
    const team = 'T0SILENT';
    const channels = await world.slack.addTeam(team, 12);
    const silent = await openDesk(world, 'silent', team);
    for (const channel of channels) await world.slack.membership({ team, channel, user: 'bot', member: true });
    await world.slack.fault({ match: { method: '*', team }, fault: { type: 'status', status: 503 }, times: 0 });
    const late = await world.followFromNow(silent.admin, 'silent');
    for (const channelId of channels) await accepted(silent.admin, silent.message({ channelId }));
    const longAgo = `update notifications set confirm_since = confirm_since - interval '1 hour'
      where team_id = $1 and confirm_since is not null returning id`;
    const unknown = () =>
      world.database.query('select from notifications where team_id = $1 and confirm_since is not null', [team]);
    await expect.poll(async () => (await unknown()).length).toBeGreaterThanOrEqual(BREAKER_FAILURES);
    const before = await looks();
    const lost = await world.database.query<{ id: string }>(longAgo, [team]);
    for (const { id } of lost)
      expect((await late.untilAtRest(id)).notification).toMatchObject({ status: 'UNCONFIRMED' });
    // One by one, each would have had a probe of its own.
    expect((await looks()) - before).toBeLessThan(lost.length - 1);
    late.stop();
  });

  test('that Slack limits for longer than a database can count is not had at once again', async () => {
    const globex = await openDesk(world, 'limited', 'T0GLOBEX');
    const channelId = 'C0GLBX0001';
    await refuseLook({ type: 'ratelimit', retryAfter: '9007199254740991' });
    await loseAnswer('reset_after', {}, channelId);
    const { id } = await accepted(globex.admin, globex.message({ channelId }));
    const shown = async () => (await globex.admin.run(NotificationDocument, { id })).notification;
    const detail = expect.stringContaining('Slack limits the looking up');
    await expect.poll(shown).toMatchObject({ status: 'SENDING', waiting: { reason: 'CONFIRMING', detail } });
  });

  test.each(['reset_after', 'reset_before'] as const)(
    'settles every unknown of the channel that it comes across, also where its own was lost by %s',
    async (type) => {
      await refuseLook({ type: 'error', error: 'missing_scope' });
      await loseAnswer('reset_after');
      const given = await post('given up');
      expect((await feed.untilAtRest(given.id)).to).toBe('UNCONFIRMED');
      await loseAnswer(type);
      const lost = await post('looked up later');
      expect(await feed.untilStatus(given.id, 'DELIVERED')).toMatchObject({ from: 'UNCONFIRMED' });
      expect(await outcomesOf(given.id)).toEqual(['CONFIRMED_PRESENT']);
      await feed.untilAtRest(lost.id);
      const [logged] = await world.database.query<{ count: number }>(
        `select count(*)::int as count from status_log where to_status = 'DELIVERED'`,
      );
      const counted = async () =>
        sumOf(await scrape(world.url), 'heliograph_notifications_total', { status: 'DELIVERED' });
      await expect.poll(counted).toBe(logged?.count);
    },
  );

  test('is not hurried by more urgent messages, which wait behind it', async () => {
    await loseAnswer('reset_before');
    const before = await looks();
    const lost = await post('looked up');
    await expect.poll(looks, { timeout: 10_000, interval: 20 }).toBe(before + 1);
    const urgent = [];
    for (let count = 0; count < 10; count += 1) urgent.push(await post(`urgent ${count}`, { priority: 'URGENT' }));
    await feed.untilAtRest(lost.id);
    for (const { id } of urgent) await feed.untilAtRest(id);
    expect(await looks()).toBe(before + 2);
    const first = (await world.slack.postsOf(lost.id))[0]?.seq;
    expect((await world.slack.postsOf(urgent[0]?.id ?? ''))[0]?.seq).toBeLessThan(first ?? 0);
  });

  // The last one: the team stays paused.
  test('goes on while Slack has posting paused for the whole team', async () => {
    await loseAnswer('hang', { apply: true });
    const lost = await post('there all the while');
    await expect.poll(() => world.slack.postsOf(lost.id)).toHaveLength(1);
    for (const channelId of [ANOTHER, 'C0ACME0003']) {
      const match = { method: 'chat.postMessage', channel: channelId };
      await world.slack.fault({ match, fault: { type: 'ratelimit', retryAfter: 600 } });
      await post('limited', { channelId });
    }
    const paused = 'select from delivery_teams where posting_paused_until > now()';
    await expect.poll(() => world.database.query(paused)).toHaveLength(1);
    const next = await post('behind it', { priority: 'URGENT' });
    const beside = await post('beside it', { channelId: 'C0ACME0004', priority: 'URGENT' });
    expect((await feed.untilAtRest(lost.id)).to).toBe('DELIVERED');
    await takeTurn();
    for (const { id } of [next, beside]) {
      const shown = async () => (await desk.admin.run(NotificationDocument, { id })).notification;
      await expect.poll(shown).toMatchObject({ status: 'QUEUED', waiting: { reason: 'TEAM_PAUSED' } });
      expect(await world.slack.postsOf(id)).toEqual([]);
    }
    expect(await outcomesOf(beside.id)).toEqual([]);
  });
});
