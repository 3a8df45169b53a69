import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { NotificationDocument, ResendNotificationDocument, ResolveUnconfirmedDocument } from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import type { StatusFeed } from '../support/status-feed.ts';
import { accepted, connectTeam, identityOf, install, World } from '../support/world.ts';

const workspaceId = 'demo';
/** The bot cannot read it, so a lost answer there ends UNCONFIRMED. */
const RANDOM = 'C0ACME0002';

let world: World;
let ana: Caller;
let ben: Caller;
let robot: Caller;
let feed: StatusFeed;
let bot: string;

beforeAll(async () => {
  world = await World.start({ env: { SLACK_TIMEOUT_MS: '1000', CONFIRM_SETTLE_SECONDS: '1', CHANNEL_BURST: '50' } });
  await world.slack.config({ channelPostsPerSecond: 0 });
  ana = await world.as('ana', { [workspaceId]: 'ADMIN' });
  ben = await world.as('ben', { [workspaceId]: 'MEMBER' });
  robot = await world.as('service:robot', { [workspaceId]: 'SERVICE' });
  await connectTeam(ana, workspaceId, 'T0ACME');
  bot = (await identityOf(ana, workspaceId, 'WORKSPACE_BOT')).id;
  feed = await world.followFromNow(ana, workspaceId);
});
afterEach(() => world.slack.clearFaults());
afterAll(() => world.stop());

const fault = (type: string, more: Record<string, unknown> = {}) =>
  world.slack.fault({ match: { method: 'chat.postMessage', channel: RANDOM }, fault: { type, ...more } });

const post = (caller: Caller, text: string) =>
  accepted(caller, { workspaceId, sender: { identityId: bot }, channelId: RANDOM, text });

/** A notification whose answer was lost and that nobody could look up. */
const unconfirmed = async (caller: Caller, text: string) => {
  await fault('reset_after');
  const { id } = await post(caller, text);
  expect((await feed.untilAtRest(id)).to).toBe('UNCONFIRMED');
  return id;
};

const failed = async (caller: Caller, text: string) => {
  await fault('error', { error: 'is_archived' });
  const { id } = await post(caller, text);
  expect((await feed.untilAtRest(id)).to).toBe('FAILED');
  return id;
};

const resend = async (caller: Caller, id: string, reason?: string) =>
  (await caller.run(ResendNotificationDocument, { input: { id, ...(reason && { reason }) } })).resendNotification;
const resolve = async (caller: Caller, id: string, messageIsThere: boolean) =>
  (await caller.run(ResolveUnconfirmedDocument, { input: { id, messageIsThere } })).resolveUnconfirmed;
const read = async (id: string) => (await ana.run(NotificationDocument, { id })).notification;

