import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChannelsDocument, NotificationDocument, SelectedIdentityDocument } from '../generated/graphql.ts';
import { accepted, send, travel, World } from '../support/world.ts';
import {
  codesOf as codes,
  connected,
  isAlive,
  newTeam,
  newWorkspace,
  personal,
  personIn,
  type NewTeam,
  untilChecked,
} from './identity-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

const credentialsOf = (team: NewTeam) =>
  world.database.query<{ slack_user_id: string; kind: string; version: number }>(
    'select slack_user_id, kind, version from credentials where team_id = $1 order by kind, slack_user_id',
    [team.id],
  );

describe('connections and identities, rule by rule', () => {
  it('no promotion: each intent writes only its own kind of credential', async () => {
    const { team, ada, connection } = await connected(world);
    expect((await credentialsOf(team)).map(({ kind }) => kind)).toEqual(['BOT']);
    await ada.authorize(connection, team.people[0]);
    expect((await credentialsOf(team)).map(({ kind, slack_user_id }) => [kind, slack_user_id])).toEqual([
      ['BOT', team.bot],
      ['USER', team.people[0]],
    ]);
  });

  it("a personal flow cannot touch the bot's credential, whatever Slack's answer carries", async () => {
    const { team, ada, connection } = await connected(world);
    const before = await credentialsOf(team);
    const both = { user: team.people[0], scope: 'chat:write' };
    const claim = await ada.claimOf(personal(connection), both);
    expect((await ada.complete(claim)).authorization?.slackUserId).toBe(team.people[0]);
    expect((await credentialsOf(team)).filter(({ kind }) => kind === 'BOT')).toEqual(before);
    expect(await isAlive(world, team, team.bot)).toBe(true);
  });

  it("a grant in a person's name for the bot's own id is refused, and so is the reverse: SLACK_ERROR", async () => {
    const { team, ada, connection, workspaceId } = await connected(world);
    await ada.authorize(connection, team.people[0]);
    // As if Slack's answers gave them each other's ids.
    const change = `update credentials set kind = case kind when 'BOT' then 'USER' else 'BOT' end where team_id = $1`;
    await world.database.query(change, [team.id]);
    const before = await credentialsOf(team);
    await expect(ada.claimOf(personal(connection), { user: team.people[0] })).rejects.toThrow('SLACK_ERROR');
    await expect(ada.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: team.id })).rejects.toThrow('SLACK_ERROR');
    expect(await credentialsOf(team)).toEqual(before);
  });

  it("a workspace flow keeps no person's token that Slack sends along, and ends it", async () => {
    const workspaceId = newWorkspace();
    const team = await newTeam(world);
    const ada = await personIn(world, 'ada', { [workspaceId]: 'ADMIN' });
    const both = { team: team.id, user: team.people[0], user_scope: 'chat:write' };
    await ada.connect(workspaceId, both);
    const stored = await world.database.query<{ kind: string }>(
      'select kind from credentials where team_id = $1 and access_token is not null',
      [team.id],
    );
    expect(stored).toEqual([{ kind: 'BOT' }]);
    await expect.poll(() => isAlive(world, team, team.people[0])).toBe(false);
    expect(await isAlive(world, team, team.bot)).toBe(true);
  });

  it('no webhook is stored, though Slack sends one along', async () => {
    const workspaceId = newWorkspace();
    const team = await newTeam(world);
    const ada = await personIn(world, 'ada', { [workspaceId]: 'ADMIN' });
    const scope = 'chat:write,incoming-webhook';
    const withWebhook = { team: team.id, scope, webhook_channel: team.general };
    expect((await ada.connect(workspaceId, withWebhook)).scopes).toContain('incoming-webhook');
    const columns = await world.database.query(
      `select 1 from information_schema.columns where table_schema = 'public' and column_name ~ 'webhook|email|mail'`,
    );
    expect(columns).toEqual([]);
  });

  it('no fallback between identities: where a person cannot post, nothing is posted, though the bot could', async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    await ada.authorize(connection, team.people[0]);
    const own = (await ada.identities(workspaceId)).find(({ kind }) => kind === 'PERSONAL_USER');
    const sender = { identityId: own?.id ?? '' };
    const input = { workspaceId, sender, channelId: team.general, text: 'as myself or not at all' };
    const read = async (id: string) => (await ada.run(NotificationDocument, { id })).notification;
    await world.slack.membership({ team: team.id, channel: team.general, user: team.people[0], member: false });
    const outside = await accepted(ada, input);
    await expect.poll(async () => (await read(outside.id))?.failure?.code, { timeout: 10_000 }).toBe('NOT_IN_CHANNEL');
    await untilChecked(world, team.id);
    await world.slack.revoke({ team: team.id, user: team.people[0] });
    const ended = await accepted(ada, input);
    await expect.poll(async () => (await read(ended.id))?.waiting?.reason, { timeout: 10_000 }).toBe('CONNECTION');
    expect(codes(await send(ada, input))).toEqual(['CONNECTION_NEEDS_REAUTHORIZATION']);
    expect((await world.slack.ledger()).filter((entry) => entry.team === team.id)).toEqual([]);
  });

  it('the principal is the key: one person in two connections has one credential, and no e-mail is stored', async () => {
    const { team, ada, connection } = await connected(world);
    const second = newWorkspace();
    const bob = await personIn(world, 'bob', { [second]: 'ADMIN' });
    const other = await bob.connect(second, { team: team.id });
    await ada.authorize(connection, team.people[0]);
    await bob.authorize(other, team.people[0]);
    expect(await credentialsOf(team)).toHaveLength(2);
  });

  it('a sender is required and never inferred: without a selection IDENTITY_NOT_SELECTED, and nothing is queued', async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    await ada.authorize(connection, team.people[0]);
    const answer = await send(ada, { workspaceId, sender: { selectedBy: 'ada' }, channelId: team.general, text: 'x' });
    expect(codes(answer)).toEqual(['IDENTITY_NOT_SELECTED']);
    expect(answer.notification?.status).toBe('FAILED');
    expect(answer.notification?.identity).toBeNull();
  });

  it('posting as a person without an authorization is refused when selecting and when sending', async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    const authorization = await ada.authorize(connection, team.people[0]);
    const person = (await ada.identities(workspaceId)).find(({ kind }) => kind === 'PERSONAL_USER');
    await ada.disconnect(authorization.id);
    const input = { workspaceId, kind: 'PERSONAL_USER', connectionId: connection.id } as const;
    expect(codes(await ada.select(input))).toEqual(['INVALID_INPUT']);
    expect(codes(await ada.select({ ...input, authorizationId: authorization.id }))).toEqual(['IDENTITY_NOT_USABLE']);
    const sender = { identityId: person?.id ?? '' };
    const answer = await send(ada, { workspaceId, sender, channelId: team.general, text: 'x' });
    expect(codes(answer)).toEqual(['IDENTITY_NOT_USABLE']);
    expect(answer.notification?.status).toBe('FAILED');
  });

  it("the database itself ties an authorization to its connection's team", async () => {
    const { team, ada, connection } = await connected(world);
    const { id } = await ada.authorize(connection, team.people[0]);
    await newTeam(world);
    const update = world.database.query(`update authorizations set team_id = 'T0ACME' where id = $1`, [id]);
    await expect(update).rejects.toThrow(/foreign key/);
  });

  it("a credential that is another principal's is not sent with: TEAM_MISMATCH", async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    const [bot] = await ada.identities(workspaceId);
    const other = await connected(world);
    await world.database.query(
      'update connections set credential_id = (select credential_id from connections where id = $2) where id = $1',
      [connection.id, other.connection.id],
    );
    const sender = { identityId: bot?.id ?? '' };
    const answer = await send(ada, { workspaceId, sender, channelId: team.general, text: 'x' });
    expect(answer.userErrors).toMatchObject([
      { __typename: 'TeamMismatchError', code: 'TEAM_MISMATCH', expectedTeamId: team.id, actualTeamId: other.team.id },
    ]);
    expect(answer.notification).toMatchObject({ status: 'FAILED', failure: { code: 'TEAM_MISMATCH' } });
  });

  it('a reconnect that comes back with another team keeps nothing and ends the fresh grant: TEAM_MISMATCH', async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    const other = await newTeam(world);
    const input = { workspaceId, intent: 'WORKSPACE', connectionId: connection.id } as const;
    const back = await travel(ada, input, { team: other.id });
    expect(back.searchParams.get('code')).toBe('TEAM_MISMATCH');
    expect((await ada.connections(workspaceId)).map(({ team: { id } }) => id)).toEqual([team.id]);
    await expect.poll(() => isAlive(world, other, other.bot)).toBe(false);
    expect(await isAlive(world, team, team.bot)).toBe(true);
  });

  it('a person who picks another team is refused before any write: TEAM_MISMATCH', async () => {
    const { ada, connection } = await connected(world);
    const other = await newTeam(world);
    const back = await travel(ada, personal(connection), { team: other.id, user: other.people[0] });
    expect(back.searchParams.get('code')).toBe('TEAM_MISMATCH');
    await expect.poll(() => isAlive(world, other, other.people[0])).toBe(false);
  });

  it('another Slack user is a new authorization and identity; the old one ends as by disconnect', async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    const first = await ada.authorize(connection, team.people[0]);
    const input = { workspaceId, kind: 'PERSONAL_USER', connectionId: connection.id } as const;
    const { selection } = await ada.select({ ...input, authorizationId: first.id });
    const second = await ada.authorize(connection, team.people[1]);
    expect(second.id).not.toBe(first.id);
    const people = (await ada.identities(workspaceId)).filter(({ kind }) => kind === 'PERSONAL_USER');
    expect(people.map(({ authorization }) => authorization?.id)).toEqual([second.id]);
    expect(people[0]?.id).not.toBe(selection?.identity.id);
    expect((await ada.run(SelectedIdentityDocument, { workspaceId })).selectedIdentity).toBeNull();
    await expect.poll(() => isAlive(world, team, team.people[0])).toBe(false);
    expect((await ada.authorize(connection, team.people[0])).id).toBe(first.id);
  });

  it('the same team again revives the same connection and the same identity ids', async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    const [bot] = await ada.identities(workspaceId);
    expect((await ada.connect(workspaceId, { team: team.id })).id).toBe(connection.id);
    await ada.disconnect(connection.id);
    expect(await ada.identities(workspaceId)).toEqual([]);
    const revived = await ada.connect(workspaceId, { team: team.id });
    expect(revived).toMatchObject({ id: connection.id, status: 'ACTIVE', problem: null });
    expect((await ada.identities(workspaceId)).map(({ id }) => id)).toEqual([bot?.id]);
  });

  it('channels are listed for bot and person alike', async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    await ada.authorize(connection, team.people[0]);
    for (const { id } of await ada.identities(workspaceId)) {
      const { channels } = await ada.run(ChannelsDocument, { identityId: id });
      expect(channels.nodes.map((channel) => channel.id)).toContain(team.general);
    }
  });

  it('choosing again replaces the selection, and a default channel must be one that the identity sees', async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    const common = { workspaceId, connectionId: connection.id, kind: 'WORKSPACE_BOT' } as const;
    expect(codes(await ada.select({ ...common, defaultChannelId: '#general' }))).toEqual(['INVALID_INPUT']);
    expect(codes(await ada.select({ ...common, defaultChannelId: 'C0NOTTHERE' }))).toEqual(['CHANNEL_NOT_FOUND']);
    expect(codes(await ada.select({ ...common, authorizationId: connection.id }))).toEqual(['INVALID_INPUT']);
    const { selection } = await ada.select({ ...common, defaultChannelId: team.general });
    expect(selection).toMatchObject({ userId: 'ada', defaultChannel: { id: team.general, name: 'general' } });
    const replaced = await ada.select(common);
    expect(replaced.selection?.defaultChannel).toBeNull();
    const rows = await world.database.query<{ selected_by: string }>(
      'select selected_by from identity_selections where workspace_id = $1',
      [workspaceId],
    );
    expect(rows).toEqual([{ selected_by: 'ada' }]);
  });
});
