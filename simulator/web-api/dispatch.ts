import type { Simulator } from '../simulator.ts';
import type { Authentication } from '../tokens.ts';
import { authMethods } from './auth.methods.ts';
import type { Answer, Arguments, MethodDefinition } from './call.ts';
import { fail, missingScope, ok, rateLimited, textOf } from './call.ts';
import { chatMethods } from './chat.methods.ts';
import { conversationMethods } from './conversations.methods.ts';
import { listMethods } from './conversations-list.methods.ts';
import { historyMethods } from './history.methods.ts';
import { oauthAccess, teamOfOauth } from './oauth.methods.ts';
import { peopleMethods } from './people.methods.ts';
import { postMethods } from './post.method.ts';

/** A map and no object: a method called `constructor` is unknown like any other. */
const METHODS = new Map<string, MethodDefinition>(
  [authMethods, postMethods, chatMethods, listMethods, conversationMethods, historyMethods, peopleMethods].flatMap(
    (family: Readonly<Record<string, MethodDefinition>>) => Object.entries(family),
  ),
);

export interface IncomingCall {
  readonly method: string;
  readonly args: Arguments;
  readonly bearer: string | null;
  readonly basicAuth: { id: string; secret: string } | null;
  readonly at: number;
}

/** A call that knows who asks, ready to be run once (or, when a fault says so, later or never). */
export interface PreparedCall {
  readonly team: string | null;
  readonly channel: string | null;
  readonly tokenKind: 'bot' | 'user' | null;
  readonly scopes: readonly string[] | null;
  readonly accepts: readonly string[];
  readonly run: () => Answer;
}

export function prepare(simulator: Simulator, incoming: IncomingCall): PreparedCall {
  if (incoming.method === 'oauth.v2.access') return prepareOauth(simulator, incoming);
  if (incoming.method === 'api.test') return anonymous(() => apiTest(incoming.args));
  const definition = METHODS.get(incoming.method);
  if (definition === undefined) return anonymous(() => fail('unknown_method', { req_method: incoming.method }));
  const value = incoming.bearer ?? textOf(incoming.args, 'token');
  if (value === null) return anonymous(() => fail('not_authed'));
  const who = simulator.grants.authenticate(value, definition.takesRefreshToken ?? false);
  const team = who.kind === 'ok' ? teamNamed(simulator, who, incoming.args) : null;
  return {
    team,
    channel: textOf(incoming.args, 'channel'),
    tokenKind: who.kind === 'ok' ? who.grant.kind : null,
    scopes: who.kind === 'ok' ? who.grant.scopes : null,
    accepts: definition.accepts,
    run: () => (who.kind === 'ok' ? runMethod(simulator, incoming, definition, who, team) : fail(who.error)),
  };
}

type Known = Extract<Authentication, { kind: 'ok' }>;

function runMethod(
  simulator: Simulator,
  incoming: IncomingCall,
  definition: MethodDefinition,
  who: Known,
  team: string | null,
): Answer {
  const wait = simulator.limits.takeCall(team ?? '', incoming.method);
  if (wait > 0) return rateLimited(wait);
  const { grant, token } = who;
  const lacking = definition.needs.some((scope) => !grant.scopes.includes(scope));
  if (lacking) return missingScope(definition.needs, grant.scopes);
  const { method, args, at } = incoming;
  return definition.handle({ simulator, method, args, grant, token, at });
}

function prepareOauth(simulator: Simulator, incoming: IncomingCall): PreparedCall {
  const call = { simulator, ...incoming };
  const team = teamOfOauth(call);
  return {
    ...anonymous(() => {
      const wait = simulator.limits.takeCall(team ?? '', incoming.method);
      return wait > 0 ? rateLimited(wait) : oauthAccess(call);
    }),
    team,
  };
}

function anonymous(run: () => Answer): PreparedCall {
  return { team: null, channel: null, tokenKind: null, scopes: null, accepts: [], run };
}

function teamNamed(simulator: Simulator, { grant }: Known, args: Arguments): string | null {
  if (grant.teamId !== null) return grant.teamId;
  const channel = simulator.world.channels.get(textOf(args, 'channel') ?? '');
  return channel?.teamId ?? textOf(args, 'team_id');
}

function apiTest(args: Arguments): Answer {
  const { token: _token, ...echoed } = args;
  const error = textOf(args, 'error');
  return error === null ? ok({ args: echoed }) : fail(error, { args: echoed });
}
