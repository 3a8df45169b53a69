import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  BeginSlackInstallDocument,
  ChannelDocument,
  ChannelsDocument,
  ConnectionsDocument,
  DisconnectDocument,
  PreflightDocument,
  RefreshChannelsDocument,
  type ChannelType,
} from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import { joinAsPerson, openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { connectTeam, identityOf, install, send, World } from '../support/world.ts';

const RANDOM_ID = '0198f9b2-7a3c-7000-8000-000000000000';
const ALL: ChannelType[] = ['PUBLIC', 'PRIVATE', 'GROUP_DM', 'DM'];

let world: World;
let desk: Desk;
beforeAll(async () => {
  world = await World.start({ env: UNPACED });
  desk = await openDesk(world, 'directory');
});
afterAll(() => world.stop());

const listed = async (caller: Caller, identityId: string, types: ChannelType[] = ALL) => {
  const { channels } = await caller.run(ChannelsDocument, { identityId, types, includeArchived: true, first: 100 });
  return { ...channels, named: new Map(channels.nodes.map((channel) => [channel.name, channel])) };
};

/** A refresh, to its end. */
const refreshed = async (caller: Caller, identityId: string) => {
  const before = (await listed(caller, identityId)).directory.syncedAt;
  const { refreshChannels } = await caller.run(RefreshChannelsDocument, { input: { identityId } });
  expect(refreshChannels.userErrors).toEqual([]);
  return vi.waitFor(
    async () => {
      const now = await listed(caller, identityId);
      expect(now.directory.syncedAt).not.toBe(before);
      return now;
    },
    { timeout: 10_000, interval: 100 },
  );
};

describe('postable says whether a send would be taken', () => {
  test('for the bot: with chat:write.public in every public channel, in private ones where it is in', async () => {
    const { named, directory } = await listed(desk.admin, desk.bot.id);
    expect(directory).toMatchObject({ complete: true, syncing: false, gaps: [] });
    const postable = (name: string) => named.get(name)?.postable;
    expect(['general', 'random', 'ops-alerts'].map(postable)).toEqual(['YES', 'YES', 'YES']);
    expect(postable('announcements')).toBe('READ_ONLY');
    expect(postable('offsite-2023')).toBe('ARCHIVED');
    expect(named.get('with-globex')).toMatchObject({ isShared: true, postable: 'UNKNOWN' });
    expect(named.has('leadership')).toBe(false);
  });

  test('for a person: only where they are in, in public channels as well', async () => {
    const ben = await joinAsPerson(world, desk, 'ben', 'U0ACME002');
    await world.slack.membership({ team: 'T0ACME', channel: 'C0ACME0002', user: 'U0ACME002', member: false });
    const { named } = await refreshed(ben.caller, ben.identity.id);
    expect(named.get('random')).toMatchObject({ isMember: false, postable: 'NEEDS_INVITE' });
    await world.slack.membership({ team: 'T0ACME', channel: 'C0ACME0002', user: 'U0ACME002', member: true });
    const again = await refreshed(ben.caller, ben.identity.id);
    expect(again.named.get('random')).toMatchObject({ isMember: true, postable: 'YES' });
    expect(again.named.get('project-aurora')).toMatchObject({ type: 'PRIVATE', postable: 'YES' });
    expect(again.named.get('mpdm-ada--ben--chloe-1')).toMatchObject({ type: 'GROUP_DM', postable: 'YES' });
  });

  test('without chat:write.public the bot needs an invitation, and without chat:write nobody knows', async () => {
    const shy = await world.as('shy', { shy: 'ADMIN' });
    await connectTeam(shy, 'shy', 'T0GLOBEX', 'chat:write,channels:read');
    const bot = await identityOf(shy, 'shy', 'WORKSPACE_BOT');
    const { nodes } = await listed(shy, bot.id);
    const outside = nodes.filter(({ isMember, isArchived }) => !isMember && !isArchived);
    expect(outside.length).toBeGreaterThan(3);
    expect(new Set(outside.map(({ postable }) => postable))).toEqual(new Set(['NEEDS_INVITE', 'READ_ONLY']));
    const mute = await world.as('mute', { mute: 'ADMIN' });
    await connectTeam(mute, 'mute', 'T0INITECH', 'channels:read');
    const muteBot = await identityOf(mute, 'mute', 'WORKSPACE_BOT');
    expect((await listed(mute, muteBot.id)).named.get('general')?.postable).toBe('UNKNOWN');
  });
});

describe('the name of a direct message', () => {
  test("is the other person's, read by the bot where the person's token may not, and then searched by", async () => {
    const ada = await joinAsPerson(world, desk, 'ada', 'U0ACME001');
    const named = await vi.waitFor(
      async () => {
        const { nodes } = await listed(ada.caller, ada.identity.id, ['DM']);
        expect(nodes.map(({ name }) => name)).toEqual(['ben', 'chloe']);
        return nodes;
      },
      { timeout: 10_000, interval: 100 },
    );
    const search = { identityId: ada.identity.id, search: 'CHLO', types: ['DM'] as ChannelType[] };
    const { channels } = await ada.caller.run(ChannelsDocument, search);
    expect(channels.nodes.map(({ id }) => id)).toEqual([named[1]?.id]);
    const again = await refreshed(ada.caller, ada.identity.id);
    expect(again.named.get('ben')).toMatchObject({ type: 'DM', postable: 'YES' });
  });
});

describe('a channel that the directory does not hold', () => {
  test('is asked of Slack before anyone is told that it does not exist', async () => {
    await listed(desk.admin, desk.bot.id);
    const id = await world.slack.channel({ team: 'T0ACME', name: 'brand-new' });
    const { channel } = await desk.admin.run(ChannelDocument, { identityId: desk.bot.id, id });
    expect(channel).toMatchObject({ id, name: 'brand-new', postable: 'YES' });
    const none = await desk.admin.run(ChannelDocument, { identityId: desk.bot.id, id: 'C0NOTTHERE' });
    expect(none.channel).toBeNull();
    const asked = (await world.slack.requests('conversations.info')).map((request) => request.channel);
    expect(asked).toEqual(expect.arrayContaining([id, 'C0NOTTHERE']));
  });

  test.each(['channel_is_limited_access', 'access_denied', 'accesslimited', 'enterprise_is_restricted'])(
    'is none for an identity that Slack does not let see it: %s',
    async (error) => {
      await world.slack.fault({ match: { method: 'conversations.info' }, fault: { type: 'error', error } });
      const { channel } = await desk.admin.run(ChannelDocument, { identityId: desk.bot.id, id: 'C0DENIED' });
      expect(channel).toBeNull();
    },
  );

  test('is not denied for a trouble of Slack’s that passes', async () => {
    const fault = { type: 'error', error: 'internal_error' };
    await world.slack.fault({ match: { method: 'conversations.info' }, fault });
    const variables = { identityId: desk.bot.id, id: 'C0NOTASKED' };
    expect(await desk.admin.failureCodes(ChannelDocument, variables)).toEqual(['SERVICE_UNAVAILABLE']);
  });

  test('is not denied while Slack does not answer', async () => {
    await world.slack.fault({ match: { method: 'conversations.info' }, fault: { type: 'status', status: 503 } });
    const variables = { identityId: desk.bot.id, id: 'C0NOTASKED' };
    expect(await desk.admin.failureCodes(ChannelDocument, variables)).toEqual(['SERVICE_UNAVAILABLE']);
  });
});

describe('a scope that was not granted', () => {
  test('is a gap, and a new consent asks for the whole wanted set and closes it', async () => {
    const cleo = await world.as('cleo', { scant: 'ADMIN' });
    const granted = 'chat:write,channels:read,users:read';
    const connection = await connectTeam(cleo, 'scant', 'T0INITRODE', granted);
    expect(connection.missingScopes.map(({ scope }) => scope)).toEqual([
      'chat:write.public',
      'groups:read',
      'im:read',
      'mpim:read',
      'channels:history',
      'groups:history',
    ]);
    for (const { without } of connection.missingScopes) expect(without).toMatch(/^[A-Z].*\.$/);
    const bot = await identityOf(cleo, 'scant', 'WORKSPACE_BOT');
    const before = await listed(cleo, bot.id);
    const gaps = ['groups:read missing', 'mpim:read missing', 'im:read missing'];
    expect(before.directory).toMatchObject({ complete: false, gaps });
    expect(before.named.has('audit-room')).toBe(false);

    const input = { workspaceId: 'scant', intent: 'WORKSPACE', connectionId: connection.id } as const;
    const { beginSlackInstall } = await cleo.run(BeginSlackInstallDocument, { input });
    const asked = new URL(beginSlackInstall.authorizeUrl ?? '').searchParams.get('scope')?.split(',') ?? [];
    const whole = [...granted.split(','), ...connection.missingScopes.map(({ scope }) => scope)];
    expect(asked.toSorted()).toEqual(whole.toSorted());

    await install(cleo, input, { team: 'T0INITRODE' });
    const { connections } = await cleo.run(ConnectionsDocument, { workspaceId: 'scant' });
    expect(connections).toMatchObject([{ id: connection.id, missingScopes: [] }]);
    await vi.waitFor(
      async () => {
        const after = await listed(cleo, bot.id);
        expect(after.directory).toMatchObject({ complete: true, gaps: [] });
        expect(after.named.get('audit-room')).toMatchObject({ type: 'PRIVATE', postable: 'YES' });
      },
      { timeout: 10_000, interval: 100 },
    );
  });
});

describe('a scope that a person did not grant', () => {
  test('is told with what is lost, is a gap, and is asked for again', async () => {
    const input = { workspaceId: 'directory', intent: 'PERSONAL', connectionId: desk.connection.id } as const;
    const eve = await world.as('eve', { directory: 'MEMBER' });
    const decision = { team: 'T0ACME', user: 'U0ACME005', user_scopes: 'chat:write,channels:read' };
    const { authorization } = await install(eve, input, decision);
    expect(authorization?.missingScopes.map(({ scope }) => scope)).toEqual(['groups:read', 'im:read', 'mpim:read']);
    const identity = await identityOf(eve, 'directory', 'PERSONAL_USER');
    expect((await listed(eve, identity.id)).directory.gaps).toContain('groups:read missing');
    const again = await install(eve, input, { team: 'T0ACME', user: 'U0ACME005' });
    expect(again.authorization).toMatchObject({ id: authorization?.id, missingScopes: [] });
    await vi.waitFor(
      async () => {
        const { directory, named } = await listed(eve, identity.id);
        expect(directory).toMatchObject({ complete: true, gaps: [] });
        expect(named.get('ops-alerts')).toMatchObject({ postable: 'YES' });
      },
      { timeout: 10_000, interval: 100 },
    );
  });
});

describe('refreshChannels', () => {
  test('shows what is new and forgets what is gone', async () => {
    const id = await world.slack.channel({ team: 'T0ACME', name: 'short-lived' });
    expect((await refreshed(desk.admin, desk.bot.id)).named.has('short-lived')).toBe(true);
    await world.slack.channel({ team: 'T0ACME', channel: id, deleted: true });
    expect((await refreshed(desk.admin, desk.bot.id)).named.has('short-lived')).toBe(false);
  });

  test('lists what Postgres would not store: a topic that was cut within an emoji, and one with a NUL', async () => {
    const cut = await world.slack.channel({ team: 'T0ACME', name: 'cut', topic: 'how it all began \ud83d' });
    const nul = await world.slack.channel({ team: 'T0ACME', name: 'nul', topic: 'a\0b' });
    const { named } = await refreshed(desk.admin, desk.bot.id);
    expect([named.get('cut')?.topic, named.get('nul')?.topic]).toEqual(['how it all began \ufffd', 'a\ufffdb']);
    for (const channel of [cut, nul]) await world.slack.channel({ team: 'T0ACME', channel, deleted: true });
  });

  test('is for whoever may list: the bot by everybody, a person by that person alone', async () => {
    const dora = await joinAsPerson(world, desk, 'dora', 'U0ACME003');
    const refresh = async (caller: Caller, identityId: string) =>
      (await caller.run(RefreshChannelsDocument, { input: { identityId } })).refreshChannels;
    const service = await world.as('service:jobs', { directory: 'SERVICE' });
    for (const caller of [desk.admin, dora.caller, service]) {
      expect((await refresh(caller, desk.bot.id)).directory).not.toBeNull();
    }
    expect((await refresh(dora.caller, dora.identity.id)).directory).not.toBeNull();
    const stranger = await world.as('stranger', { elsewhere: 'ADMIN' });
    const refused = { directory: null, userErrors: [{ code: 'NOT_FOUND', field: ['input', 'identityId'] }] };
    for (const caller of [desk.admin, service, stranger]) {
      expect(await refresh(caller, dora.identity.id)).toMatchObject(refused);
    }
    expect(await refresh(stranger, desk.bot.id)).toMatchObject(refused);
    expect(await refresh(desk.admin, RANDOM_ID)).toMatchObject(refused);
  });
});

describe('an identity that can post no more', () => {
  test('keeps its listing when its authorization ends, and says so', async () => {
    const other = await openDesk(world, 'ended', 'T0UMBRELLA');
    const { admin, bot } = other;
    const { channels } = await admin.run(ChannelsDocument, { identityId: bot.id, search: 'dispatch' });
    expect(channels.nodes).toHaveLength(1);
    await world.slack.revoke({ team: 'T0UMBRELLA' });
    await send(admin, other.message({ channelId: 'C0UMBR0001' }));
    await vi.waitFor(
      async () => {
        const after = await admin.run(ChannelsDocument, { identityId: bot.id, search: 'dispatch' });
        expect(after.channels.directory.gaps).toContain('the connection needs to be authorized again');
        expect(after.channels.directory).toMatchObject({ complete: false, syncing: false });
        expect(after.channels.nodes).toHaveLength(1);
      },
      { timeout: 10_000, interval: 100 },
    );
  });

  test('lists nothing once it is disconnected, and says so', async () => {
    const { admin, bot, connection } = await openDesk(world, 'gone', 'T0INITECH');
    await listed(admin, bot.id);
    await admin.run(DisconnectDocument, { input: { id: connection.id } });
    const { nodes, directory } = await listed(admin, bot.id);
    expect(nodes).toEqual([]);
    expect(directory).toMatchObject({ complete: false, syncing: false, gaps: ['the identity is disconnected'] });
    const { refreshChannels } = await admin.run(RefreshChannelsDocument, { input: { identityId: bot.id } });
    expect(refreshChannels.directory).toMatchObject({ gaps: ['the identity is disconnected'] });
  });

  test.each([
    [
      'disconnected',
      'T0AGAIN',
      ({ admin, connection }: Desk) => admin.run(DisconnectDocument, { input: { id: connection.id } }),
    ],
    [
      'removed in Slack, of which nobody told,',
      'T0ANEW',
      ({ team }: Desk) => world.slack.revoke({ team, kind: 'bot' }),
    ],
  ])(
    '%s and connected again, believes nothing of what it had listed: Slack has taken the bot out of it',
    async (_how, team, end) => {
      await world.slack.addTeam(team, 3);
      const before = await openDesk(world, team.toLowerCase(), team);
      const hidden = await world.slack.channel({ team, name: 'hidden', private: true });
      await world.slack.membership({ team, channel: hidden, user: 'bot', member: true });
      expect((await refreshed(before.admin, before.bot.id)).named.get('hidden')?.postable).toBe('YES');
      await end(before);
      await world.slack.membership({ team, channel: hidden, user: 'bot', member: false });
      await connectTeam(before.admin, before.workspaceId, team);
      const input = before.message({ channelId: hidden });
      const { preflight } = await before.admin.run(PreflightDocument, { input });
      expect(preflight).toMatchObject({ wouldDeliver: false, problems: [{ code: 'CHANNEL_NOT_FOUND' }] });
      await expect.poll(async () => (await listed(before.admin, before.bot.id)).directory.complete).toBe(true);
      expect((await listed(before.admin, before.bot.id)).named.has('hidden')).toBe(false);
    },
  );
});
