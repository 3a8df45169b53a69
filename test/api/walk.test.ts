import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  AvailableIdentitiesDocument,
  ChannelsDocument,
  ConnectionsDocument,
  DisconnectDocument,
  NotificationDocument,
  NotificationHistoryDocument,
  SelectIdentityDocument,
} from '../generated/graphql.ts';
import { accepted, identityOf, install, RETURN_TO, send, travel, World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

test('the main job: connect Slack, choose an identity, send, watch it arrive, disconnect', async () => {
  const ana = await world.as('ana', { demo: 'ADMIN' });
  const workspaceId = 'demo';

  const denied = await travel(ana, { workspaceId, intent: 'WORKSPACE' }, { decision: 'deny' });
  expect(denied.origin + denied.pathname).toBe(RETURN_TO);
  expect(Object.fromEntries(denied.searchParams)).toEqual({ status: 'failed', code: 'ACCESS_DENIED' });

  const { connection } = await install(ana, { workspaceId, intent: 'WORKSPACE' }, { team: 'T0ACME' });
  expect(connection).toMatchObject({ status: 'ACTIVE', team: { id: 'T0ACME', name: 'Acme' }, missingScopes: [] });
  const { connections } = await ana.run(ConnectionsDocument, { workspaceId });
  expect(connections.map(({ id }) => id)).toEqual([connection.id]);

  const personal = { workspaceId, intent: 'PERSONAL', connectionId: connection.id } as const;
  const elsewhere = await travel(ana, personal, { team: 'T0GLOBEX', user: 'U0GLBX001' });
  expect(elsewhere.searchParams.get('code')).toBe('TEAM_MISMATCH');
  const { authorization } = await install(ana, personal, { team: 'T0ACME', user: 'U0ACME002' });
  expect(authorization).toMatchObject({ slackUserId: 'U0ACME002', userId: 'ana', status: 'ACTIVE' });

  const { availableIdentities } = await ana.run(AvailableIdentitiesDocument, { workspaceId });
  expect(availableIdentities.map(({ kind, usable }) => [kind, usable])).toEqual([
    ['WORKSPACE_BOT', true],
    ['PERSONAL_USER', true],
  ]);
  const bot = await identityOf(ana, workspaceId, 'WORKSPACE_BOT');
  const person = await identityOf(ana, workspaceId, 'PERSONAL_USER');

  for (const identity of [bot, person]) {
    const first = await ana.run(ChannelsDocument, { identityId: identity.id, first: 5 });
    expect(first.channels.directory).toMatchObject({ complete: true, gaps: [] });
    expect(first.channels.nodes).toHaveLength(5);
    const after = first.channels.pageInfo.endCursor;
    const second = await ana.run(ChannelsDocument, { identityId: identity.id, first: 5, after });
    const ids = [...first.channels.nodes, ...second.channels.nodes].map(({ id }) => id);
    expect(new Set(ids).size).toBe(10);
    const found = await ana.run(ChannelsDocument, { identityId: identity.id, search: 'GENER' });
    expect(found.channels.nodes.map(({ name }) => name)).toEqual(['general']);
  }

  const input = {
    workspaceId,
    kind: 'WORKSPACE_BOT',
    connectionId: connection.id,
    defaultChannelId: 'C0ACME0003',
  } as const;
  const { selectIdentity } = await ana.run(SelectIdentityDocument, { input });
  expect(selectIdentity.userErrors).toEqual([]);
  expect(selectIdentity.selection).toMatchObject({
    identity: { id: bot.id },
    defaultChannel: { id: 'C0ACME0003', name: 'website-audits', postable: 'YES' },
  });

  const feed = await world.followFromNow(ana, workspaceId);
  const asBot = await accepted(ana, {
    workspaceId,
    sender: { identityId: bot.id },
    channelId: 'C0ACME0001',
    text: 'from the bot',
  });
  const once = {
    workspaceId,
    sender: { identityId: person.id },
    channelId: 'C0ACME0001',
    text: 'from a person',
    idempotencyKey: 'walk-1',
  };
  const asPerson = await accepted(ana, once);
  const byDefault = await accepted(ana, { workspaceId, sender: { selectedBy: 'ana' }, text: 'to the default channel' });
  for (const { id } of [asBot, asPerson, byDefault]) {
    await feed.untilAtRest(id);
    expect(feed.of(id).map(({ from, to }) => [from, to])).toEqual([
      [null, 'QUEUED'],
      ['QUEUED', 'SENDING'],
      ['SENDING', 'DELIVERED'],
    ]);
  }
  expect(new Set(feed.changes.map(({ cursor }) => cursor)).size).toBe(9);

  const posts = await world.slack.ledger();
  expect(posts.map(({ channel, text, token_kind }) => [channel, text, token_kind])).toEqual([
    ['C0ACME0001', 'from the bot', 'bot'],
    ['C0ACME0001', 'from a person', 'user'],
    ['C0ACME0003', 'to the default channel', 'bot'],
  ]);
  expect(posts[1]?.user).toBe('U0ACME002');

  const { notification } = await ana.run(NotificationDocument, { id: asPerson.id });
  expect(notification).toMatchObject({
    status: 'DELIVERED',
    postedAs: 'ben',
    slackMessageTs: posts[1]?.ts,
    attemptCount: 1,
  });
  expect(notification?.attempts).toMatchObject([{ number: 1, outcome: 'DELIVERED', httpStatus: 200 }]);
  expect(notification?.timeline.map(({ to }) => to)).toEqual(['QUEUED', 'SENDING', 'DELIVERED']);
  const permalink = await fetch(notification?.permalink as string);
  expect(await permalink.text()).toContain('from a person');

  const { notificationHistory } = await ana.run(NotificationHistoryDocument, { workspaceId });
  expect(notificationHistory.nodes.map(({ id }) => id)).toEqual([byDefault.id, asPerson.id, asBot.id]);

  const again = await send(ana, once);
  expect(again).toMatchObject({ deduplicated: true, notification: { id: asPerson.id }, userErrors: [] });
  const conflict = await send(ana, { ...once, text: 'another text' });
  expect(conflict).toMatchObject({
    notification: null,
    userErrors: [
      { __typename: 'IdempotencyConflictError', code: 'IDEMPOTENCY_CONFLICT', existing: { id: asPerson.id } },
    ],
  });

  const later = { scheduledFor: new Date(Date.now() + 3_600_000).toISOString() };
  const queued = await accepted(ana, { ...once, ...later, idempotencyKey: 'walk-2' });
  const { disconnect } = await ana.run(DisconnectDocument, { input: { id: connection.id } });
  expect(disconnect).toMatchObject({
    connection: { status: 'DISCONNECTED' },
    revokedAtSlack: true,
    canceledNotifications: 1,
    clearedIdentities: 1,
    userErrors: [],
  });
  const canceled = await feed.untilAtRest(queued.id);
  expect(canceled).toMatchObject({ to: 'CANCELED', failure: { code: 'CANCELED_BY_DISCONNECT' } });
  expect((await world.slack.tokens()).every(({ revoked }) => revoked)).toBe(true);

  const refused = await send(ana, {
    workspaceId,
    sender: { identityId: bot.id },
    channelId: 'C0ACME0001',
    text: 'too late',
  });
  expect(refused.userErrors).toMatchObject([{ code: 'CONNECTION_DISCONNECTED' }]);
  expect(refused.notification).toMatchObject({ status: 'FAILED', failure: { code: 'CONNECTION_DISCONNECTED' } });
  const unselected = await send(ana, { workspaceId, sender: { selectedBy: 'ana' }, text: 'to nowhere' });
  expect(unselected.userErrors).toMatchObject([{ code: 'IDENTITY_NOT_SELECTED' }]);
  expect(await send(ana, once)).toMatchObject({
    deduplicated: true,
    notification: { id: asPerson.id },
    userErrors: [],
  });
  expect(await world.slack.ledger()).toHaveLength(3);
});
