import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  CancelNotificationDocument,
  ConnectionsDocument,
  NotificationDocument,
  ResendNotificationDocument,
  SendNotificationsDocument,
} from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import { openDesk } from '../support/desk.ts';
import type { StatusFeed } from '../support/status-feed.ts';
import { accepted, connectTeam, identityOf, install, send, World } from '../support/world.ts';
import { untilChecked } from './identity-steps.ts';

const workspaceId = 'demo';
const GENERAL = 'C0ACME0001';
const AUDITS = 'C0ACME0003';

let world: World;
let ana: Caller;
let feed: StatusFeed;
let bot: string;
let person: string;
let connectionId: string;

beforeAll(async () => {
  world = await World.start({
    env: {
      SLACK_TIMEOUT_MS: '1000',
      CONFIRM_SETTLE_SECONDS: '1',
      CHANNEL_BURST: '1',
      CHANNEL_MESSAGES_PER_SECOND: '4',
      TEAM_MESSAGES_PER_MINUTE: '0',
      LANE_HOLD_SECONDS: '3',
      QUEUE_MAX_PER_WORKSPACE: '20',
    },
  });
  await world.slack.config({ channelPostsPerSecond: 0 });
  ana = await world.as('ana', { [workspaceId]: 'ADMIN', tight: 'ADMIN' });
  connectionId = (await connectTeam(ana, workspaceId, 'T0ACME')).id;
  bot = (await identityOf(ana, workspaceId, 'WORKSPACE_BOT')).id;
  await install(ana, { workspaceId, intent: 'PERSONAL', connectionId }, { team: 'T0ACME', user: 'U0ACME001' });
  person = (await identityOf(ana, workspaceId, 'PERSONAL_USER')).id;
  feed = await world.followFromNow(ana, workspaceId);
});
afterEach(() => world.slack.clearFaults());
afterAll(() => world.stop());

const post = (identityId: string, text: string, channelId = GENERAL) =>
  accepted(ana, { workspaceId, sender: { identityId }, channelId, text });
const read = async (id: string) => (await ana.run(NotificationDocument, { id })).notification;
const textsIn = async (channel: string) =>
  (await world.slack.ledger()).filter((entry) => entry.channel === channel).map(({ text }) => text);

describe('a channel', () => {
  test('gets its messages in order and at its pace, and a waiting one says its position', async () => {
    const texts = Array.from({ length: 6 }, (_, number) => `paced ${number}`);
    const message = { workspaceId, sender: { identityId: bot }, channelId: AUDITS };
    const notifications = texts.map((text) => ({ ...message, text }));
    const { sendNotifications } = await ana.run(SendNotificationsDocument, { input: { notifications } });
    const ids = sendNotifications.results.map(({ notification }) => notification?.id ?? '');
    expect((await read(ids[5] ?? ''))?.waiting).toMatchObject({ reason: 'PACING' });
    for (const id of ids) await feed.untilStatus(id, 'DELIVERED');
    expect(await textsIn(AUDITS)).toEqual(texts);
    const starts = await Promise.all(ids.map(async (id) => Date.parse((await read(id))?.attempts[0]?.startedAt ?? '')));
    const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    // Four a second, in times that are cut off at milliseconds.
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(249);
  });
});

describe('messages whose time comes at once', () => {
  test('go in the order in which they were accepted, however their rows lie on disk', async () => {
    const texts = Array.from({ length: 6 }, (_, number) => `due ${number}`);
    const scheduledFor = new Date(Date.now() + 3000).toISOString();
    const message = { workspaceId, sender: { identityId: bot }, channelId: AUDITS, scheduledFor };
    const notifications = texts.map((text) => ({ ...message, text }));
    const { sendNotifications } = await ana.run(SendNotificationsDocument, { input: { notifications } });
    const ids = sendNotifications.results.map(({ notification }) => notification?.id ?? '');
    // A row that is written lies behind those that were written before.
    for (const id of ids.toReversed())
      await world.database.query('update notifications set text = text where id = $1', [id]);
    for (const id of ids) await feed.untilStatus(id, 'DELIVERED');
    expect((await textsIn(AUDITS)).filter((text) => text.startsWith('due'))).toEqual(texts);
  });
});

