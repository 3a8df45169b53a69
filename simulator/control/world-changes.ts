import type { z } from 'zod';
import type { Channel, Team } from '../model.ts';
import { randomWord } from '../random.ts';
import type { Simulator } from '../simulator.ts';
import type { EventAnswer } from '../events.ts';
import type { Grant } from '../tokens.ts';
import { eventsOfChange } from './channel-events.ts';
import type {
  channelBody,
  eventBody,
  eventsBody,
  membershipBody,
  messageBody,
  personBody,
  revokeBody,
  teamBody,
} from './bodies.ts';

/** What people do in Slack without the app. */

/** The app is told of it, as Slack would. */
export function revokeGrants(simulator: Simulator, body: z.infer<typeof revokeBody>): { ended: number } {
  const struck = endGrants(simulator, body);
  const isUninstalled = body.user === undefined && body.kind === undefined;
  simulator.events.emitEnded(teamOf(simulator.world.teams, body.team).id, struck, isUninstalled);
  return { ended: struck.length };
}

function endGrants({ grants, world }: Simulator, body: z.infer<typeof revokeBody>): Grant[] {
  const team = teamOf(world.teams, body.team);
  const struck = grants
    .livingGrants(team.id)
    .filter(
      ({ kind, userId }) =>
        (body.user === undefined || userId === body.user) && (body.kind === undefined || kind === body.kind),
    );
  for (const grant of struck) {
    grants.endGrant(grant, body.error ?? (grant.kind === 'bot' ? 'account_inactive' : 'token_revoked'));
    if (grant.kind === 'bot') world.setBotInstalled(team, false);
  }
  return struck;
}

export function changeMembership({ events, world }: Simulator, body: z.infer<typeof membershipBody>): { ok: true } {
  const team = teamOf(world.teams, body.team);
  const user = body.user === 'bot' ? team.botUserId : body.user;
  if (!team.people.has(user))
    throw new Error(`No user ${user} in ${team.id}. GET /control/teams lists them; "bot" is the app's bot.`);
  const channel = channelOf(world.channels, team, body.channel);
  world.setMember(channel, user, body.member);
  tell();
  return { ok: true };

  /** That somebody left is told to those who stay; the bot that is removed hears another event, which names no user. */
  function tell(): void {
    const { id, creator, isPrivate } = channel;
    if (!body.member && user === team.botUserId) {
      const type = isPrivate ? 'group_left' : 'channel_left';
      return events.emit(team.id, { type, channel: id, actor_id: creator });
    }
    const type = body.member ? 'member_joined_channel' : 'member_left_channel';
    const channel_type = isPrivate ? 'G' : 'C';
    events.emit(team.id, { type, user, channel: id, channel_type, team: team.id });
  }
}

export function changeChannel(
  { clock, events, world }: Simulator,
  body: z.infer<typeof channelBody>,
): { ok: true; channel: string } {
  const team = teamOf(world.teams, body.team);
  const fresh = body.channel === undefined;
  const channel = body.channel === undefined ? createChannel() : channelOf(world.channels, team, body.channel);
  if (body.private !== undefined && ['im', 'mpim'].includes(channel.kind))
    throw new Error(`${channel.id} is a direct message: only a channel is public or private.`);
  const before = { name: channel.name, archived: channel.archived };
  if (body.deleted === true) world.remove(channel);
  else {
    const { name, archived, readOnly, threadOnly, shared, topic } = body;
    const isPrivate = fresh ? undefined : body.private;
    world.patch(channel, { name: fresh ? undefined : name, archived, readOnly, threadOnly, shared, topic, isPrivate });
  }
  const was = body.deleted === true ? 'deleted' : fresh ? 'new' : before;
  for (const event of eventsOfChange(channel, team, was)) events.emit(team.id, event);
  return { ok: true, channel: channel.id };

  function createChannel(): Channel {
    if (body.name === undefined)
      throw new Error('A new channel needs a "name"; to change one, give its id as "channel".');
    const people = [...team.people.values()].filter((person) => !person.isBot && !person.deleted).map(({ id }) => id);
    return world.create({
      id: `C0${randomWord(9).toUpperCase()}`,
      teamId: team.id,
      kind: body.private === true ? 'private' : 'public',
      name: body.name,
      creator: people[0] ?? team.botUserId,
      createdAt: Math.floor(clock.nowMs() / 1000),
      members: people,
    });
  }
}

/** A message that a person typed; it is in the channel, not in the ledger of the app's posts. */
export function postAsPerson({ clock, world }: Simulator, body: z.infer<typeof messageBody>): { ok: true; ts: string } {
  const team = teamOf(world.teams, body.team);
  const channel = channelOf(world.channels, team, body.channel);
  const ts = world.nextTs(clock.nowMs());
  const message = {
    ts,
    user: body.user,
    botId: null,
    text: body.text,
    blocks: null,
    attachments: null,
    metadata: null,
    threadTs: body.thread_ts ?? null,
    broadcast: false,
    username: null,
    iconEmoji: null,
    editedTs: null,
  };
  world.post(channel, message, { kind: 'person', clientMsgId: null }, clock.nowMs(), clock.nowMs());
  return { ok: true, ts };
}

export function setEvents({ events }: Simulator, body: z.infer<typeof eventsBody>): { ok: true; url: string | null } {
  if (body.url !== undefined) events.url = body.url;
  if (body.retriesMs !== undefined) events.retriesMs = body.retriesMs;
  return { ok: true, url: events.url };
}

/** An event as the script wants it: late, twice, badly signed, of another app. Its answers are what the app said. */
export async function sendEvent(
  { events }: Simulator,
  { times, ...sending }: z.infer<typeof eventBody>,
): Promise<{ ok: true; answers: EventAnswer[] }> {
  const eventId = sending.eventId ?? `Ev${randomWord(10).toUpperCase()}`;
  const answers = await Promise.all(Array.from({ length: times }, () => events.send({ ...sending, eventId })));
  return { ok: true, answers };
}

export function addTeam({ world }: Simulator, body: z.infer<typeof teamBody>): { ok: true; channels: string[] } {
  if (world.teams.has(body.id)) throw new Error(`There is a team ${body.id} already.`);
  const team = world.addTeam({ id: body.id, name: body.name ?? `Team ${body.id.slice(2)}`, channels: body.channels });
  return { ok: true, channels: team.channels.map(({ id }) => id) };
}

/** A deactivated person's tokens die with the account. */
export function changePerson(simulator: Simulator, body: z.infer<typeof personBody>): { ok: true } {
  const person = teamOf(simulator.world.teams, body.team).people.get(body.user);
  if (person === undefined) throw new Error(`No user ${body.user} in ${body.team}.`);
  person.deleted = body.deleted;
  if (body.deleted) endGrants(simulator, { team: body.team, user: body.user, error: 'account_inactive' });
  return { ok: true };
}

function teamOf(teams: ReadonlyMap<string, Team>, id: string): Team {
  const team = teams.get(id);
  if (team === undefined) throw new Error(`No team ${id}. There are: ${[...teams.keys()].join(', ')}.`);
  return team;
}

function channelOf(channels: ReadonlyMap<string, Channel>, team: Team, id: string): Channel {
  const channel = channels.get(id) ?? team.channels.find(({ name }) => name === id.replace(/^#/, ''));
  if (channel === undefined || channel.teamId !== team.id) throw new Error(`No channel ${id} in ${team.id}.`);
  return channel;
}
