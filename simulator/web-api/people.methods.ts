import type { Answer, Call, MethodDefinition } from './call.ts';
import { fail, ok, personOf, reaches, teamOfCall, textOf } from './call.ts';
import { personShape } from './shapes.ts';

function userInfo(call: Call): Answer {
  const person = personOf(call, textOf(call.args, 'user') ?? '');
  const team = person === null ? undefined : call.simulator.world.teams.get(person.teamId);
  if (person === null || team === undefined) return fail('user_not_found');
  return ok({ user: personShape(person, team) });
}

function teamInfo(call: Call): Answer {
  const named = textOf(call.args, 'team');
  const team = named === null ? teamOfCall(call) : (call.simulator.world.teams.get(named) ?? null);
  if (team === null || !reaches(call, team)) return fail('team_not_found');
  const enterprise =
    team.enterprise === null ? {} : { enterprise_id: team.enterprise.id, enterprise_name: team.enterprise.name };
  return ok({
    team: {
      id: team.id,
      name: team.name,
      url: `https://${team.domain}.slack.com/`,
      domain: team.domain,
      email_domain: `${team.domain}.example.com`,
      icon: { image_default: true },
      avatar_base_url: '',
      is_verified: false,
      ...enterprise,
    },
  });
}

export const peopleMethods: Readonly<Record<string, MethodDefinition>> = {
  'users.info': { accepts: ['users:read'], needs: ['users:read'], handle: userInfo },
  'team.info': { accepts: ['team:read'], needs: ['team:read'], handle: teamInfo },
};
