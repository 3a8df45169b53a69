import { shortHash } from '../random.ts';
import type { Simulator } from '../simulator.ts';

/** Never a token itself. */
export function listTokens({ clock, grants }: Simulator): Record<string, unknown>[] {
  return grants.all().map(({ grant, token }) => ({
    hash: shortHash(token.value),
    kind: grant.kind,
    use: token.use,
    team: grant.teamId,
    enterprise: grant.enterpriseId,
    user: grant.userId,
    scopes: grant.scopes,
    revoked: token.revokedAs !== null,
    error: token.revokedAs,
    expired: token.expiresAt !== null && token.expiresAt <= clock.tokenNowMs(),
    expires_at: token.expiresAt,
  }));
}

export function listTeams({ world }: Simulator): Record<string, unknown>[] {
  return [...world.teams.values()].map((team) => ({
    id: team.id,
    name: team.name,
    domain: team.domain,
    enterprise: team.enterprise,
    bot_user_id: team.botUserId,
    bot_id: team.botId,
    channels: team.channels.length,
    users: [...team.people.values()].map(({ id, handle, realName, isBot, deleted }) => ({
      id,
      handle,
      name: realName,
      is_bot: isBot,
      deleted,
    })),
  }));
}

export function listChannels({ world }: Simulator, teamId: string | null): Record<string, unknown>[] {
  return [...world.channels.values()]
    .filter((channel) => teamId === null || channel.teamId === teamId)
    .map((channel) => ({
      id: channel.id,
      team: channel.teamId,
      name: channel.name,
      kind: channel.kind,
      archived: channel.archived,
      readOnly: channel.readOnly,
      threadOnly: channel.threadOnly,
      shared: channel.shared,
      members: [...channel.members],
      bot_is_member: channel.members.has(world.teams.get(channel.teamId)?.botUserId ?? ''),
      messages: channel.messages.length,
    }));
}
