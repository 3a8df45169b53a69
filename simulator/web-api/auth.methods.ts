import type { Answer, Call, MethodDefinition } from './call.ts';
import { actingUser, fail, flagOf, ok, textOf } from './call.ts';

function test(call: Call): Answer {
  const { grant, simulator, token } = call;
  const { world, app, clock } = simulator;
  const team = grant.teamId === null ? null : (world.teams.get(grant.teamId) ?? null);
  const home = team ?? [...world.teams.values()].find(({ enterprise }) => enterprise?.id === grant.enterpriseId);
  if (home === undefined) return fail('invalid_auth');
  const user = actingUser(call, home);
  return ok({
    url: `https://${team?.domain ?? `${home.domain}.enterprise`}.slack.com/`,
    team: team?.name ?? home.enterprise?.name,
    user: home.people.get(user)?.handle,
    team_id: team?.id ?? home.enterprise?.id,
    user_id: user,
    ...(grant.kind === 'bot' ? { bot_id: home.botId } : {}),
    app_id: app.appId,
    app_name: app.name,
    ...(home.enterprise === null ? {} : { enterprise_id: home.enterprise.id }),
    is_enterprise_install: grant.teamId === null,
    ...(token.expiresAt === null ? {} : { expires_in: Math.floor((token.expiresAt - clock.tokenNowMs()) / 1000) }),
  });
}

/** Without rotation the whole grant ends and the bot leaves; with it, that one token. */
function revoke(call: Call): Answer {
  if (flagOf(call.args, 'test')) return ok({ revoked: false });
  if (call.grant.rotating) call.simulator.grants.revokeToken(call.token);
  else endGrant(call, call.grant.teamId);
  return ok({ revoked: true });
}

function endGrant(call: Call, teamId: string | null): void {
  const { events, grants, world } = call.simulator;
  grants.endGrant(call.grant, call.grant.kind === 'bot' ? 'account_inactive' : 'token_revoked');
  const team = teamId === null ? undefined : world.teams.get(teamId);
  if (team !== undefined && call.grant.kind === 'bot') world.setBotInstalled(team, false);
  if (teamId === null) return;
  events.emitEnded(teamId, [call.grant], grants.livingGrants(teamId).length === 0);
}

function uninstall(call: Call): Answer {
  const { app, grants, world } = call.simulator;
  const clientId = textOf(call.args, 'client_id');
  if (clientId === null) return fail('invalid_client_id');
  if (clientId !== app.clientId) return fail('client_id_token_mismatch');
  if (textOf(call.args, 'client_secret') !== app.clientSecret) return fail('bad_client_secret');
  const { teamId } = call.grant;
  if (teamId === null) endGrant(call, null);
  else {
    const living = grants.livingGrants(teamId);
    for (const grant of living) {
      grants.endGrant(grant, grant.kind === 'bot' ? 'account_inactive' : 'token_revoked');
    }
    const team = world.teams.get(teamId);
    if (team !== undefined) world.setBotInstalled(team, false);
    call.simulator.events.emitEnded(teamId, living, true);
  }
  return ok({ uninstalled: true });
}

function teamsList(call: Call): Answer {
  const teams = [...call.simulator.world.teams.values()].filter((team) =>
    call.grant.teamId === null ? team.enterprise?.id === call.grant.enterpriseId : team.id === call.grant.teamId,
  );
  return ok({ teams: teams.map(({ id, name }) => ({ id, name })), response_metadata: { next_cursor: '' } });
}

export const authMethods: Readonly<Record<string, MethodDefinition>> = {
  'auth.test': { accepts: [], needs: [], handle: test },
  'auth.revoke': { accepts: [], needs: [], takesRefreshToken: true, handle: revoke },
  'auth.teams.list': { accepts: [], needs: [], handle: teamsList },
  'apps.uninstall': { accepts: [], needs: [], handle: uninstall },
};