describe('resending', () => {
  test('makes a new notification that names the old one, with the reason and who asked', async () => {
    const old = await failed(ben, 'archived then');
    const { notification, userErrors } = await resend(ana, old, 'the channel is open again');
    expect(userErrors).toEqual([]);
    expect(notification).toMatchObject({
      text: 'archived then',
      resendOf: { id: old },
      resendReason: 'the channel is open again',
      requestedBy: 'ana',
      status: 'QUEUED',
    });
    expect((await feed.untilAtRest(notification?.id ?? '')).to).toBe('DELIVERED');
    expect((await read(old))?.resentAs).toEqual({ id: notification?.id });
  });

  test('works once: a second one is refused, also of ten at the same moment', async () => {
    const old = await failed(ana, 'once');
    const answers = await Promise.all(Array.from({ length: 10 }, () => resend(ana, old)));
    const made = answers.filter(({ userErrors }) => userErrors.length === 0);
    expect(made).toHaveLength(1);
    const codes = answers.flatMap(({ userErrors }) => userErrors.map(({ code }) => code));
    expect(codes).toEqual(Array.from({ length: 9 }, () => 'NOT_RESENDABLE'));
  });

  test('is for FAILED, CANCELED and UNCONFIRMED only', async () => {
    const { id } = await post(ana, 'delivered');
    await feed.untilAtRest(id);
    expect((await resend(ana, id)).userErrors).toMatchObject([{ code: 'NOT_RESENDABLE' }]);
    const lost = await unconfirmed(ana, 'lost');
    expect((await resend(ana, lost)).userErrors).toEqual([]);
  });

  test('is refused where the message turns out to be there at that very moment', async () => {
    const id = await unconfirmed(ana, 'there after all');
    const writer = new pg.Client({ connectionString: world.database.url });
    await writer.connect();
    onTestFinished(() => writer.end());
    await writer.query('begin');
    const arrive = `update notifications set status = 'DELIVERED', delivered_at = now(), finished_at = now(), failure_code = null,
      failure_detail = null where id = $1`;
    await writer.query(arrive, [id]);
    const resending = resend(ana, id);
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(() => world.database.query(waiting)).not.toEqual([]);
    await writer.query('commit');
    const { userErrors } = await resending;
    expect(userErrors).toMatchObject([{ code: 'NOT_RESENDABLE', message: expect.stringContaining('It is DELIVERED') }]);
    expect((await read(id))?.resentAs).toBeNull();
  });

  test('takes a reason of 1,000 characters, however they are stored, and no longer one', async () => {
    const id = await failed(ana, 'with a reason');
    const tooLong = await resend(ana, id, '\u{1F389}'.repeat(1001));
    expect(tooLong.userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: ['input', 'reason'] }]);
    expect((await resend(ana, id, '\u{1F389}'.repeat(1000))).userErrors).toEqual([]);
  });

  test('as a person is that person’s alone, an admin’s as little as a service’s', async () => {
    const { connection } = (await read((await post(ana, 'for its connection')).id))?.identity
      ? { connection: (await identityOf(ana, workspaceId, 'WORKSPACE_BOT')).connection }
      : { connection: { id: '' } };
    await install(
      ben,
      { workspaceId, intent: 'PERSONAL', connectionId: connection.id },
      { team: 'T0ACME', user: 'U0ACME002' },
    );
    const person = await identityOf(ben, workspaceId, 'PERSONAL_USER');
    await world.slack.fault({
      match: { method: 'chat.postMessage', channel: 'C0ACME0001' },
      fault: { type: 'error', error: 'is_archived' },
    });
    const { id } = await accepted(ben, {
      workspaceId,
      sender: { identityId: person.id },
      channelId: 'C0ACME0001',
      text: 'mine',
    });
    await feed.untilAtRest(id);
    for (const other of [ana, robot]) {
      expect((await resend(other, id)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    }
    expect((await resend(ben, id)).userErrors).toEqual([]);
  });
});

describe('an unconfirmed notification', () => {
  test('becomes DELIVERED when a person saw the message', async () => {
    const id = await unconfirmed(ana, 'it is there');
    const { notification, userErrors } = await resolve(ana, id, true);
    expect(userErrors).toEqual([]);
    expect(notification).toMatchObject({ status: 'DELIVERED', failure: null });
    // It arrived when it was sent, however late somebody looked.
    const shown = await read(id);
    expect(shown?.deliveredAt).toBe(shown?.sentAt);
    expect((await feed.untilStatus(id, 'DELIVERED')).from).toBe('UNCONFIRMED');
  });

  test('becomes FAILED when a person looked and it is not there', async () => {
    const id = await unconfirmed(ana, 'it is not');
    const remedy = 'Resend it if it is still wanted.';
    expect((await resolve(ana, id, false)).notification).toMatchObject({
      status: 'FAILED',
      failure: { code: 'OUTCOME_UNKNOWN', remedy },
    });
    expect((await feed.untilStatus(id, 'FAILED')).failure).toMatchObject({ remedy });
  });

  test('is resolved by an admin or by the member who requested it, and by nobody else', async () => {
    const id = await unconfirmed(ana, 'ana’s');
    for (const caller of [ben, robot]) {
      expect(await caller.failureCodes(ResolveUnconfirmedDocument, { input: { id, messageIsThere: true } })).toEqual([
        'FORBIDDEN',
      ]);
    }
    const own = await unconfirmed(ben, 'ben’s');
    expect((await resolve(ben, own, true)).userErrors).toEqual([]);
  });

  test('is resolved once', async () => {
    const id = await unconfirmed(ana, 'twice');
    await resolve(ana, id, true);
    expect((await resolve(ana, id, false)).userErrors).toMatchObject([{ code: 'NOT_UNCONFIRMED' }]);
    expect((await read(id))?.status).toBe('DELIVERED');
  });
});
