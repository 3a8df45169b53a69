import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotificationDocument, NotificationHistoryDocument } from '../generated/graphql.ts';
import { accepted, send, World } from '../support/world.ts';
import { codesOf as codes, connected, isAlive, newWorkspace, personIn } from './identity-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

describe('disconnect', () => {
  it('disconnect is done on the server: selections, queue, authorizations and tokens; the history stays', async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    const bob = await personIn(world, 'bob', { [workspaceId]: 'MEMBER' });
    const authorization = await bob.authorize(connection, team.people[1]);
    const [bot] = await ada.identities(workspaceId);
    const common = { workspaceId, connectionId: connection.id };
    await ada.select({ ...common, kind: 'WORKSPACE_BOT' });
    await bob.select({ ...common, kind: 'PERSONAL_USER', authorizationId: authorization.id });
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const sender = { identityId: bot?.id ?? '' };
    const queued = await accepted(ada, {
      workspaceId,
      sender,
      channelId: team.general,
      text: 'x',
      scheduledFor: later,
    });

    expect(codes(await ada.disconnect(connection.id, 'REFUSE'))).toEqual(['QUEUED_NOTIFICATIONS']);
    expect((await ada.connections(workspaceId))[0]?.status).toBe('ACTIVE');

    const answer = await ada.disconnect(connection.id);
    expect(answer).toMatchObject({
      clearedIdentities: 2,
      canceledNotifications: 1,
      revokedAtSlack: true,
      userErrors: [],
    });
    expect(answer.connection).toMatchObject({ status: 'DISCONNECTED', problem: { code: 'CONNECTION_DISCONNECTED' } });
    expect(answer.connection?.myAuthorization).toBeNull();
    const { notification } = await ada.run(NotificationDocument, { id: queued.id });
    expect(notification).toMatchObject({ status: 'CANCELED', failure: { code: 'CANCELED_BY_DISCONNECT' } });
    for (const user of [team.bot, team.people[1]]) expect(await isAlive(world, team, user)).toBe(false);
    const tokens = await world.database.query(
      'select 1 from credentials where team_id = $1 and (access_token is not null or refresh_token is not null)',
      [team.id],
    );
    expect(tokens).toEqual([]);

    const refused = await send(ada, { workspaceId, sender, channelId: team.general, text: 'x' });
    expect(codes(refused)).toEqual(['CONNECTION_DISCONNECTED']);
    expect(refused.notification?.failure).toMatchObject({ code: 'CONNECTION_DISCONNECTED', actor: 'WORKSPACE_ADMIN' });
    expect(codes(await ada.select({ ...common, kind: 'WORKSPACE_BOT' }))).toEqual(['CONNECTION_DISCONNECTED']);
    const again = await ada.disconnect(connection.id);
    expect(again).toMatchObject({
      revokedAtSlack: null,
      clearedIdentities: 0,
      canceledNotifications: 0,
      userErrors: [],
    });
  });

  it('disconnecting a person leaves the connection and everybody else alone', async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    const bob = await personIn(world, 'bob', { [workspaceId]: 'MEMBER' });
    const mine = await ada.authorize(connection, team.people[0]);
    const theirs = await bob.authorize(connection, team.people[1]);
    const answer = await ada.disconnect(mine.id);
    expect(answer).toMatchObject({ connection: null, authorization: { id: mine.id, status: 'DISCONNECTED' } });
    expect(await isAlive(world, team, team.people[0])).toBe(false);
    expect((await bob.connections(workspaceId))[0]).toMatchObject({
      status: 'ACTIVE',
      myAuthorization: { id: theirs.id },
    });
    expect(await isAlive(world, team, team.people[1])).toBe(true);
  });

  it('a later selection or disconnect never changes who an accepted message is posted as', async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    const { id: authorizationId } = await ada.authorize(connection, team.people[0]);
    const common = { workspaceId, connectionId: connection.id };
    await ada.select({ ...common, kind: 'WORKSPACE_BOT', defaultChannelId: team.general });
    const scheduledFor = new Date(Date.now() + 1500).toISOString();
    const { id } = await accepted(ada, {
      workspaceId,
      sender: { selectedBy: 'ada' },
      text: 'as the bot',
      scheduledFor,
    });
    await ada.select({ ...common, kind: 'PERSONAL_USER', authorizationId });
    await expect
      .poll(async () => (await ada.run(NotificationDocument, { id })).notification?.status, { timeout: 10_000 })
      .toBe('DELIVERED');
    expect((await world.slack.postsOf(id)).map(({ user }) => user)).toEqual([team.bot]);
  });

  it('refused for what is queued also counts what was accepted while it waited its turn', async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    const [bot] = await ada.identities(workspaceId);
    const holder = new pg.Client({ connectionString: world.database.url });
    await holder.connect();
    try {
      await holder.query('begin');
      await holder.query('select 1 from connections where id = $1 for update', [connection.id]);
      const answer = ada.disconnect(connection.id, 'REFUSE');
      const waits = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await expect.poll(() => world.database.query(waits)).toHaveLength(1);
      const { id } = await accepted(ada, {
        workspaceId,
        sender: { identityId: bot?.id ?? '' },
        channelId: team.general,
        text: 'x',
        scheduledFor: new Date(Date.now() + 3_600_000).toISOString(),
      });
      await holder.query('rollback');
      expect(codes(await answer)).toEqual(['QUEUED_NOTIFICATIONS']);
      expect((await ada.connections(workspaceId))[0]?.status).toBe('ACTIVE');
      expect((await ada.run(NotificationDocument, { id })).notification?.status).toBe('QUEUED');
    } finally {
      await holder.end();
    }
  });

  it('disconnect ends the use of the grant: no link is asked for by what another workspace still holds', async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    const elsewhere = newWorkspace();
    const eve = await personIn(world, 'eve', { [elsewhere]: 'ADMIN' });
    const other = await eve.connect(elsewhere, { team: team.id });
    const ana = await personIn(world, 'ana', { [workspaceId]: 'MEMBER', [elsewhere]: 'MEMBER' });
    const authorization = await ana.authorize(connection, team.people[0]);
    await ana.authorize(other, team.people[0]);
    const own = (await ana.identities(workspaceId)).find(({ kind }) => kind === 'PERSONAL_USER');
    const [bot] = await ada.identities(workspaceId);
    const input = { workspaceId, channelId: team.general };
    const ids = [
      (await accepted(ana, { ...input, sender: { identityId: own?.id ?? '' }, text: 'personal' })).id,
      (await accepted(ada, { ...input, sender: { identityId: bot?.id ?? '' }, text: 'as the bot' })).id,
    ];
    // By the history, which asks for no link here.
    const statuses = async () => {
      const { notificationHistory } = await ada.run(NotificationHistoryDocument, { workspaceId });
      return notificationHistory.nodes.map(({ status }) => status);
    };
    await expect.poll(statuses, { timeout: 10_000 }).toEqual(['DELIVERED', 'DELIVERED']);
    const links = () =>
      Promise.all(ids.map(async (id) => (await ada.run(NotificationDocument, { id })).notification?.permalink ?? null));
    const asked = async () => (await world.slack.requests('chat.getPermalink')).length;
    const before = await asked();
    await ana.disconnect(authorization.id);
    expect(await links()).toEqual([null, expect.stringContaining('http')]);
    expect(await asked()).toBe(before + 1);
    // What was asked for in time is kept.
    await ada.disconnect(connection.id);
    expect(await links()).toEqual([null, expect.stringContaining('http')]);
    expect(await asked()).toBe(before + 1);
    expect(await isAlive(world, team, team.people[0])).toBe(true);
  });
});