describe('a person whose token is dead', () => {
  test('waits outside the channel, which goes on; authorized again, the messages follow in order', async () => {
    await world.slack.revoke({ team: 'T0ACME', user: 'U0ACME001' });
    const first = await post(person, 'mine 1');
    await feed.untilStatus(first.id, 'RETRYING');
    const others = await post(bot, 'the bot goes on');
    await feed.untilStatus(others.id, 'DELIVERED');
    expect(await read(first.id)).toMatchObject({ status: 'RETRYING', waiting: { reason: 'CONNECTION' } });
    const refused = await send(ana, { workspaceId, sender: { identityId: person }, channelId: GENERAL, text: 'new' });
    expect(refused.userErrors).toMatchObject([{ code: 'CONNECTION_NEEDS_REAUTHORIZATION' }]);
    expect(refused.notification?.status).toBe('FAILED');
    await install(ana, { workspaceId, intent: 'PERSONAL', connectionId }, { team: 'T0ACME', user: 'U0ACME001' });
    expect((await feed.untilAtRest(first.id)).to).toBe('DELIVERED');
    expect(await world.slack.postsOf(first.id)).toHaveLength(1);
  });

  test('several that waited come back in the order in which they had entered', async () => {
    await world.slack.fault({ match: { method: 'chat.postMessage' }, fault: { type: 'slow', ms: 400 }, times: 1 });
    const waiting = [];
    for (let count = 0; count < 5; count += 1) waiting.push(await post(person, `again ${count}`));
    await world.slack.revoke({ team: 'T0ACME', user: 'U0ACME001' });
    const ids = waiting.map(({ id }) => id);
    // How many Slack took before the token ended is the machine's to say; those that it did not take all wait, and none of
    // them in the channel, where one that was accepted just then stays until the channel's next turn.
    const allParked = async () => {
      const inChannel = 'select from notifications where id = any($1) and queue_pos is not null';
      const reasons = await Promise.all(ids.map(async (id) => (await read(id))?.waiting?.reason ?? 'CONNECTION'));
      return (
        reasons.every((reason) => reason === 'CONNECTION') &&
        (await world.database.query(inChannel, [ids])).length === 0
      );
    };
    await expect.poll(allParked, { timeout: 15_000 }).toBe(true);
    await install(ana, { workspaceId, intent: 'PERSONAL', connectionId }, { team: 'T0ACME', user: 'U0ACME001' });
    for (const { id } of waiting) await feed.untilStatus(id, 'DELIVERED');
    expect((await textsIn(GENERAL)).filter((text) => text.startsWith('again'))).toEqual(
      waiting.map((_, index) => `again ${index}`),
    );
  });

  test.each([
    ['is fine', undefined],
    ['fails for a reason of its own', 'internal_error'],
  ])('invalid_auth while auth.test %s ends nothing', async (_how, error) => {
    await world.slack.fault({ match: { method: 'chat.postMessage' }, fault: { type: 'error', error: 'invalid_auth' } });
    if (error) await world.slack.fault({ match: { method: 'auth.test' }, fault: { type: 'error', error } });
    const { id } = await post(bot, 'allow-listed');
    expect((await feed.untilAtRest(id)).to).toBe('DELIVERED');
    expect((await read(id))?.attempts.map(({ outcome }) => outcome)).toEqual(['RETRYABLE', 'DELIVERED']);
  });

  test('ends by invalid_auth alone while there is no other team to ask', async () => {
    const match = { method: '*', team: 'T0ACME', tokenKind: 'user' };
    await world.slack.fault({ match, fault: { type: 'error', error: 'invalid_auth' }, times: 0 });
    const { id } = await post(person, 'nobody to compare with');
    await expect.poll(async () => (await read(id))?.waiting?.reason).toBe('CONNECTION');
    await world.slack.clearFaults();
    await install(ana, { workspaceId, intent: 'PERSONAL', connectionId }, { team: 'T0ACME', user: 'U0ACME001' });
    expect((await feed.untilAtRest(id)).to).toBe('DELIVERED');
  });
});

