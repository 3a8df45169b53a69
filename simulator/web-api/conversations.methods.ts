import type { Answer, Call, MethodDefinition } from './call.ts';
import {
  actingUser,
  allReadScopes,
  fail,
  flagOf,
  missingScope,
  ok,
  personOf,
  readScope,
  sight,
  teamOfCall,
  textOf,
} from './call.ts';
import { channelShape } from './shapes.ts';

const MAX_OTHERS_IN_GROUP = 8;

function info(call: Call): Answer {
  const seen = sight(call, textOf(call.args, 'channel'));
  if (seen === null) return fail('channel_not_found');
  const scope = readScope(seen.channel.kind);
  if (!call.grant.scopes.includes(scope)) return missingScope([scope], call.grant.scopes);
  const { num_members: count, ...shape } = channelShape(seen.channel, seen.team, seen.user);
  const counted = flagOf(call.args, 'include_num_members') ? { num_members: count ?? seen.channel.members.size } : {};
  // Slack says it here, and not in a listing.
  const restricted = seen.channel.threadOnly ? { is_thread_only: true } : {};
  return ok({ channel: { ...shape, ...restricted, ...counted } });
}

function join(call: Call): Answer {
  const scope = call.grant.kind === 'bot' ? 'channels:join' : 'channels:write';
  if (!call.grant.scopes.includes(scope)) return missingScope([scope], call.grant.scopes);
  const seen = sight(call, textOf(call.args, 'channel'));
  if (seen === null) return fail('channel_not_found');
  const { channel, team, user, isMember } = seen;
  if (channel.kind !== 'public') return fail('method_not_supported_for_channel_type');
  if (channel.archived) return fail('is_archived');
  call.simulator.world.setMember(channel, user, true);
  const body = { channel: channelShape(channel, team, user) };
  if (!isMember) return ok(body);
  return ok({ ...body, warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } });
}

function open(call: Call): Answer {
  const channelId = textOf(call.args, 'channel');
  if (channelId !== null) return openKnown(call, channelId);
  const users = (textOf(call.args, 'users') ?? '').split(',').filter((user) => user !== '');
  if (users.length === 0) return fail('users_list_not_supplied');
  if (users.length > MAX_OTHERS_IN_GROUP) return fail('too_many_users');
  const scope = users.length === 1 ? 'im:write' : 'mpim:write';
  if (!call.grant.scopes.includes(scope)) return missingScope([scope], call.grant.scopes);
  return openWith(call, users);
}

function openWith(call: Call, users: readonly string[]): Answer {
  const people = users.map((user) => personOf(call, user));
  if (people.includes(null)) return fail('user_not_found');
  if (people.some((person) => person?.deleted)) return fail('user_disabled');
  const team = call.simulator.world.teams.get(people[0]?.teamId ?? '') ?? teamOfCall(call);
  if (team === null) return fail('user_not_found');
  const { world, clock } = call.simulator;
  const before = world.channels.size;
  const viewer = actingUser(call, team);
  const channel = world.openDirect(team, [viewer, ...users], clock.nowMs());
  const known = world.channels.size === before ? { no_op: true, already_open: true } : {};
  const shape = flagOf(call.args, 'return_im') ? channelShape(channel, team, viewer) : { id: channel.id };
  return ok({ ...known, channel: shape });
}

function openKnown(call: Call, channelId: string): Answer {
  const seen = sight(call, channelId);
  if (seen === null) return fail('channel_not_found');
  const { kind, id } = seen.channel;
  if (kind !== 'im' && kind !== 'mpim') return fail('method_not_supported_for_channel_type');
  return ok({ no_op: true, already_open: true, channel: { id } });
}

export const conversationMethods: Readonly<Record<string, MethodDefinition>> = {
  'conversations.info': { accepts: allReadScopes, needs: [], handle: info },
  'conversations.join': { accepts: ['channels:join', 'channels:write'], needs: [], handle: join },
  'conversations.open': { accepts: ['im:write', 'mpim:write'], needs: [], handle: open },
};
