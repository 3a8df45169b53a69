import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as documents from '../generated/graphql.ts';
import type { Caller, GraphQLFailure } from '../support/caller.ts';
import { joinAsPerson, openDesk, UNPACED, type Desk, type Person } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';

const { NotificationDocument, NotificationHistoryDocument, ViewerDocument } = documents;
const ELSEWHERE = 'a-workspace-that-does-not-exist';
const TEXTS = {
  byBot: 'by the bot',
  byBen: 'by ben himself',
  forBen: 'for ben, by a service',
  byAna: 'by ana herself',
};

let world: World;
let desk: Desk;
let ana: Person;
let ben: Person;
let service: Caller;
let stranger: Caller;
const ids: Record<string, string> = {};

beforeAll(async () => {
  world = await World.start({ env: UNPACED });
  await world.slack.config({ channelPostsPerSecond: 0 });
  desk = await openDesk(world, 'open');
  ana = await joinAsPerson(world, desk, 'ana', 'U0ACME001', 'ADMIN');
  ben = await joinAsPerson(world, desk, 'ben', 'U0ACME002');
  service = await world.as('service:audits', { '*': 'SERVICE' });
  stranger = await world.as('stranger', { own: 'ADMIN' });
  const { authorizationId } = ben;
  const selection = { workspaceId: 'open', kind: 'PERSONAL_USER', connectionId: desk.connection.id, authorizationId };
  await ben.caller.run(documents.SelectIdentityDocument, { input: selection as documents.SelectIdentityInput });
  const feed = await world.followFromNow(desk.admin, 'open');
  const sends = [
    [desk.admin, desk.message({ text: TEXTS.byBot })],
    [ben.caller, desk.message({ text: TEXTS.byBen, sender: { identityId: ben.identity.id } })],
    [service, desk.message({ text: TEXTS.forBen, sender: { selectedBy: 'ben' } })],
    [ana.caller, desk.message({ text: TEXTS.byAna, sender: { identityId: ana.identity.id } })],
  ] as const;
  for (const [caller, input] of sends) {
    const { id } = await accepted(caller, input);
    ids[input.text] = id;
    await feed.untilAtRest(id);
  }
  feed.stop();
});
afterAll(() => world.stop());

const idOf = (text: string): string => ids[text] ?? '';

/** What a caller is told, without what names the request. */
const told = async (caller: Caller, document: { toString(): string }, variables: object) => {
  const { status, data, errors } = await caller.send(document.toString(), variables);
  const shown = (errors ?? []).map(({ message, path, extensions }: GraphQLFailure) => ({ message, path, extensions }));
  return { status, data, errors: shown };
};

const toldBySocket = async (caller: Caller, document: { toString(): string }, variables: Record<string, unknown>) => {
  const client = caller.socket();
  return new Promise<readonly object[]>((resolve, reject) => {
    client.subscribe(
      { query: document.toString(), variables },
      {
        next: ({ errors }) => resolve((errors ?? []).map(({ message, extensions }) => ({ message, extensions }))),
        error: (error) =>
          Array.isArray(error)
            ? resolve((error as GraphQLFailure[]).map(({ message, extensions }) => ({ message, extensions })))
            : reject(error as Error),
        complete: () => resolve([]),
      },
    );
  });
};

