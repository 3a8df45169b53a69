import type { EventPayload } from '../events.ts';
import type { Channel, Team } from '../model.ts';
import { channelShape } from '../web-api/shapes.ts';

interface Before {
  readonly name: string;
  readonly archived: boolean;
}

/** What Slack tells of a change of a channel that its creator made; of a new private one, nothing. */
export function eventsOfChange(channel: Channel, team: Team, before: Before | 'new' | 'deleted'): EventPayload[] {
  const { id, creator, name, archived, isPrivate } = channel;
  const word = isPrivate ? 'group' : 'channel';
  if (before === 'deleted') return [{ type: `${word}_deleted`, channel: id, actor_id: creator }];
  if (before === 'new') return isPrivate ? [] : [{ type: 'channel_created', channel: createdShape(channel, team) }];
  const events: EventPayload[] = [];
  if (name !== before.name) events.push({ type: `${word}_rename`, channel: renamedShape(channel) });
  if (archived !== before.archived)
    events.push({ type: `${word}_${archived ? 'archive' : 'unarchive'}`, channel: id, user: creator, is_moved: 0 });
  return events;
}

function createdShape(channel: Channel, team: Team): Record<string, unknown> {
  const { is_member: _member, num_members: _count, ...shape } = channelShape(channel, team, channel.creator);
  return { ...shape, is_moved: 0, internal_team_ids: [] };
}

function renamedShape({ id, kind, name, createdAt }: Channel): Record<string, unknown> {
  return { id, is_channel: kind !== 'mpim', is_mpim: kind === 'mpim', name, name_normalized: name, created: createdAt };
}