describe('a message that is refused with invalid_auth', () => {
  test.each([
    ['internal_error', { type: 'error', error: 'internal_error' }],
    ['not_authed, as where a proxy took the header away', { type: 'error', error: 'not_authed' }],
    ['org_login_required', { type: 'error', error: 'org_login_required' }],
    ['a code of tomorrow', { type: 'error', error: 'a_code_of_tomorrow' }],
    ['a 503', { type: 'status', status: 503 }],
  ])('ends nothing while auth.test says %s', async (_name, answer) => {
    await world.slack.fault({ match: { method: 'chat.postMessage' }, fault: { type: 'error', error: 'invalid_auth' } });
    await world.slack.fault({ match: { method: 'auth.test', team: 'T0ACME' }, fault: answer, times: 0 });
    const { id } = await post(bot, 'unclear');
    expect((await feed.untilAtRest(id)).to).toBe('DELIVERED');
    expect((await read(id))?.attempts.map(({ outcome }) => outcome)).toEqual(['RETRYABLE', 'DELIVERED']);
    await world.slack.clearFaults();
    const { connections } = await ana.run(ConnectionsDocument, { workspaceId });
    expect(connections[0]?.status).toBe('ACTIVE');
  });
});

describe('a team whose tokens Slack refuses with invalid_auth', () => {
  const INVALID_AUTH = { type: 'error', error: 'invalid_auth' };
  const openPost = async (team: string) => {
    const [channelId] = await world.slack.addTeam(team, 1);
    const desk = await openDesk(world, `of-${team}`, team);
    const status = async () =>
      (await desk.admin.run(ConnectionsDocument, { workspaceId: desk.workspaceId })).connections[0]?.status;
    const read = async (id: string) => (await desk.admin.run(NotificationDocument, { id })).notification;
    return { team, status, read, post: () => accepted(desk.admin, desk.message({ channelId })) };
  };
  let one: Awaited<ReturnType<typeof openPost>>;
  let other: typeof one;
  beforeAll(async () => {
    one = await openPost('T0BARREDONE');
    other = await openPost('T0BARREDTWO');
  });

  const untilDelivered = async (desk: typeof one, id: string) => {
    await expect.poll(async () => (await desk.read(id))?.status, { timeout: 20_000 }).toBe('DELIVERED');
    expect(await world.slack.postsOf(id)).toHaveLength(1);
  };
  const detail = async (desk: typeof one, id: string) => (await desk.read(id))?.waiting?.detail;
  test('as every other, as an IP allow-list does, has not ended: messages wait, say why, and go once', async () => {
    await world.slack.fault({ match: { method: '*' }, fault: INVALID_AUTH, times: 0 });
    const posted = await Promise.all([one, other].map(async (desk) => ({ desk, id: (await desk.post()).id })));
    for (const { desk, id } of posted) await expect.poll(() => detail(desk, id)).toContain('IP allow-list');
    expect([await one.status(), await other.status()]).toEqual(['ACTIVE', 'ACTIVE']);
    await world.slack.clearFaults();
    for (const { desk, id } of posted) await untilDelivered(desk, id);
  });

  test('has not ended while another team gives no clear answer', async () => {
    await world.slack.fault({ match: { method: '*', team: one.team }, fault: INVALID_AUTH, times: 0 });
    await world.slack.fault({ match: { method: 'auth.test' }, fault: { type: 'status', status: 503 }, times: 0 });
    const { id } = await one.post();
    await expect.poll(() => detail(one, id)).toContain('does not say that it has ended');
    expect(await one.status()).toBe('ACTIVE');
    await world.slack.clearFaults();
    await untilDelivered(one, id);
  });

  test('while it takes those of another has ended, and the other has not', async () => {
    await world.slack.fault({ match: { method: '*', team: one.team }, fault: INVALID_AUTH, times: 0 });
    const { id } = await one.post();
    await expect.poll(() => one.status()).toBe('NEEDS_REAUTHORIZATION');
    await expect.poll(async () => (await one.read(id))?.waiting?.reason).toBe('CONNECTION');
    await untilDelivered(other, (await other.post()).id);
    expect(await other.status()).toBe('ACTIVE');
  });
});

