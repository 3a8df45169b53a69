import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  CancelNotificationDocument,
  EventTypesDocument,
  NotificationDocument,
  NotificationHistoryDocument,
  PreflightDocument,
  ResendNotificationDocument,
  ResolveUnconfirmedDocument,
  SaveEventTypeDocument,
  SelectIdentityDocument,
  type SendNotificationInput,
} from '../generated/graphql.ts';
import { ConnectionFeed } from '../support/connection-feed.ts';
import type { Caller } from '../support/caller.ts';
import { joinAsPerson, openDesk, UNPACED, type Desk, type Person } from '../support/desk.ts';
import type { StatusFeed } from '../support/status-feed.ts';
import { accepted, World } from '../support/world.ts';
import { triggersOf } from './trigger-steps.ts';

const WORKSPACE = 'roles';
const GENERAL = 'C0ACME0001';
/** The bot cannot read it, so a lost answer there ends UNCONFIRMED. */
const RANDOM = 'C0ACME0002';
const RANDOM_ID = '0198c0de-0000-7000-8000-000000000000';

let world: World;
let desk: Desk;
let admin: Caller;
let service: Caller;
let other: Caller;
let ben: Person;
let feed: StatusFeed;

beforeAll(async () => {
  const timing = { SLACK_TIMEOUT_MS: '1000', CONFIRM_SETTLE_SECONDS: '1' };
  world = await World.start({ env: { ...UNPACED, ...timing } });
  await world.slack.config({ channelPostsPerSecond: 0 });
  desk = await openDesk(world, WORKSPACE);
  admin = desk.admin;
  service = await world.as('service:app', { [WORKSPACE]: 'SERVICE' });
  other = await world.as('other', { [WORKSPACE]: 'MEMBER' });
  ben = await joinAsPerson(world, desk, 'ben', 'U0ACME002');
  const { authorizationId } = ben;
  const choice = { workspaceId: WORKSPACE, connectionId: desk.connection.id, defaultChannelId: GENERAL } as const;
  await ben.caller.run(SelectIdentityDocument, { input: { ...choice, kind: 'PERSONAL_USER', authorizationId } });
  feed = await world.followFromNow(admin, WORKSPACE);
});
afterEach(() => world.slack.clearFaults());
afterAll(() => world.stop());

const asBen = (but: Partial<SendNotificationInput> = {}) =>
  desk.message({ sender: { identityId: ben.identity.id }, ...but });
const forBen = (but: Partial<SendNotificationInput> = {}) => desk.message({ sender: { selectedBy: 'ben' }, ...but });
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

let failures = 0;
/** Slack refuses it, and nothing else: what is resent may be on its way at the same time. */
const failed = async (caller: Caller, input: SendNotificationInput): Promise<string> => {
  const text = `doomed ${(failures += 1)}.`;
  const match = { method: 'chat.postMessage', textIncludes: text };
  await world.slack.fault({ match, fault: { type: 'error', error: 'is_archived' } });
  const { id } = await accepted(caller, { ...input, text });
  expect((await feed.untilAtRest(id)).to).toBe('FAILED');
  return id;
};

/** One whose answer was lost, in a channel that nobody here can read. */
const unconfirmed = async (caller: Caller): Promise<string> => {
  const match = { method: 'chat.postMessage', channel: RANDOM };
  await world.slack.fault({ match, fault: { type: 'reset_after' } });
  const { id } = await accepted(caller, desk.message({ channelId: RANDOM }));
  expect((await feed.untilAtRest(id)).to).toBe('UNCONFIRMED');
  return id;
};

/** What a mutation of one notification says: nothing, the code of its error, or that of the whole request. */
const outcomeOf = async (caller: Caller, document: { toString(): string }, input: object): Promise<string> => {
  const { data, errors } = await caller.send<Record<string, { userErrors: { code: string }[] }>>(document.toString(), {
    input,
  });
  if (errors) return errors[0]?.extensions.code ?? 'an error';
  return Object.values(data ?? {})[0]?.userErrors[0]?.code ?? 'yes';
};

