import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotificationDocument, PreflightDocument, SelectedIdentityDocument } from '../generated/graphql.ts';
import { accepted, send, World } from '../support/world.ts';
import { codesOf, connected, newTeam, newWorkspace, personIn, type NewTeam, type Person } from './identity-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

interface Granted {
  readonly workspaceId: string;
  readonly team: NewTeam;
  readonly ada: Person;
  readonly connectionId: string;
}

/** A workspace whose bot was granted these scopes and no others. */
const granted = async (scopes: string): Promise<Granted> => {
  const workspaceId = newWorkspace();
  const team = await newTeam(world);
  const ada = await personIn(world, 'ada', { [workspaceId]: 'ADMIN' });
  const { id } = await ada.connect(workspaceId, { team: team.id, scopes });
  return { workspaceId, team, ada, connectionId: id };
};

describe('an identity that was granted less', () => {
  it('may not post without chat:write, says so, and names the scope', async () => {
    const { workspaceId, ada } = await granted('channels:read');
    const [bot] = await ada.identities(workspaceId);
    expect(bot).toMatchObject({ usable: false, problem: { code: 'MISSING_SCOPE' } });
    expect(bot?.problem?.message).toContain('chat:write');
  });

  it('is neither selected nor sent as, and can be once it is granted', async () => {
    const { workspaceId, team, ada, connectionId } = await granted('channels:read');
    const choice = { workspaceId, kind: 'WORKSPACE_BOT', connectionId } as const;
    expect(await ada.select(choice)).toMatchObject({
      selection: null,
      userErrors: [{ code: 'IDENTITY_NOT_USABLE', message: expect.stringContaining('chat:write') }],
    });
    const [bot] = await ada.identities(workspaceId);
    const input = { workspaceId, sender: { identityId: bot?.id ?? '' }, channelId: team.general, text: 'never' };
    const refused = await send(ada, input);
    expect(refused.userErrors).toMatchObject([
      { code: 'IDENTITY_NOT_USABLE', message: expect.stringContaining('chat:write') },
    ]);
    const { notification } = await ada.run(NotificationDocument, { id: refused.notification?.id ?? '' });
    expect(notification).toMatchObject({ status: 'FAILED', attemptCount: 0, failure: { code: 'MISSING_SCOPE' } });
    expect(notification?.failure?.message).toContain('chat:write');
    await ada.connect(workspaceId, { team: team.id });
    expect(await ada.select(choice)).toMatchObject({ userErrors: [] });
    expect((await accepted(ada, input)).status).toBe('QUEUED');
  });

  it('can be selected with a channel that it has no scope to look up, and messages go there', async () => {
    const { workspaceId, team, ada, connectionId } = await granted('chat:write,chat:write.public');
    const choice = { workspaceId, kind: 'WORKSPACE_BOT', connectionId, defaultChannelId: team.general } as const;
    expect(await ada.select(choice)).toMatchObject({ userErrors: [] });
    const { selectedIdentity } = await ada.run(SelectedIdentityDocument, { workspaceId });
    expect(selectedIdentity?.defaultChannel).toMatchObject({ id: team.general, postable: 'UNKNOWN' });
    const input = { workspaceId, sender: { selectedBy: 'ada' }, text: 'by scope alone' };
    const { preflight } = await ada.run(PreflightDocument, { input });
    expect(preflight).toMatchObject({ wouldDeliver: true, problems: [{ code: 'MISSING_SCOPE' }] });
    const { id } = await accepted(ada, input);
    const status = async () => (await ada.run(NotificationDocument, { id })).notification?.status;
    await expect.poll(status, { timeout: 10_000 }).toBe('DELIVERED');
  });
});

describe('a service whose token bears the id of a person', () => {
  it('is not that person: it neither has their authorization, nor lists or sends as their identity', async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    await ada.authorize(connection, team.people[0]);
    const own = (await ada.identities(workspaceId)).find(({ kind }) => kind === 'PERSONAL_USER');
    const service = await personIn(world, 'ada', { [workspaceId]: 'SERVICE' });
    expect((await ada.connections(workspaceId))[0]?.myAuthorization).not.toBeNull();
    expect((await service.connections(workspaceId))[0]?.myAuthorization).toBeNull();
    expect((await service.identities(workspaceId)).map(({ kind }) => kind)).toEqual(['WORKSPACE_BOT']);
    const input = { workspaceId, sender: { identityId: own?.id ?? '' }, channelId: team.general, text: 'as ada' };
    expect(codesOf(await send(service, input))).toEqual(['NOT_FOUND']);
  });

  it('is not told where that person posts by default', async () => {
    const { workspaceId, team, ada, connection } = await connected(world);
    const { id: authorizationId } = await ada.authorize(connection, team.people[0]);
    const choice = { workspaceId, kind: 'PERSONAL_USER', connectionId: connection.id, authorizationId } as const;
    expect(await ada.select({ ...choice, defaultChannelId: team.general })).toMatchObject({ userErrors: [] });
    const service = await personIn(world, 'ada', { [workspaceId]: 'SERVICE' });
    const input = { workspaceId, sender: { selectedBy: 'ada' }, text: 'where' };
    for (const [caller, channel] of [
      [ada, { id: team.general }],
      [service, null],
    ] as const) {
      const { selectedIdentity } = await caller.run(SelectedIdentityDocument, { workspaceId });
      expect(selectedIdentity).toMatchObject({ identity: { kind: 'PERSONAL_USER' }, defaultChannel: channel });
      const { preflight } = await caller.run(PreflightDocument, { input });
      expect(preflight).toMatchObject({ wouldDeliver: true, channel });
    }
  });
});
