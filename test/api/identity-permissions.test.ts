import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AvailableIdentitiesDocument,
  BeginSlackInstallDocument,
  ChannelsDocument,
  ClearIdentityDocument,
  ConnectionDocument,
  ConnectionsDocument,
  DisconnectDocument,
  SelectIdentityDocument,
  SelectedIdentityDocument,
  type ConnectionFieldsFragment,
} from '../generated/graphql.ts';
import { send, World } from '../support/world.ts';
import { codesOf, newTeam, newWorkspace, personIn, type NewTeam, type Person } from './identity-steps.ts';

const RANDOM_ID = '0198c0de-0000-7000-8000-000000000000';

let world: World;
let workspaceId: string;
let team: NewTeam;
let connection: ConnectionFieldsFragment;
let admin: Person;
let member: Person;
let other: Person;
let service: Person;
let anyService: Person;
let stranger: Person;
let botId: string;
let memberIdentityId: string;
let memberAuthorizationId: string;

const personalIdentity = async (person: Person): Promise<string> =>
  (await person.identities(workspaceId)).find(({ kind }) => kind === 'PERSONAL_USER')?.id ?? '';

beforeAll(async () => {
  world = await World.start();
  workspaceId = newWorkspace();
  team = await newTeam(world);
  admin = await personIn(world, 'admin', { [workspaceId]: 'ADMIN' });
  member = await personIn(world, 'member', { [workspaceId]: 'MEMBER' });
  other = await personIn(world, 'other', { [workspaceId]: 'MEMBER' });
  service = await personIn(world, 'service:app', { [workspaceId]: 'SERVICE' });
  anyService = await personIn(world, 'service:any', { '*': 'SERVICE' });
  stranger = await personIn(world, 'stranger', { [newWorkspace()]: 'ADMIN' });
  connection = await admin.connect(workspaceId, { team: team.id });
  memberAuthorizationId = (await member.authorize(connection, team.people[1])).id;
  await admin.authorize(connection, team.people[0]);
  botId = (await member.identities(workspaceId)).find(({ kind }) => kind === 'WORKSPACE_BOT')?.id ?? '';
  memberIdentityId = await personalIdentity(member);
  await member.select({
    workspaceId,
    kind: 'PERSONAL_USER',
    connectionId: connection.id,
    authorizationId: memberAuthorizationId,
    defaultChannelId: team.general,
  });
});
afterAll(() => world.stop());

const sendCodes = async (person: Person, sender: { identityId: string } | { selectedBy: string }): Promise<string[]> =>
  codesOf(await send(person, { workspaceId, sender, channelId: team.general, text: 'Hello' }));

