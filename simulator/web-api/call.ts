import type { Channel, Person, Team } from '../model.ts';
import type { Simulator } from '../simulator.ts';
import type { Grant, TokenRecord } from '../tokens.ts';

export type Arguments = Readonly<Record<string, unknown>>;

/** One authenticated call of a Web API method. */
export interface Call {
  readonly simulator: Simulator;
  readonly method: string;
  readonly args: Arguments;
  readonly grant: Grant;
  readonly token: TokenRecord;
  /** When the request arrived, Unix ms. */
  readonly at: number;
}

/** A call before or without a token (`oauth.v2.access`, `api.test`). */
export interface AnonymousCall {
  readonly simulator: Simulator;
  readonly method: string;
  readonly args: Arguments;
  readonly basicAuth: { id: string; secret: string } | null;
}

export interface Answer {
  readonly ok: boolean;
  readonly body: Record<string, unknown>;
  /** Set for HTTP 429 only. */
  readonly waitMs?: number;
}

export interface MethodDefinition {
  /** Shown in `x-accepted-oauth-scopes`. */
  readonly accepts: readonly string[];
  /** All of these are needed before the method looks at anything else. */
  readonly needs: readonly string[];
  readonly takesRefreshToken?: boolean;
  readonly handle: (call: Call) => Answer;
}

export function ok(body: Record<string, unknown>): Answer {
  return { ok: true, body: { ok: true, ...body } };
}

export function fail(error: string, extra: Record<string, unknown> = {}): Answer {
  return { ok: false, body: { ok: false, error, ...extra } };
}

export function rateLimited(waitMs: number): Answer {
  return { ok: false, body: { ok: false, error: 'ratelimited' }, waitMs };
}

export function missingScope(needed: readonly string[], provided: readonly string[]): Answer {
  return fail('missing_scope', { needed: needed.join(','), provided: provided.join(',') });
}

export function textOf(args: Arguments, name: string): string | null {
  const value = args[name];
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

export function flagOf(args: Arguments, name: string): boolean {
  const value = args[name];
  return value === true || value === 1 || value === 'true' || value === '1';
}

/** The team whose things a call is about: an org-wide token names it by `team_id`. */
export function teamOfCall(call: Call): Team | null {
  const { world } = call.simulator;
  if (call.grant.teamId !== null) return world.teams.get(call.grant.teamId) ?? null;
  const named = textOf(call.args, 'team_id');
  const team = named === null ? undefined : world.teams.get(named);
  return team !== undefined && team.enterprise?.id === call.grant.enterpriseId ? team : null;
}

/** May this token know of this team's things? */
export function reaches(call: Call, team: Team): boolean {
  return call.grant.teamId === null ? team.enterprise?.id === call.grant.enterpriseId : team.id === call.grant.teamId;
}

/** The user that the token acts as, in this team. An org-wide bot has one user in every team of the org. */
export function actingUser(call: Call, team: Team): string {
  return call.grant.kind === 'bot' ? team.botUserId : call.grant.userId;
}

export function personOf(call: Call, id: string): Person | null {
  for (const team of call.simulator.world.teams.values()) {
    const person = team.people.get(id);
    if (person !== undefined && reaches(call, team)) return person;
  }
  return null;
}

const READ_SCOPES = { public: 'channels:read', private: 'groups:read', mpim: 'mpim:read', im: 'im:read' } as const;
const HISTORY_SCOPES = {
  public: 'channels:history',
  private: 'groups:history',
  mpim: 'mpim:history',
  im: 'im:history',
} as const;

export const readScope = (kind: Channel['kind']): string => READ_SCOPES[kind];
export const historyScope = (kind: Channel['kind']): string => HISTORY_SCOPES[kind];
export const allReadScopes = Object.values(READ_SCOPES);
export const allHistoryScopes = Object.values(HISTORY_SCOPES);

export interface Sighting {
  readonly team: Team;
  readonly channel: Channel;
  readonly user: string;
  readonly isMember: boolean;
}

/** A conversation as this token sees it; null where it must look as if it did not exist. */
export function sight(call: Call, channelId: string | null): Sighting | null {
  const channel = channelId === null ? undefined : call.simulator.world.channels.get(channelId);
  const team = channel === undefined ? undefined : call.simulator.world.teams.get(channel.teamId);
  if (channel === undefined || team === undefined || !reaches(call, team)) return null;
  const user = actingUser(call, team);
  const isMember = channel.members.has(user);
  return channel.isPrivate && !isMember ? null : { team, channel, user, isMember };
}