describe('what waits for a bot that a reconnect replaced by another', () => {
  test.each([
    ['', []],
    [', also while another workspace still waits for the one before', ['neighbour']],
  ])('fails at once, as what did not wait does%s', async (_besides, neighbours) => {
    const team = `T0REPLACED${neighbours.length}`;
    const [channelId] = await world.slack.addTeam(team, 1);
    for (const name of neighbours) await openDesk(world, name, team);
    const desk = await openDesk(world, `replaced-${neighbours.length}`, team);
    const replaced = await world.followFromNow(desk.admin, desk.workspaceId);
    await untilChecked(world, team);
    await world.slack.revoke({ team, kind: 'bot' });
    const { id } = await accepted(desk.admin, desk.message({ channelId }));
    const waits = async () => (await desk.admin.run(NotificationDocument, { id })).notification?.waiting;
    await expect.poll(waits).toMatchObject({ reason: 'CONNECTION' });
    // As if Slack had had another bot then: the one that it grants next is not the one of the message.
    for (const table of ['credentials', 'notifications'])
      await world.database.query(`update ${table} set slack_user_id = 'U0FORMERBOT' where team_id = $1`, [team]);
    await connectTeam(desk.admin, desk.workspaceId, team);
    const failure = { code: 'IDENTITY_NOT_USABLE', message: expect.stringContaining('Another bot') };
    expect(await replaced.untilAtRest(id)).toMatchObject({ to: 'FAILED', failure });
    expect(await world.slack.postsOf(id)).toHaveLength(0);
  });
});

describe('a long backoff', () => {
  test('leaves the channel to later messages once it is longer than the lane is held', async () => {
    const refuse = {
      match: { method: 'chat.postMessage', textIncludes: 'stubborn' },
      fault: { type: 'error', error: 'service_unavailable' },
      times: 2,
    };
    await world.slack.fault(refuse);
    const stubborn = await post(bot, 'stubborn');
    await expect.poll(() => read(stubborn.id)).toMatchObject({ status: 'RETRYING', attempts: [{}, {}] });
    const later = await post(bot, 'later and first');
    await expect.poll(() => world.slack.postsOf(later.id)).toHaveLength(1);
    expect(await read(stubborn.id)).toMatchObject({ status: 'RETRYING', waiting: { reason: 'BACKOFF' } });
    expect((await feed.untilAtRest(stubborn.id)).to).toBe('DELIVERED');
  });
});

describe('a full queue', () => {
  test('refuses with QUEUE_FULL, resends too, and stores nothing, but still takes what is scheduled for later', async () => {
    await connectTeam(ana, 'tight', 'T0GLOBEX');
    const identityId = (await identityOf(ana, 'tight', 'WORKSPACE_BOT')).id;
    const input = { workspaceId: 'tight', sender: { identityId }, channelId: 'C0GLBX0001', text: 'fills' };
    const scheduledFor = new Date(Date.now() + 3_600_000).toISOString();
    const canceled = await accepted(ana, { ...input, scheduledFor });
    await ana.run(CancelNotificationDocument, { input: { id: canceled.id } });
    await world.slack.fault({
      match: { method: 'chat.postMessage', team: 'T0GLOBEX' },
      fault: { type: 'ratelimit', retryAfter: '3600' },
      times: 0,
    });
    const answers = [];
    for (let count = 0; count < 25; count += 1) answers.push(await send(ana, input));
    const full = answers.filter(({ userErrors }) => userErrors.length > 0);
    expect(full.length).toBeGreaterThanOrEqual(4);
    const refused = {
      notification: null,
      userErrors: [{ __typename: 'QueueFullError', code: 'QUEUE_FULL', retryAfterSeconds: 5 }],
    };
    expect(full[0]).toMatchObject(refused);
    const { resendNotification } = await ana.run(ResendNotificationDocument, { input: { id: canceled.id } });
    expect(resendNotification).toMatchObject(refused);
    const [{ count } = { count: 0 }] = await world.database.query<{ count: number }>(
      `select count(*)::int as count from notifications where workspace_id = 'tight'`,
    );
    expect(count).toBe(answers.length - full.length + 1);
    expect((await send(ana, { ...input, scheduledFor })).userErrors).toEqual([]);
  });
});

test('a connection says when it last delivered something', async () => {
  const connection = async () => (await ana.run(ConnectionsDocument, { workspaceId })).connections[0];
  const { id } = await post(bot, 'used');
  await feed.untilStatus(id, 'DELIVERED');
  await expect.poll(async () => (await connection())?.lastUsedAt, { timeout: 15_000 }).not.toBeNull();
});