describe('who may do what with notifications', () => {
  test('see notifications, subscribe: a member what they requested, what was made for them, and the bot’s; admin and service all', async () => {
    const after = await world.cursorOfNow(admin, WORKSPACE);
    const ids = {
      bots: (await accepted(admin, desk.message())).id,
      requested: (await accepted(ben.caller, asBen())).id,
      madeFor: (await accepted(service, forBen())).id,
    };
    const all = [ids.bots, ids.requested, ids.madeFor];
    for (const id of all) await feed.untilAtRest(id);
    for (const [caller, seen] of [
      [other, [ids.bots]],
      [ben.caller, all],
      [admin, all],
      [service, all],
    ] as const) {
      const { notificationHistory } = await caller.run(NotificationHistoryDocument, { workspaceId: WORKSPACE });
      const listed = notificationHistory.nodes.map(({ id }) => id).filter((id) => all.includes(id));
      expect(listed.toReversed()).toEqual(seen);
      for (const id of all) {
        const { notification } = await caller.run(NotificationDocument, { id });
        expect(notification?.id).toBe(seen.includes(id) ? id : undefined);
      }
      const replay = world.follow(caller, { workspaceId: WORKSPACE, after });
      await replay.until(() => seen.every((id) => replay.of(id).some(({ to }) => to === 'DELIVERED')));
      expect(new Set(replay.changes.map(({ notification }) => notification.id))).toEqual(new Set(seen));
      replay.stop();
    }
  });

  test('a resend that the viewer may not see is not shown by the notification that it repeats either', async () => {
    const dan = await world.as('dan', { [WORKSPACE]: 'ADMIN' });
    const old = await failed(dan, forBen());
    const { resendNotification } = await ben.caller.run(ResendNotificationDocument, { input: { id: old } });
    const resent = resendNotification.notification?.id ?? '';
    const member = await world.as('dan', { [WORKSPACE]: 'MEMBER' });
    for (const [caller, seen] of [
      [dan, { id: resent }],
      [ben.caller, { id: resent }],
      [member, null],
    ] as const) {
      // In one request: what one may see of a batch says nothing of the next.
      const both = `query ($old: ID!, $resent: ID!) {
        old: notification(id: $old) { id resentAs { id } } resent: notification(id: $resent) { id }
      }`;
      const { data } = await caller.send<Record<string, unknown>>(both, { old, resent });
      expect(data).toEqual({ old: { id: old, resentAs: seen }, resent: seen });
    }
  });

  test('connectionStatusChanged: a member connections and their own authorizations; admin and service all', async () => {
    const after = await world.cursorOfNow(admin, WORKSPACE);
    const cy = await joinAsPerson(world, desk, 'cy', 'U0ACME003');
    const own = await joinAsPerson(world, desk, 'ann', 'U0ACME001', 'ADMIN');
    const last = await joinAsPerson(world, desk, 'dora', 'U0ACME004');
    const everybody = [cy, own, last].map(({ authorizationId }) => authorizationId);
    for (const [caller, seen] of [
      [cy.caller, [cy.authorizationId]],
      [last.caller, [last.authorizationId]],
      [admin, everybody],
      [service, everybody],
    ] as const) {
      const changes = new ConnectionFeed(caller.socket(), { workspaceId: WORKSPACE, after });
      const told = await changes.first(seen.length);
      expect(told.map(({ authorization }) => authorization?.id)).toEqual(seen);
      changes.stop();
    }
  });

  test('preflight with identityId: the bot by any role, a person by that person alone; else NOT_FOUND as for a random id', async () => {
    for (const caller of [other, admin, service]) {
      expect((await caller.run(PreflightDocument, { input: desk.message() })).preflight.wouldDeliver).toBe(true);
    }
    expect((await ben.caller.run(PreflightDocument, { input: asBen() })).preflight.wouldDeliver).toBe(true);
    const random = desk.message({ sender: { identityId: RANDOM_ID } });
    for (const caller of [other, admin, service]) {
      const [foreign, unknown] = [
        await caller.send(PreflightDocument.toString(), { input: asBen() }),
        await caller.send(PreflightDocument.toString(), { input: random }),
      ];
      expect(foreign.errors?.map(({ message, extensions }) => [message, extensions.code])).toEqual(
        unknown.errors?.map(({ message, extensions }) => [message, extensions.code]),
      );
      expect(foreign.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    }
  });

  test("preflight with selectedBy: a member for themself, admin and service for any user's selection", async () => {
    for (const caller of [ben.caller, admin, service]) {
      const { preflight } = await caller.run(PreflightDocument, { input: forBen({ channelId: null }) });
      expect(preflight).toMatchObject({ wouldDeliver: true, postsAs: 'ben' });
    }
    const refused = (await other.run(PreflightDocument, { input: forBen() })).preflight;
    expect(refused).toMatchObject({ wouldDeliver: false, postsAs: null });
  });

  test('trigger, test with identityId: the bot by any role, a person by that person alone', async () => {
    const { trigger, testEvent } = triggersOf(desk);
    const own = { sender: { identityId: ben.identity.id } };
    for (const act of [trigger, testEvent]) {
      for (const caller of [other, admin, service]) {
        expect((await act({}, caller)).userErrors).toEqual([]);
        expect((await act(own, caller)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
      }
      expect((await act(own, ben.caller)).userErrors).toEqual([]);
    }
  });

  test("trigger, test with selectedBy: a member for themself, admin and service for any user's selection", async () => {
    const { trigger, testEvent } = triggersOf(desk);
    const selected = { sender: { selectedBy: 'ben' } };
    for (const act of [trigger, testEvent]) {
      for (const caller of [ben.caller, admin, service]) expect((await act(selected, caller)).userErrors).toEqual([]);
      expect((await act(selected, other)).userErrors).toMatchObject([{ code: 'IDENTITY_NOT_YOURS' }]);
    }
  });

  test('see event types: any role; save event types: admin only', async () => {
    for (const caller of [other, admin, service]) {
      const { eventTypes } = await caller.run(EventTypesDocument, { workspaceId: WORKSPACE });
      expect(eventTypes.length).toBeGreaterThan(0);
    }
    const texts = { title: 'Own', template: 'x', fallback: 'x', priority: 'NORMAL', sampleContext: {} } as const;
    const input = { workspaceId: WORKSPACE, key: 'own', ...texts };
    for (const caller of [other, service])
      expect(await caller.failureCodes(SaveEventTypeDocument, { input })).toEqual(['FORBIDDEN']);
    expect((await admin.run(SaveEventTypeDocument, { input })).saveEventType.userErrors).toEqual([]);
  });

  test('cancel: a member their own requests; admin and service all', async () => {
    const scheduled = async (caller: Caller, input: SendNotificationInput) => (await accepted(caller, input)).id;
    const later = { scheduledFor: inAnHour() };
    const cancel = (caller: Caller, id: string) => outcomeOf(caller, CancelNotificationDocument, { id });
    expect(await cancel(ben.caller, await scheduled(ben.caller, asBen(later)))).toBe('yes');
    const ofBot = await scheduled(admin, desk.message(later));
    expect(await cancel(ben.caller, ofBot)).toBe('FORBIDDEN');
    const madeForBen = await scheduled(service, forBen(later));
    expect(await cancel(ben.caller, madeForBen)).toBe('FORBIDDEN');
    const ofBen = await scheduled(ben.caller, asBen(later));
    expect(await cancel(other, ofBen)).toBe(await cancel(other, RANDOM_ID));
    expect([await cancel(admin, ofBot), await cancel(admin, ofBen)]).toEqual(['yes', 'yes']);
    const ofMember = await scheduled(other, desk.message(later));
    expect([await cancel(service, madeForBen), await cancel(service, ofMember)]).toEqual(['yes', 'yes']);
  });

  test('resend: as sending with that identity', async () => {
    const resend = (caller: Caller, id: string) => outcomeOf(caller, ResendNotificationDocument, { id });
    for (const caller of [other, admin, service])
      expect(await resend(caller, await failed(admin, desk.message()))).toBe('yes');
    const asPerson = await failed(ben.caller, asBen());
    for (const caller of [other, admin, service]) expect(await resend(caller, asPerson)).toBe('NOT_FOUND');
    expect(await resend(ben.caller, asPerson)).toBe('yes');
    const bySelection = await failed(service, forBen());
    expect(await resend(other, bySelection)).toBe('NOT_FOUND');
    expect(await resend(ben.caller, bySelection)).toBe('yes');
    for (const caller of [admin, service])
      expect(await resend(caller, await failed(service, forBen()))).toBe('NOT_FOUND');
  });

  test('resolve UNCONFIRMED: a member their own requests, an admin all, a service none', async () => {
    const resolve = (caller: Caller, id: string) =>
      outcomeOf(caller, ResolveUnconfirmedDocument, { id, messageIsThere: true });
    const ofAdmin = await unconfirmed(admin);
    expect([await resolve(other, ofAdmin), await resolve(service, ofAdmin)]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect(await resolve(admin, ofAdmin)).toBe('yes');
    expect(await resolve(other, await unconfirmed(other))).toBe('yes');
    expect(await resolve(admin, await unconfirmed(other))).toBe('yes');
    expect(await resolve(service, await unconfirmed(service))).toBe('FORBIDDEN');
  });
});
