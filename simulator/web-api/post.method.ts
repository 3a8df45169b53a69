import type { Channel, Message, Person, Team } from '../model.ts';
import type { Answer, Call, MethodDefinition } from './call.ts';
import {
  actingUser,
  fail,
  flagOf,
  missingScope,
  ok,
  personOf,
  rateLimited,
  sight,
  teamOfCall,
  textOf,
} from './call.ts';
import type { Content } from './content.ts';
import { readContent } from './content.ts';
import { messageShape } from './shapes.ts';

interface Place {
  readonly team: Team;
  readonly channel: Channel;
}

/** `chat.postMessage`. Nothing is written before every check has passed. */
function postMessage(call: Call): Answer {
  const place = findPlace(call);
  if ('ok' in place) return place;
  const barred = whyBarred(call, place);
  if (barred !== null) return barred;
  const read = readContent(call.args);
  if (read.kind === 'refused') return read.answer;
  const threadTs = findThread(call, place.channel);
  if (threadTs === undefined) return fail('cannot_reply_to_message');
  const wait = call.simulator.limits.takePost(place.team.id, place.channel.id);
  if (wait > 0) return rateLimited(wait);
  const message = deliver(call, place, read.content, threadTs);
  return answerFor(call, place, message, read.content.truncated);
}

/** A conversation by its id, a channel by its name, or the DM of a person by theirs. */
function findPlace(call: Call): Place | Answer {
  const target = textOf(call.args, 'channel');
  if (target === null) return fail('channel_not_found');
  if (/^[UW][A-Z0-9]{5,}$/.test(target)) return findDirect(call, target);
  const seen = sight(call, target);
  if (seen !== null) return seen;
  if (/^[CGD][A-Z0-9]{5,}$/.test(target)) return fail('channel_not_found');
  if (call.grant.teamId === null) return fail('team_not_found');
  const name = target.replace(/^#/, '');
  const named = teamOfCall(call)?.channels.find((channel) => channel.kind !== 'im' && channel.name === name);
  return sight(call, named?.id ?? null) ?? fail('channel_not_found');
}

function findDirect(call: Call, userId: string): Place | Answer {
  const person: Person | null = personOf(call, userId);
  const team = person === null ? undefined : call.simulator.world.teams.get(person.teamId);
  if (person === null || team === undefined || person.deleted) return fail('channel_not_found');
  if (person.isBot && call.grant.kind === 'bot') return fail('cannot_dm_bot');
  const channel = call.simulator.world.openDirect(team, [actingUser(call, team), userId], call.at);
  return { team, channel };
}

function whyBarred(call: Call, { channel, team }: Place): Answer | null {
  const isMember = channel.members.has(actingUser(call, team));
  const mayPostPublic = call.grant.kind === 'bot' && call.grant.scopes.includes('chat:write.public');
  if (channel.archived) return fail('is_archived');
  if (!isMember && !(channel.kind === 'public' && mayPostPublic)) return fail('not_in_channel');
  if (channel.readOnly) return fail('restricted_action_read_only_channel');
  if (channel.threadOnly && textOf(call.args, 'thread_ts') === null)
    return fail('restricted_action_thread_only_channel');
  const dressesUp = ['username', 'icon_url', 'icon_emoji'].some((name) => textOf(call.args, name) !== null);
  return dressesUp && !call.grant.scopes.includes('chat:write.customize')
    ? missingScope(['chat:write.customize'], call.grant.scopes)
    : null;
}

/** The ts of the thread's parent, null for a message of its own, undefined when there is no such message. */
function findThread(call: Call, channel: Channel): string | null | undefined {
  const threadTs = textOf(call.args, 'thread_ts');
  if (threadTs === null) return null;
  const parent = channel.byTs.get(threadTs);
  return parent === undefined ? undefined : (parent.threadTs ?? parent.ts);
}

function deliver(call: Call, { channel, team }: Place, content: Content, threadTs: string | null): Message {
  const { simulator, grant, args } = call;
  const clientMsgId = textOf(args, 'client_msg_id');
  const seenKey = simulator.tunables.dedupeClientMsgId && clientMsgId !== null ? `${channel.id} ${clientMsgId}` : null;
  const seen = seenKey === null ? undefined : simulator.seenClientIds.get(seenKey);
  if (seen !== undefined) return seen;
  const message: Message = {
    ts: simulator.world.nextTs(simulator.clock.nowMs()),
    user: actingUser(call, team),
    botId: grant.kind === 'bot' ? team.botId : null,
    text: content.text,
    blocks: content.blocks,
    attachments: content.attachments,
    metadata: content.metadata,
    threadTs,
    broadcast: threadTs !== null && flagOf(args, 'reply_broadcast'),
    username: textOf(args, 'username'),
    iconEmoji: textOf(args, 'icon_emoji'),
    editedTs: null,
  };
  if (seenKey !== null) simulator.seenClientIds.set(seenKey, message);
  simulator.applyPost(channel, message, { kind: grant.kind, clientMsgId }, call.at);
  return message;
}

function answerFor({ simulator }: Call, { channel, team }: Place, message: Message, truncated: boolean): Answer {
  const shape = messageShape(message, { channel, team, app: simulator.app, allMetadata: true });
  const body = { channel: channel.id, ts: message.ts, message: shape };
  if (!truncated) return ok(body);
  return ok({ ...body, warning: 'message_truncated', response_metadata: { warnings: ['message_truncated'] } });
}

export const postMethods: Readonly<Record<string, MethodDefinition>> = {
  'chat.postMessage': { accepts: ['chat:write'], needs: ['chat:write'], handle: postMessage },
};
