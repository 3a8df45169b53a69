import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChannelDocument, ChannelsDocument, SelectedIdentityDocument } from '../generated/graphql.ts';
import { World } from '../support/world.ts';
import { connected, newTeam, type Connected } from './identity-steps.ts';
import {
  control,
  nowSeconds,
  sendEvent,
  settledEvents,
  SIGNING_SECRET,
  SOON,
  type Sending,
} from './slack-event-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start({ simulator: { signingSecret: SIGNING_SECRET } });
  await tell(true);
});
afterAll(() => world.stop());

const tell = (isTold: boolean) => control(world, 'events', { url: isTold ? `${world.url}/slack/events` : null });
const send = (sending: Sending): Promise<number[]> => sendEvent(world, sending);
const settled = (team: string): Promise<{ attempts: number }[]> => settledEvents(world, team);

describe('teams and channels', () => {
  const listed = async ({ ada, workspaceId }: Connected, includeArchived = false) => {
    const [identity] = await ada.identities(workspaceId);
    const variables = { identityId: identity?.id ?? '', includeArchived };
    const { channels } = await ada.run(ChannelsDocument, variables);
    return channels.directory.complete ? channels.nodes : [];
  };
  const names = async (desk: Connected, includeArchived = false): Promise<string[]> =>
    (await listed(desk, includeArchived)).map(({ name }) => name);

  test('renaming, archiving, creating and deleting a channel show in the listing without another sync', async () => {
    const desk = await connected(world);
    const { team } = desk;
    await expect.poll(async () => (await names(desk)).length, { timeout: 15_000 }).toBeGreaterThan(1);
    const syncedBefore = await world.slack.requests('conversations.list');
    const of = (event: Sending['event']) => send({ team: team.id, event });
    const change = async (event: Sending['event']): Promise<string[]> => {
      await of(event);
      await settled(team.id);
      return names(desk);
    };
    expect(await change({ type: 'channel_rename', channel: { id: team.general, name: 'town-square' } })).toContain(
      'town-square',
    );
    expect(await change({ type: 'channel_archive', channel: team.general })).not.toContain('town-square');
    expect(await names(desk, true)).toContain('town-square');
    expect(await change({ type: 'channel_unarchive', channel: team.general })).toContain('town-square');
    expect(await change({ type: 'channel_created', channel: { id: 'C0NEWONE1', name: 'brand-new' } })).toContain(
      'brand-new',
    );
    expect(await change({ type: 'channel_deleted', channel: 'C0NEWONE1' })).not.toContain('brand-new');
    const ofTeam = (entries: { team: string | null }[]) => entries.filter((entry) => entry.team === team.id).length;
    expect(ofTeam(await world.slack.requests('conversations.list'))).toBe(ofTeam(syncedBefore));
  });

  test('of a new channel its event says whether it is shared and who made it; a private one is Slack’s to describe', async () => {
    const desk = await connected(world);
    const { team } = desk;
    await expect.poll(async () => (await names(desk)).length, { timeout: 15_000 }).toBeGreaterThan(1);
    const create = async (channel: { id: string; name: string } & Record<string, unknown>) => {
      await send({ team: team.id, event: { type: 'channel_created', channel } });
      await settled(team.id);
      return (await listed(desk)).find(({ id }) => id === channel.id);
    };
    const shared = await create({ id: 'C0SHARED2', name: 'shared', is_ext_shared: true, creator: team.people[0] });
    expect(shared).toMatchObject({ type: 'PUBLIC', isShared: true, isMember: false, postable: 'UNKNOWN' });
    const own = await create({ id: 'C0OWN', name: 'own', is_shared: false, creator: team.bot });
    expect(own).toMatchObject({ type: 'PUBLIC', isShared: false, isMember: true, postable: 'YES' });
    await tell(false);
    const id = await world.slack.channel({ team: team.id, name: 'secret', private: true });
    await world.slack.membership({ team: team.id, channel: id, user: 'bot', member: true });
    await tell(true);
    expect(await create({ id, name: 'secret', is_private: true })).not.toMatchObject({ type: 'PUBLIC' });
    const seen = async () => (await listed(desk)).find((channel) => channel.id === id);
    await expect.poll(seen, { timeout: 15_000 }).toMatchObject({ name: 'secret', type: 'PRIVATE', postable: 'YES' });
  });

  test('a channel whose id Slack changes is listed by the new one, and who posts there by default goes on to', async () => {
    const desk = await connected(world);
    const { team, ada, workspaceId, connection } = desk;
    await expect.poll(async () => (await names(desk)).length, { timeout: 15_000 }).toBeGreaterThan(1);
    const before = await names(desk);
    const choice = { workspaceId, kind: 'WORKSPACE_BOT', connectionId: connection.id } as const;
    await ada.select({ ...choice, defaultChannelId: team.general });
    const event = { type: 'channel_id_changed', old_channel_id: team.general, new_channel_id: 'C0SHARED1' };
    // Slack says it again where our answer is lost.
    await send({ team: team.id, event, times: 2 });
    await send({ team: team.id, event });
    await settled(team.id);
    expect(await names(desk)).toEqual(before);
    const { selectedIdentity } = await ada.run(SelectedIdentityDocument, { workspaceId });
    expect(selectedIdentity?.defaultChannel).toMatchObject({ id: 'C0SHARED1', postable: 'YES' });
    const [old] = await world.database.query('select from channels where id = $1', [team.general]);
    expect(old).toBeUndefined();
  });

  test('an older event about the same thing that comes later does not undo the newer', async () => {
    const { team, ada, workspaceId } = await connected(world);
    const at = nowSeconds();
    await send({ team: team.id, event: { type: 'team_rename', name: 'Newer' }, eventTime: at });
    await settled(team.id);
    await send({ team: team.id, event: { type: 'team_rename', name: 'Older' }, eventTime: at - 10 });
    await settled(team.id);
    expect((await ada.connections(workspaceId))[0]?.team.name).toBe('Newer');
  });

  test('of two events of one second, whichever comes first, what happened last stays', async () => {
    const desk = await connected(world);
    const { team } = desk;
    await expect.poll(async () => (await names(desk)).length, { timeout: 15_000 }).toBeGreaterThan(1);
    const eventTime = nowSeconds();
    const happens = async (micros: string, event: Sending['event']): Promise<string[]> => {
      const at = { event_ts: `${eventTime}.${micros}` };
      await send({ team: team.id, event: { ...event, ...at }, eventTime });
      await settled(team.id);
      return names(desk);
    };
    const named = (type: string, id: string, name: string) => ({ type, channel: { id, name } });
    expect(await happens('000200', named('channel_rename', team.general, 'newer'))).toContain('newer');
    expect(await happens('000100', named('channel_rename', team.general, 'older'))).toContain('newer');
    expect(await happens('999900', named('channel_rename', team.general, 'newest'))).toContain('newest');
    // Renamed before it is known: it is new nevertheless, by its new name.
    expect(await happens('000200', named('channel_rename', 'C0NEWONE2', 'renamed'))).not.toContain('renamed');
    expect(await happens('000100', named('channel_created', 'C0NEWONE2', 'created'))).toContain('renamed');
    expect(await names(desk)).not.toContain('created');
  });

  const isMember = async ({ team }: Connected, user: string): Promise<boolean | undefined> => {
    const [row] = await world.database.query<{ member: boolean }>(
      `select is_member as member from channels where id = $1 and credential_id in (
         select id from credentials where team_id = $2 and slack_user_id = $3)`,
      [team.general, team.id, user],
    );
    return row?.member;
  };

  test('joining and leaving concern the bot or the person that it names, or the bot that is told of its own', async () => {
    const desk = await connected(world);
    const { team } = desk;
    await expect.poll(async () => (await names(desk)).length, { timeout: 15_000 }).toBeGreaterThan(1);
    const change = async (type: string, user?: string): Promise<boolean | undefined> => {
      await send({ team: team.id, event: { type, user, channel: team.general, channel_type: 'C' } });
      await settled(team.id);
      return isMember(desk, team.bot);
    };
    expect(await change('member_joined_channel', team.bot)).toBe(true);
    expect(await change('member_left_channel', team.people[0])).toBe(true);
    expect(await change('member_left_channel', team.bot)).toBe(false);
    expect(await change('member_joined_channel', team.bot)).toBe(true);
    expect(await change('channel_left')).toBe(false);
  });

  test('a public channel that the bot is removed from shows that it is no member any more', async () => {
    const desk = await connected(world);
    await expect.poll(async () => (await names(desk)).length, { timeout: 15_000 }).toBeGreaterThan(1);
    const { id: team, general: channel, bot } = desk.team;
    const seen = async () => (await listed(desk)).find(({ id }) => id === channel)?.isMember;
    for (const member of [true, false]) {
      await world.slack.membership({ team, channel, user: bot, member });
      await expect.poll(seen, { timeout: 15_000 }).toBe(member);
    }
  });

  test('a private channel that the bot is invited to appears, and is gone when it is removed', async () => {
    const desk = await connected(world);
    const { team } = desk;
    await expect.poll(async () => (await names(desk)).length, { timeout: 15_000 }).toBeGreaterThan(1);
    const secret = await world.slack.channel({ team: team.id, name: 'invited-to', private: true });
    expect(await names(desk)).not.toContain('invited-to');
    const asked = async () => (await world.slack.requests('conversations.list')).length;
    const before = await asked();
    const invited = { team: team.id, channel: secret, user: 'bot' };
    await world.slack.membership({ ...invited, member: true });
    await expect.poll(() => names(desk), { timeout: 15_000 }).toContain('invited-to');
    expect(await asked()).toBeGreaterThan(before);
    await world.slack.membership({ ...invited, member: false });
    await expect.poll(() => names(desk), { timeout: 15_000 }).not.toContain('invited-to');
  });

  /** By its id alone, which asks for no listing. */
  const lookedUp = async ({ ada, workspaceId }: Connected, id: string) => {
    const [identity] = await ada.identities(workspaceId);
    return (await ada.run(ChannelDocument, { identityId: identity?.id ?? '', id })).channel;
  };

  test('a channel that was looked up and never listed is not believed once the app was uninstalled and connected again', async () => {
    const desk = await connected(world);
    const { team, ada, workspaceId } = desk;
    const channel = await world.slack.channel({ team: team.id, name: 'looked-up', private: true });
    await world.slack.membership({ team: team.id, channel, user: 'bot', member: true });
    expect(await lookedUp(desk, channel)).toMatchObject({ name: 'looked-up', postable: 'YES' });
    await send({ team: team.id, event: { type: 'app_uninstalled' }, eventTime: nowSeconds() + SOON });
    await settled(team.id);
    await tell(false);
    await world.slack.membership({ team: team.id, channel, user: 'bot', member: false });
    await tell(true);
    await ada.connect(workspaceId, { team: team.id });
    expect(await lookedUp(desk, channel)).toBeNull();
  });

  test('a channel that is looked up in an old listing has all of it listed anew', async () => {
    const desk = await connected(world);
    const { team } = desk;
    await expect.poll(async () => (await names(desk)).length, { timeout: 15_000 }).toBeGreaterThan(1);
    const ofTeam = 'credential_id in (select id from credentials where team_id = $1)';
    const age = `update channel_directories set synced_at = now() - interval '61 minutes' where ${ofTeam}`;
    await world.database.query(age, [team.id]);
    await tell(false);
    await world.slack.channel({ team: team.id, channel: team.general, archived: true });
    await tell(true);
    expect(await lookedUp(desk, team.general)).toMatchObject({ isArchived: false });
    await expect.poll(async () => (await lookedUp(desk, team.general))?.isArchived).toBe(true);
  });

  test('an event of a team that nobody is connected to changes nothing', async () => {
    const team = await newTeam(world);
    expect(await send({ team: team.id, event: { type: 'team_rename', name: 'Nobody' } })).toEqual([200]);
    expect(await settled(team.id)).toEqual([{ attempts: 1 }]);
  });
});