describe('who may do what', () => {
  it('a workspace where the viewer has no role is FORBIDDEN, the same for one that does not exist', async () => {
    for (const id of [workspaceId, 'no-such-workspace']) {
      const answers = await Promise.all([
        stranger.send(ConnectionsDocument.toString(), { workspaceId: id }),
        stranger.send(AvailableIdentitiesDocument.toString(), { workspaceId: id }),
        stranger.send(SelectedIdentityDocument.toString(), { workspaceId: id }),
        stranger.send(ClearIdentityDocument.toString(), { input: { workspaceId: id } }),
        stranger.send(BeginSlackInstallDocument.toString(), { input: { workspaceId: id, intent: 'WORKSPACE' } }),
        stranger.send(SelectIdentityDocument.toString(), {
          input: { workspaceId: id, kind: 'WORKSPACE_BOT', connectionId: connection.id },
        }),
      ]);
      for (const { errors } of answers) {
        expect(errors?.map(({ extensions, message }) => [extensions.code, message])).toEqual([
          ['FORBIDDEN', expect.stringContaining('no role in this workspace')],
        ]);
      }
    }
  });

  it("an object's id that may not be seen answers exactly as a random one", async () => {
    for (const person of [stranger, admin]) {
      const id = person === stranger ? connection.id : RANDOM_ID;
      expect((await person.run(ConnectionDocument, { id })).connection).toBeNull();
      expect((await person.run(ConnectionDocument, { id: 'no-uuid' })).connection).toBeNull();
    }
    const refusals = await Promise.all([
      stranger.disconnect(connection.id),
      stranger.disconnect(memberAuthorizationId),
      other.disconnect(memberAuthorizationId),
      admin.disconnect(RANDOM_ID),
      admin.disconnect('no-uuid'),
    ]);
    for (const { userErrors } of refusals) expect(userErrors).toEqual(refusals[0]?.userErrors);
    expect(codesOf(refusals[0] ?? { userErrors: [] })).toEqual(['NOT_FOUND']);
  });

  it('see connections: member, admin and service', async () => {
    for (const person of [member, admin, service, anyService]) {
      expect((await person.connections(workspaceId)).map(({ id }) => id)).toEqual([connection.id]);
      expect((await person.run(ConnectionDocument, { id: connection.id })).connection?.id).toBe(connection.id);
    }
  });

  it('connections are filtered by status', async () => {
    const asked = (status: 'ACTIVE' | 'DISCONNECTED') => member.run(ConnectionsDocument, { workspaceId, status });
    expect((await asked('ACTIVE')).connections).toHaveLength(1);
    expect((await asked('DISCONNECTED')).connections).toEqual([]);
  });

  it('see authorizations: a member their own, admin and service all, page by page', async () => {
    const usersSeenBy = async (person: Person): Promise<string[]> => {
      const { connection: seen } = await person.run(ConnectionDocument, { id: connection.id, first: 100 });
      return (seen?.authorizations.nodes ?? []).map(({ userId }) => userId);
    };
    expect(await usersSeenBy(member)).toEqual(['member']);
    expect(await usersSeenBy(other)).toEqual([]);
    expect(await usersSeenBy(admin)).toEqual(['admin', 'member']);
    expect(await usersSeenBy(service)).toEqual(['admin', 'member']);
    const first = (await admin.run(ConnectionDocument, { id: connection.id, first: 1 })).connection?.authorizations;
    expect(first?.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const after = first?.pageInfo.endCursor;
    const second = (await admin.run(ConnectionDocument, { id: connection.id, first: 1, after })).connection
      ?.authorizations;
    expect(second?.nodes.map(({ userId }) => userId)).toEqual(['member']);
    expect(second?.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const wrong = { id: connection.id, first: 1, after: 'not-a-cursor' };
    expect(await admin.failureCodes(ConnectionDocument, wrong)).toEqual(['CURSOR_INVALID']);
    expect(await admin.failureCodes(ConnectionDocument, { id: connection.id, first: 0 })).toEqual(['BAD_USER_INPUT']);
  });

  it("myAuthorization is the viewer's own", async () => {
    expect((await member.connections(workspaceId))[0]?.myAuthorization?.id).toBe(memberAuthorizationId);
    expect((await other.connections(workspaceId))[0]?.myAuthorization).toBeNull();
    expect((await service.connections(workspaceId))[0]?.myAuthorization).toBeNull();
  });

  it('begin, reconnect and disconnect a WORKSPACE connection: admin only', async () => {
    for (const person of [member, service, anyService]) {
      for (const connectionId of [undefined, connection.id]) {
        const input = { workspaceId, intent: 'WORKSPACE', connectionId } as const;
        expect(await person.failureCodes(BeginSlackInstallDocument, { input })).toEqual(['FORBIDDEN']);
      }
      const input = { id: connection.id };
      expect(await person.failureCodes(DisconnectDocument, { input })).toEqual(['FORBIDDEN']);
    }
  });

  it('begin and disconnect a PERSONAL authorization: member and admin their own; an admin may disconnect others', async () => {
    const input = { workspaceId, intent: 'PERSONAL', connectionId: connection.id } as const;
    expect(await service.failureCodes(BeginSlackInstallDocument, { input })).toEqual(['FORBIDDEN']);
    const theirs = await other.authorize(connection, team.people[2]);
    expect(codesOf(await member.disconnect(theirs.id))).toEqual(['NOT_FOUND']);
    expect(await service.failureCodes(DisconnectDocument, { input: { id: theirs.id } })).toEqual(['FORBIDDEN']);
    expect((await admin.disconnect(theirs.id)).authorization?.status).toBe('DISCONNECTED');
    const again = await other.authorize(connection, team.people[2]);
    expect(again.id).toBe(theirs.id);
    expect((await other.disconnect(again.id)).authorization?.status).toBe('DISCONNECTED');
  });

  it('list channels of an identity: the bot by everybody, a person by that person alone', async () => {
    for (const person of [member, admin, service]) {
      const { channels } = await person.run(ChannelsDocument, { identityId: botId, first: 1 });
      expect(channels.nodes).toHaveLength(1);
    }
    const { channels } = await member.run(ChannelsDocument, { identityId: memberIdentityId, first: 1 });
    expect(channels.nodes).toHaveLength(1);
    for (const person of [other, admin, service, stranger]) {
      expect(await person.failureCodes(ChannelsDocument, { identityId: memberIdentityId })).toEqual(['NOT_FOUND']);
    }
    expect(await stranger.failureCodes(ChannelsDocument, { identityId: botId })).toEqual(['NOT_FOUND']);
    expect(await admin.failureCodes(ChannelsDocument, { identityId: RANDOM_ID })).toEqual(['NOT_FOUND']);
  });

  it('available identities: the bots, and the own person alone', async () => {
    const kinds = async (person: Person): Promise<string[]> =>
      (await person.identities(workspaceId)).map(({ kind }) => kind);
    expect(await kinds(member)).toEqual(['WORKSPACE_BOT', 'PERSONAL_USER']);
    expect(await kinds(other)).toEqual(['WORKSPACE_BOT']);
    expect(await kinds(service)).toEqual(['WORKSPACE_BOT']);
    expect((await member.identities(workspaceId))[1]).toMatchObject({
      usable: true,
      problem: null,
      connection: { id: connection.id },
      authorization: { id: memberAuthorizationId, userId: 'member' },
    });
  });

  it('select an identity: the bot or the own person; never as a service, never another person', async () => {
    const common = { workspaceId, connectionId: connection.id };
    expect((await other.select({ ...common, kind: 'WORKSPACE_BOT' })).selection?.identity.id).toBe(botId);
    expect((await other.run(ClearIdentityDocument, { input: { workspaceId } })).clearIdentity.cleared).toBe(true);
    expect((await other.run(ClearIdentityDocument, { input: { workspaceId } })).clearIdentity.cleared).toBe(false);
    const input = { ...common, kind: 'WORKSPACE_BOT' } as const;
    expect(await service.failureCodes(SelectIdentityDocument, { input })).toEqual(['FORBIDDEN']);
    const foreign = { ...common, kind: 'PERSONAL_USER', authorizationId: memberAuthorizationId } as const;
    expect(codesOf(await other.select(foreign))).toEqual(['NOT_FOUND']);
    expect(codesOf(await admin.select(foreign))).toEqual(['IDENTITY_NOT_YOURS']);
    expect(codesOf(await admin.select({ ...foreign, authorizationId: RANDOM_ID }))).toEqual(['NOT_FOUND']);
    expect(codesOf(await admin.select({ ...common, kind: 'WORKSPACE_BOT', connectionId: RANDOM_ID }))).toEqual([
      'NOT_FOUND',
    ]);
  });

  it("see a selection: the own; any by admin and service, without a person's channel", async () => {
    const of = { workspaceId, userId: 'member' };
    const own = (await member.run(SelectedIdentityDocument, { workspaceId })).selectedIdentity;
    expect(own).toMatchObject({
      userId: 'member',
      identity: { id: memberIdentityId },
      defaultChannel: { id: team.general },
    });
    for (const person of [admin, service]) {
      const seen = (await person.run(SelectedIdentityDocument, of)).selectedIdentity;
      expect(seen).toMatchObject({ userId: 'member', identity: { id: memberIdentityId }, defaultChannel: null });
    }
    expect(await other.failureCodes(SelectedIdentityDocument, of)).toEqual(['FORBIDDEN']);
    expect((await other.run(SelectedIdentityDocument, { workspaceId })).selectedIdentity).toBeNull();
  });

  it('send with identityId: the bot by any role, a person by that person alone; else NOT_FOUND as for a random id', async () => {
    for (const person of [member, admin, service, anyService]) {
      expect(await sendCodes(person, { identityId: botId })).toEqual([]);
    }
    expect(await sendCodes(member, { identityId: memberIdentityId })).toEqual([]);
    const random = await send(other, {
      workspaceId,
      sender: { identityId: RANDOM_ID },
      channelId: team.general,
      text: 'x',
    });
    expect(codesOf(random)).toEqual(['NOT_FOUND']);
    for (const person of [other, admin, service]) {
      const sender = { identityId: memberIdentityId };
      const answer = await send(person, { workspaceId, sender, channelId: team.general, text: 'x' });
      expect(answer).toEqual(random);
    }
    expect(await sendCodes(member, { identityId: 'no-uuid' })).toEqual(['NOT_FOUND']);
    const elsewhere = newWorkspace();
    const foreign = await personIn(world, 'member', { [elsewhere]: 'ADMIN' });
    const input = { workspaceId: elsewhere, sender: { identityId: botId }, channelId: team.general, text: 'x' };
    expect(codesOf(await send(foreign, input))).toEqual(['NOT_FOUND']);
  });

  it("send with selectedBy: a member for themself, admin and service for any user's selection", async () => {
    for (const person of [member, admin, service]) {
      const answer = await send(person, { workspaceId, sender: { selectedBy: 'member' }, text: 'Hello' });
      expect(codesOf(answer)).toEqual([]);
      expect(answer.notification).toMatchObject({ identity: { id: memberIdentityId }, channelId: team.general });
    }
    expect(await sendCodes(other, { selectedBy: 'member' })).toEqual(['IDENTITY_NOT_YOURS']);
    expect(await sendCodes(service, { selectedBy: 'nobody' })).toEqual(['IDENTITY_NOT_SELECTED']);
    expect(await sendCodes(other, { selectedBy: 'other' })).toEqual(['IDENTITY_NOT_SELECTED']);
  });
});

describe('a principal that Slack has ended', () => {
  it('is NEEDS_REAUTHORIZATION for all who use it, refuses new sends, and a reconnect revives it', async () => {
    const [one, two] = [newWorkspace(), newWorkspace()];
    const shared = await newTeam(world);
    const ada = await personIn(world, 'ada', { [one]: 'ADMIN', [two]: 'ADMIN' });
    const first = await ada.connect(one, { team: shared.id });
    await ada.connect(two, { team: shared.id });
    const [bot] = await ada.identities(one);
    await world.slack.revoke({ team: shared.id });
    const input = { workspaceId: one, sender: { identityId: bot?.id ?? '' }, channelId: shared.general, text: 'x' };
    await send(ada, input);
    const statusIn = async (workspace: string) => (await ada.connections(workspace))[0]?.status;
    await expect.poll(() => statusIn(one), { timeout: 10_000 }).toBe('NEEDS_REAUTHORIZATION');
    expect(await statusIn(two)).toBe('NEEDS_REAUTHORIZATION');
    expect((await ada.connections(one))[0]?.problem).toMatchObject({ code: 'CONNECTION_NEEDS_REAUTHORIZATION' });
    expect((await ada.identities(one))[0]).toMatchObject({
      usable: false,
      problem: { code: 'CONNECTION_NEEDS_REAUTHORIZATION' },
    });
    const refused = await send(ada, input);
    expect(codesOf(refused)).toEqual(['CONNECTION_NEEDS_REAUTHORIZATION']);
    expect(refused.notification?.status).toBe('FAILED');
    const select = { workspaceId: one, kind: 'WORKSPACE_BOT', connectionId: first.id } as const;
    expect(codesOf(await ada.select(select))).toEqual(['CONNECTION_NEEDS_REAUTHORIZATION']);
    const personalInput = { workspaceId: one, intent: 'PERSONAL', connectionId: first.id } as const;
    expect(await ada.beginErrors(personalInput)).toEqual(['WORKSPACE_CONNECTION_REQUIRED']);
    const again = { workspaceId: one, intent: 'WORKSPACE', connectionId: first.id } as const;
    const { connection: revived } = await ada.complete(await ada.claimOf(again, { team: shared.id }));
    expect(revived).toMatchObject({ id: first.id, status: 'ACTIVE', problem: null });
    expect(await statusIn(two)).toBe('ACTIVE');
  });
});
