import { Channel, type Message, type Person, type Team } from '../model.ts';
import type { ChannelPlan, MessagePlan, PersonPlan, TeamPlan } from './plan.ts';

/** Fixed, so that the seeded messages keep their ts over every restart. */
const SEEDED_AT_SECONDS = Date.UTC(2026, 10, 20, 9, 0, 0) / 1000;
const FOUNDED_AT_SECONDS = Date.UTC(2024, 2, 4, 8, 0, 0) / 1000;

/** Built afresh every time: the world changes what it gets. */
export function buildTeam(plan: TeamPlan, appName: string): Team {
  const botUserId = `U0${plan.code}BOT`;
  const people = plan.people.map((person, index) => buildPerson(plan, person, index));
  people.push(buildBotUser(plan.id, botUserId, appName));
  const ids = new Map(plan.people.map((person, index) => [person.handle, personId(plan, index)]));
  const everybody = plan.people.filter((person) => person.deleted !== true).map((person) => person.handle);
  const channels = plan.channels.map((channel, index) => {
    const members = (channel.members ?? everybody).flatMap((handle) => ids.get(handle) ?? []);
    return buildChannel(plan, channel, index, members);
  });
  for (const message of plan.messages) seedMessage(channels, ids, message);
  return {
    id: plan.id,
    name: plan.name,
    domain: plan.domain,
    enterprise: plan.enterprise,
    botUserId,
    botId: `B0${plan.code}BOT`,
    people: new Map(people.map((person) => [person.id, person])),
    channels: channels.sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

const personId = (plan: TeamPlan, index: number): string => `U0${plan.code}${String(index + 1).padStart(3, '0')}`;

function buildPerson(plan: TeamPlan, person: PersonPlan, index: number): Person {
  return {
    id: personId(plan, index),
    teamId: plan.id,
    handle: person.handle,
    realName: person.realName,
    title: person.title,
    isAdmin: person.isAdmin ?? false,
    isBot: false,
    timezone: person.timezone ?? 'Europe/Amsterdam',
    deleted: person.deleted ?? false,
  };
}

function buildBotUser(teamId: string, id: string, appName: string): Person {
  const handle = appName.toLowerCase().replace(/[^a-z0-9]+/g, '');
  return {
    id,
    teamId,
    handle,
    realName: appName,
    title: 'App',
    isAdmin: false,
    isBot: true,
    timezone: 'UTC',
    deleted: false,
  };
}

function buildChannel(plan: TeamPlan, channel: ChannelPlan, index: number, members: readonly string[]): Channel {
  const kind = channel.kind ?? 'public';
  const prefix = kind === 'im' ? 'D' : kind === 'mpim' ? 'G' : 'C';
  return new Channel({
    ...channel,
    id: `${prefix}0${plan.code}${(index + 1).toString(36).toUpperCase().padStart(4, '0')}`,
    teamId: plan.id,
    kind,
    isGeneral: channel.name === 'general',
    createdAt: FOUNDED_AT_SECONDS + index * 3_600,
    creator: members[0] ?? personId(plan, 0),
    members,
  });
}

function seedMessage(channels: Channel[], ids: Map<string, string>, plan: MessagePlan): void {
  const channel = channels.find((candidate) => candidate.name === plan.channel);
  if (channel === undefined) throw new Error(`The seed posts into a channel that it does not have: ${plan.channel}`);
  const at = SEEDED_AT_SECONDS - plan.minutesAgo * 60;
  const parent = plainMessage(`${at}.000100`, ids.get(plan.from) ?? '', plan.text, null);
  channel.messages.push(parent);
  channel.byTs.set(parent.ts, parent);
  const replies = (plan.replies ?? []).map((reply, index) =>
    plainMessage(`${at + 120 * (index + 1)}.000200`, ids.get(reply.from) ?? '', reply.text, parent.ts),
  );
  for (const reply of replies) channel.byTs.set(reply.ts, reply);
  if (replies.length > 0) channel.threads.set(parent.ts, replies);
}

function plainMessage(ts: string, user: string, text: string, threadTs: string | null): Message {
  return {
    ts,
    user,
    botId: null,
    text,
    blocks: null,
    attachments: null,
    metadata: null,
    threadTs,
    broadcast: false,
    username: null,
    iconEmoji: null,
    editedTs: null,
  };
}
