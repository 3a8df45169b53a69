import type { EventContext, EventPayload } from './events.ts';
import type { GrantBook } from './tokens.ts';
import type { World } from './world.ts';

export function contextOf(
  { world, grants }: { world: World; grants: GrantBook },
  teamId: string,
  event: EventPayload,
): EventContext {
  const team = world.teams.get(teamId);
  const living = grants.livingGrants(teamId);
  // Where nothing lives any more, the event tells of just that, and the bot was there to hear it.
  const heard = living.find(({ kind }) => kind === 'bot') ?? living[0];
  const channelId = channelIdOf(event);
  return {
    enterpriseId: team?.enterprise?.id ?? null,
    hearer: { userId: heard?.userId ?? team?.botUserId, isBot: heard?.kind !== 'user' },
    channelId,
    isExtShared: world.channels.get(channelId ?? '')?.shared ?? false,
  };
}

function channelIdOf({ channel }: EventPayload): string | undefined {
  if (typeof channel === 'string') return channel;
  return typeof channel === 'object' && channel !== null && 'id' in channel ? String(channel.id) : undefined;
}