describe('a workspace without a role for the viewer answers the same whether it exists or not', () => {
  const byArgument: [string, { toString(): string }, object][] = [
    ['connections', documents.ConnectionsDocument, {}],
    ['selectedIdentity', documents.SelectedIdentityDocument, {}],
    ['selectedIdentity of another', documents.SelectedIdentityDocument, { userId: 'ben' }],
    ['availableIdentities', documents.AvailableIdentitiesDocument, {}],
    ['notificationHistory', NotificationHistoryDocument, {}],
    ['notificationHistory of one identity', NotificationHistoryDocument, { filter: { identityId: randomUUID() } }],
    ['eventTypes', documents.EventTypesDocument, {}],
    ['deliveryStats', documents.DeliveryStatsDocument, { since: '2026-01-01T00:00:00Z' }],
  ];
  const byInput: [string, { toString(): string }, () => object][] = [
    ['beginSlackInstall', documents.BeginSlackInstallDocument, () => ({ intent: 'WORKSPACE' })],
    [
      'beginSlackInstall, personal',
      documents.BeginSlackInstallDocument,
      () => ({ intent: 'PERSONAL', connectionId: desk.connection.id }),
    ],
    [
      'selectIdentity',
      documents.SelectIdentityDocument,
      () => ({ kind: 'WORKSPACE_BOT', connectionId: desk.connection.id }),
    ],
    ['clearIdentity', documents.ClearIdentityDocument, () => ({})],
    ['sendNotification', documents.SendNotificationDocument, () => desk.message()],
    [
      'sendNotification, with a key',
      documents.SendNotificationDocument,
      () => desk.message({ idempotencyKey: 'a-key', text: '' }),
    ],
  ];
  test.each(byArgument)('%s', async (_name, document, rest) => {
    const existing = await told(stranger, document, { workspaceId: 'open', ...rest });
    expect(existing.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(existing).toEqual(await told(stranger, document, { workspaceId: ELSEWHERE, ...rest }));
  });

  test.each(byInput)('%s', async (_name, document, rest) => {
    const existing = await told(stranger, document, { input: { ...rest(), workspaceId: 'open' } });
    expect(existing.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(existing).toEqual(await told(stranger, document, { input: { ...rest(), workspaceId: ELSEWHERE } }));
  });

  test('deliveryStatusChanged', async () => {
    const document = documents.DeliveryStatusChangedDocument;
    const existing = await toldBySocket(stranger, document, { workspaceId: 'open' });
    expect(existing).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(existing).toEqual(await toldBySocket(stranger, document, { workspaceId: ELSEWHERE }));
    const withMore = { notificationId: idOf(TEXTS.byBot), after: 'no cursor' };
    expect(existing).toEqual(await toldBySocket(stranger, document, { workspaceId: 'open', ...withMore }));
  });
});

describe('an id that may not be seen answers exactly as one that does not exist', () => {
  const random = randomUUID();
  const cases: [string, { toString(): string }, () => string, (id: string) => object][] = [
    ['notification', NotificationDocument, () => idOf(TEXTS.byBot), (id) => ({ id })],
    ['connection', documents.ConnectionDocument, () => desk.connection.id, (id) => ({ id })],
    ['cancelNotification', documents.CancelNotificationDocument, () => idOf(TEXTS.byBot), (id) => ({ input: { id } })],
    ['disconnect', documents.DisconnectDocument, () => desk.connection.id, (id) => ({ input: { id } })],
    ['disconnect of a person', documents.DisconnectDocument, () => ben.authorizationId, (id) => ({ input: { id } })],
    ['channels of a bot', documents.ChannelsDocument, () => desk.bot.id, (identityId) => ({ identityId })],
    ['channels of a person', documents.ChannelsDocument, () => ben.identity.id, (identityId) => ({ identityId })],
    ['channel', documents.ChannelDocument, () => desk.bot.id, (identityId) => ({ identityId, id: 'C0ACME0001' })],
    [
      'refreshChannels',
      documents.RefreshChannelsDocument,
      () => desk.bot.id,
      (identityId) => ({ input: { identityId } }),
    ],
    [
      'sendNotification in the own workspace',
      documents.SendNotificationDocument,
      () => desk.bot.id,
      (identityId) => ({ input: desk.message({ workspaceId: 'own', sender: { identityId } }) }),
    ],
    [
      'selectIdentity in the own workspace',
      documents.SelectIdentityDocument,
      () => desk.connection.id,
      (connectionId) => ({ input: { workspaceId: 'own', kind: 'WORKSPACE_BOT', connectionId } }),
    ],
    [
      'beginSlackInstall in the own workspace',
      documents.BeginSlackInstallDocument,
      () => desk.connection.id,
      (connectionId) => ({ input: { workspaceId: 'own', intent: 'PERSONAL', connectionId } }),
    ],
  ];

  test.each(cases)('%s, for a stranger', async (_name, document, foreign, variables) => {
    const answer = await told(stranger, document, variables(foreign()));
    expect(answer).toEqual(await told(stranger, document, variables(random)));
    expect(answer).toEqual(await told(stranger, document, variables('not-even-an-id')));
    expect(JSON.stringify(answer)).toMatch(/NOT_FOUND|WORKSPACE_CONNECTION_REQUIRED|null/);
    expect(JSON.stringify(answer)).not.toContain('INTERNAL');
  });

  const personal = cases.filter(([name]) => name === 'channels of a person');
  test.each(personal)('%s, for an admin of the workspace', async (_name, document, foreign, variables) => {
    const answer = await told(desk.admin, document, variables(foreign()));
    expect(answer.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    expect(answer).toEqual(await told(desk.admin, document, variables(random)));
    expect(answer).toEqual(await told(service, document, variables(foreign())));
  });

  test('a channel of somebody else is null, for a stranger and for an admin', async () => {
    const id = 'C0ACME0001';
    const none = { channel: null };
    expect(await stranger.run(documents.ChannelDocument, { identityId: desk.bot.id, id })).toEqual(none);
    expect(await desk.admin.run(documents.ChannelDocument, { identityId: ben.identity.id, id })).toEqual(none);
  });

  test('a notification of somebody else, for a member: null, not cancelable, not to be followed', async () => {
    const id = idOf(TEXTS.byAna);
    expect(await ben.caller.run(NotificationDocument, { id })).toEqual({ notification: null });
    const document = documents.CancelNotificationDocument;
    const canceled = await told(ben.caller, document, { input: { id } });
    expect(canceled.data).toMatchObject({ cancelNotification: { userErrors: [{ code: 'NOT_FOUND' }] } });
    expect(canceled).toEqual(await told(ben.caller, document, { input: { id: random } }));
    const follow = documents.DeliveryStatusChangedDocument;
    const followed = await toldBySocket(ben.caller, follow, { workspaceId: 'open', notificationId: id });
    expect(followed).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    expect(followed).toEqual(await toldBySocket(ben.caller, follow, { workspaceId: 'open', notificationId: random }));
  });

  test('sending as another person: the identity does not exist, for an admin and a service alike', async () => {
    const document = documents.SendNotificationDocument;
    for (const caller of [desk.admin, service]) {
      const as = (identityId: string) => ({ input: desk.message({ sender: { identityId } }) });
      const foreign = await told(caller, document, as(ben.identity.id));
      expect(foreign.data).toMatchObject({
        sendNotification: { notification: null, userErrors: [{ code: 'NOT_FOUND' }] },
      });
      expect(foreign).toEqual(await told(caller, document, as(random)));
    }
  });
});

describe('what a viewer sees of the notifications', () => {
  const everything = Object.values(TEXTS);
  const forBen = [TEXTS.byBot, TEXTS.byBen, TEXTS.forBen];
  const viewers: [string, () => Caller | Promise<Caller>, string[]][] = [
    ['an admin sees all', () => desk.admin, everything],
    ['a service with * sees all', () => service, everything],
    ['a member sees the bot’s, their own requests and those made for them', () => ben.caller, forBen],
    ['another member sees the bot’s only', () => world.as('cy', { open: 'MEMBER' }), [TEXTS.byBot]],
    ['a service of one workspace sees all of it', () => world.as('service:one', { open: 'SERVICE' }), everything],
    ['an admin elsewhere sees nothing', () => stranger, []],
  ];

  test.each(viewers)('%s', async (_name, who, texts) => {
    const viewer = await who();
    if (texts.length > 0) {
      const history = await viewer.run(NotificationHistoryDocument, { workspaceId: 'open' });
      expect(history.notificationHistory.nodes.map(({ text }) => text)).toEqual([...texts].reverse());
    }
    for (const text of everything) {
      const { notification } = await viewer.run(NotificationDocument, { id: idOf(text) });
      expect(notification?.text).toBe(texts.includes(text) ? text : undefined);
    }
  });

  test.each(viewers.slice(0, 5))('%s, live', async (_name, who, texts) => {
    const viewer = await who();
    const first = await desk.admin.run(NotificationDocument, { id: idOf(TEXTS.byBot) });
    const after = first.notification?.timeline[0]?.cursor as string;
    const feed = world.follow(viewer, { workspaceId: 'open', after });
    // What comes last is the bot's, so that everybody sees the end of the replay.
    const { id } = await accepted(desk.admin, desk.message({ text: 'the end' }));
    await feed.untilAtRest(id);
    const seen = new Set(feed.changes.map(({ notification }) => notification.text));
    expect([...seen].filter((text) => text !== 'the end')).toEqual(texts);
    feed.stop();
  });
});

test('a member may see the bot’s notification and not cancel it', async () => {
  const scheduledFor = new Date(Date.now() + 3_600_000).toISOString();
  const { id } = await accepted(desk.admin, desk.message({ scheduledFor, text: 'later' }));
  const document = documents.CancelNotificationDocument;
  expect(await ben.caller.failureCodes(document, { input: { id } })).toEqual(['FORBIDDEN']);
  const own = await accepted(ben.caller, desk.message({ scheduledFor, text: 'ben’s, later' }));
  const canceled = await ben.caller.run(document, { input: { id: own.id } });
  expect(canceled.cancelNotification.notification).toMatchObject({ status: 'CANCELED' });
  const byAdmin = await desk.admin.run(document, { input: { id } });
  expect(byAdmin.cancelNotification.notification).toMatchObject({ status: 'CANCELED' });
});

test('a member cannot send by the selection of somebody else, an admin and a service can', async () => {
  const input = desk.message({ sender: { selectedBy: 'ben' } });
  const member = await world.as('cy', { open: 'MEMBER' });
  const refused = await told(member, documents.SendNotificationDocument, { input });
  expect(refused.data).toMatchObject({
    sendNotification: { notification: null, userErrors: [{ code: 'IDENTITY_NOT_YOURS' }] },
  });
  for (const caller of [desk.admin, service]) {
    expect(await accepted(caller, input)).toMatchObject({ postedAs: 'ben', selectedBy: 'ben' });
  }
});

test('the viewer is who the token says, in every operation of one request', async () => {
  const { viewer } = await ben.caller.run(ViewerDocument, {});
  expect(viewer).toEqual({ userId: 'ben', memberships: [{ workspaceId: 'open', role: 'MEMBER' }] });
});
