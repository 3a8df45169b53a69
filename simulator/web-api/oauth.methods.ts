import type { Consent } from '../codes.ts';
import { randomWord } from '../random.ts';
import type { Simulator } from '../simulator.ts';
import type { IssuedTokens } from '../tokens.ts';
import type { AnonymousCall, Answer } from './call.ts';
import { fail, ok, textOf } from './call.ts';

type Json = Record<string, unknown>;

/** `oauth.v2.access`: exchanges a code, or refreshes. */
export function oauthAccess(call: AnonymousCall): Answer {
  const refused = checkClient(call);
  if (refused !== null) return refused;
  const grantType = textOf(call.args, 'grant_type') ?? 'authorization_code';
  if (grantType === 'refresh_token') return refresh(call);
  return grantType === 'authorization_code' ? exchange(call) : fail('invalid_grant_type');
}

/** The team that a call is about before it has been answered: faults and limits may be scripted per team. */
export function teamOfOauth(call: AnonymousCall): string | null {
  const code = textOf(call.args, 'code');
  if (code !== null) return call.simulator.codes.peekTeam(code);
  const refreshToken = textOf(call.args, 'refresh_token');
  return refreshToken === null ? null : (call.simulator.grants.grantOfToken(refreshToken)?.teamId ?? null);
}

function checkClient({ args, basicAuth, simulator }: AnonymousCall): Answer | null {
  const id = basicAuth?.id ?? textOf(args, 'client_id');
  const secret = basicAuth?.secret ?? textOf(args, 'client_secret');
  if (id !== simulator.app.clientId) return fail('invalid_client_id');
  return secret === simulator.app.clientSecret ? null : fail('bad_client_secret');
}

function refresh({ args, simulator }: AnonymousCall): Answer {
  const issued = simulator.grants.refresh(textOf(args, 'refresh_token') ?? '');
  if (issued === null) return fail('invalid_refresh_token');
  const { grant } = issued;
  const principal = grant.kind === 'bot' ? { bot_user_id: grant.userId } : { user_id: grant.userId };
  return ok({ ...tokenFields(simulator, issued), ...principal, ...place(simulator, grant.teamId, grant.enterpriseId) });
}

function exchange({ args, simulator }: AnonymousCall): Answer {
  const code = textOf(args, 'code') ?? '';
  const redeemed = simulator.codes.redeem(code, textOf(args, 'redirect_uri'), textOf(args, 'code_verifier'));
  if (redeemed.kind === 'refused') return fail(redeemed.error);
  const { consent } = redeemed;
  const bot = consent.scopes.length === 0 ? null : installBot(simulator, consent);
  const user = consent.userScopes.length === 0 ? null : authorizeUser(simulator, consent);
  return ok({
    ...(bot === null ? {} : { ...tokenFields(simulator, bot), bot_user_id: bot.grant.userId }),
    ...place(simulator, consent.teamId, consent.enterpriseId),
    authed_user: { id: consent.userId, ...(user === null ? {} : tokenFields(simulator, user)) },
    ...(consent.webhookChannel === null ? {} : { incoming_webhook: webhook(simulator, consent.webhookChannel) }),
  });
}

function installBot(simulator: Simulator, consent: Consent): IssuedTokens {
  const { world, grants } = simulator;
  const teams = [...world.teams.values()].filter(({ id, enterprise }) =>
    consent.teamId === null ? enterprise?.id === consent.enterpriseId : id === consent.teamId,
  );
  for (const team of teams) world.setBotInstalled(team, true);
  return grants.grant({
    kind: 'bot',
    teamId: consent.teamId,
    enterpriseId: consent.enterpriseId,
    userId: teams[0]?.botUserId ?? '',
    scopes: consent.scopes,
    rotating: simulator.rotatesFor(consent.teamId),
  });
}

function authorizeUser(simulator: Simulator, consent: Consent): IssuedTokens {
  const { teamId, enterpriseId, userId, userScopes } = consent;
  return simulator.grants.grant({
    kind: 'user',
    teamId,
    enterpriseId,
    userId,
    scopes: userScopes,
    rotating: simulator.rotatesFor(teamId),
  });
}

function tokenFields(simulator: Simulator, { grant, access, refresh: refreshToken }: IssuedTokens): Json {
  const expiry =
    access.expiresAt === null || refreshToken === null
      ? {}
      : {
          expires_in: Math.round((access.expiresAt - simulator.clock.tokenNowMs()) / 1000),
          refresh_token: refreshToken.value,
        };
  return { access_token: access.value, token_type: grant.kind, scope: grant.scopes.join(','), ...expiry };
}

function place({ app, world }: Simulator, teamId: string | null, enterpriseId: string | null): Json {
  const team = teamId === null ? undefined : world.teams.get(teamId);
  const enterprise =
    [...world.teams.values()].find((other) => other.enterprise?.id === enterpriseId)?.enterprise ?? null;
  return {
    app_id: app.appId,
    team: team === undefined ? null : { id: team.id, name: team.name },
    enterprise: enterpriseId === null ? null : enterprise,
    is_enterprise_install: teamId === null,
  };
}

function webhook({ url, world }: Simulator, channelId: string): Json {
  const channel = world.channels.get(channelId);
  const service = `B0${randomWord(9).toUpperCase()}`;
  return {
    channel: `#${channel?.name ?? 'general'}`,
    channel_id: channelId,
    configuration_url: `${url}/services/${service}`,
    url: `${url}/services/${channel?.teamId ?? ''}/${service}/${randomWord(24)}`,
  };
}
