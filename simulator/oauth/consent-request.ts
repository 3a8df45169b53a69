import type { Channel, Person, Team } from '../model.ts';
import type { Simulator } from '../simulator.ts';
import { impossibleScopes, splitScopes } from './scopes.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What the app asks for, and whom the page is shown to. */
export interface ConsentRequest {
  readonly redirectUri: string;
  readonly state: string | null;
  readonly scopes: readonly string[];
  readonly userScopes: readonly string[];
  readonly codeChallenge: string | null;
  readonly team: Team;
  readonly person: Person;
}

export type ConsentVerdict =
  | { kind: 'ok'; request: ConsentRequest }
  /** Shown on Slack's own page, never sent to the redirect URL. */
  | { kind: 'refused'; error: string; detail: string };

export function fieldOf(fields: Fields, name: string): string | null {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

export function listOf(fields: Fields, name: string): string[] {
  const value = fields[name];
  if (Array.isArray(value)) return value.filter((item) => typeof item === 'string');
  return typeof value === 'string' ? splitScopes(value) : [];
}

export function readConsentRequest({ app, world, url }: Simulator, fields: Fields): ConsentVerdict {
  const clientId = fieldOf(fields, 'client_id');
  if (clientId !== app.clientId)
    return refused('invalid_client_id', `No app has the client id ${clientId ?? '(none)'}.`);
  const redirectUri = fieldOf(fields, 'redirect_uri');
  if (redirectUri === null || !isAllowedRedirect(redirectUri, url)) {
    return refused(
      'bad_redirect_uri',
      `redirect_uri must be https, or http on localhost or this page's host, without a #. It was: ${redirectUri ?? '(none)'}`,
    );
  }
  const scopes = listOf(fields, 'scope');
  const userScopes = listOf(fields, 'user_scope');
  const impossible = [...impossibleScopes(scopes, 'bot'), ...impossibleScopes(userScopes, 'user')];
  if (impossible.length > 0) return refused('invalid_scope', `Invalid permissions requested: ${impossible.join(', ')}`);
  if (scopes.length + userScopes.length === 0) return refused('invalid_scope', 'No scopes were requested.');
  const team = world.teams.get(fieldOf(fields, 'team') ?? '') ?? [...world.teams.values()][0];
  const person = team === undefined ? null : personFor(team, fieldOf(fields, 'user'));
  if (team === undefined || person === null) return refused('invalid_user', 'No such person in this workspace.');
  const codeChallenge = fieldOf(fields, 'code_challenge');
  return {
    kind: 'ok',
    request: { redirectUri, state: fieldOf(fields, 'state'), scopes, userScopes, codeChallenge, team, person },
  };
}

/** People who can sign in. */
export function peopleOf(team: Team): Person[] {
  return [...team.people.values()].filter((person) => !person.isBot && !person.deleted);
}

/** Where an incoming webhook may go: public channels that are open. */
export function webhookChannels(team: Team): Channel[] {
  return team.channels.filter((channel) => channel.kind === 'public' && !channel.archived).slice(0, 100);
}

function personFor(team: Team, asked: string | null): Person | null {
  const people = peopleOf(team);
  return people.find(({ id }) => id === asked) ?? (asked === null ? (people[0] ?? null) : null);
}

/** Slack takes https alone; a sandbox that is published without it is beside the simulator, on the same host. */
function isAllowedRedirect(text: string, ownUrl: string): boolean {
  if (text.includes('#') || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  const ours = ['localhost', '127.0.0.1', '[::1]', new URL(ownUrl).hostname];
  return protocol === 'https:' || (protocol === 'http:' && ours.includes(hostname));
}

function refused(error: string, detail: string): ConsentVerdict {
  return { kind: 'refused', error, detail };
}
