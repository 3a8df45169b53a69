import type { FastifyInstance, FastifyReply } from 'fastify';
import { PAGE_HEADERS } from '../pages/html.ts';
import type { Simulator } from '../simulator.ts';
import { consentErrorPage, consentPage } from './consent.page.ts';
import type { ConsentRequest, Fields } from './consent-request.ts';
import { fieldOf, listOf, readConsentRequest, webhookChannels } from './consent-request.ts';

/** Slack's page where a person allows or denies what an app asks for. */
export function registerConsent(server: FastifyInstance, simulator: Simulator): void {
  server.get('/oauth/v2/authorize', (request, reply) => {
    const fields = request.query as Fields;
    const verdict = readConsentRequest(simulator, fields);
    if (verdict.kind === 'refused') return refuse(reply, verdict.error, verdict.detail);
    const query = new URLSearchParams(
      Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const teams = [...simulator.world.teams.values()];
    return reply
      .headers(PAGE_HEADERS)
      .send(consentPage({ app: simulator.app, teams, request: verdict.request, query }));
  });
  server.post('/oauth/v2/authorize/decision', (request, reply) => {
    const fields = (request.body ?? {}) as Fields;
    const verdict = readConsentRequest(simulator, fields);
    if (verdict.kind === 'refused') return refuse(reply, verdict.error, verdict.detail);
    const decision = fieldOf(fields, 'decision');
    if (decision === 'deny') return leave(reply, verdict.request, { error: 'access_denied' });
    if (decision !== 'allow') return refuse(reply, 'invalid_decision', 'The decision must be allow or deny.');
    return allow(simulator, reply, verdict.request, fields);
  });
}

function allow(simulator: Simulator, reply: FastifyReply, asked: ConsentRequest, fields: Fields): FastifyReply {
  const scopes = granted(fields, asked.scopes, 'scopes', 'grant');
  const userScopes = granted(fields, asked.userScopes, 'user_scopes', 'grant_user');
  if (scopes.length + userScopes.length === 0) return leave(reply, asked, { error: 'access_denied' });
  const { enterprise } = asked.team;
  const orgWide = fieldOf(fields, 'org_wide') === '1';
  if (orgWide && enterprise === null) {
    return refuse(
      reply,
      'invalid_team',
      `${asked.team.name} belongs to no organisation, so nothing can be installed org-wide.`,
    );
  }
  const code = simulator.codes.issue({
    redirectUri: asked.redirectUri,
    teamId: orgWide ? null : asked.team.id,
    enterpriseId: enterprise?.id ?? null,
    userId: asked.person.id,
    scopes,
    userScopes,
    webhookChannel: scopes.includes('incoming-webhook') ? webhookChannel(asked, fields) : null,
    codeChallenge: asked.codeChallenge,
  });
  return leave(reply, asked, { code });
}

/** Fewer than asked: by the page's check boxes, or by a plain list from a program. Never more. */
function granted(fields: Fields, asked: readonly string[], list: string, boxes: string): readonly string[] {
  const isFromPage = fieldOf(fields, 'picked') === '1';
  if (!isFromPage && fields[list] === undefined) return asked;
  const wanted = new Set(isFromPage ? listOf(fields, boxes) : listOf(fields, list));
  return asked.filter((scope) => wanted.has(scope));
}

function webhookChannel({ team }: ConsentRequest, fields: Fields): string | null {
  const channels = webhookChannels(team);
  const wanted = fieldOf(fields, 'webhook_channel');
  return (channels.find(({ id }) => id === wanted) ?? channels[0])?.id ?? null;
}

function leave(
  reply: FastifyReply,
  { redirectUri, state }: ConsentRequest,
  result: Record<string, string>,
): FastifyReply {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(result)) url.searchParams.set(name, value);
  if (state !== null) url.searchParams.set('state', state);
  return reply.redirect(url.href, 302);
}

function refuse(reply: FastifyReply, error: string, detail: string): FastifyReply {
  return reply.code(200).headers(PAGE_HEADERS).send(consentErrorPage(error, detail));
}
