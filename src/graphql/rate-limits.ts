import {
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { roleIn } from '../access/access.policy.ts';
import { ANY_WORKSPACE, type Viewer } from '../access/viewer.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { Allowance, RateLimits } from '../platform/rate-limits.ts';
import type { OperationRequest } from './cost.ts';
import { withExtensions } from './with-extensions.ts';

/** `extensions.rateLimit` of an answer: the limit that is nearest to its end. */
export interface RateLimitExtension {
  readonly scope: Allowance['scope'];
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

/** The one that refuses, else the one with less left. */
export const tighter = (one: Allowance | undefined, other: Allowance | undefined): Allowance | undefined => {
  if (!one || !other) return one ?? other;
  if (one.isAllowed !== other.isAllowed) return one.isAllowed ? other : one;
  return one.remaining <= other.remaining ? one : other;
};

export const rateLimitExtension = ({ scope, limit, remaining, resetSeconds }: Allowance): RateLimitExtension => ({
  scope,
  limit,
  remaining,
  resetSeconds,
});

/** A refusal over a socket is a list of errors and nothing else: what is left of the limit stands in each of them. */
export const tellingRateLimit = (errors: readonly GraphQLError[], found: Allowance | undefined): GraphQLError[] =>
  errors.map((error) => (found ? withExtensions(error, { rateLimit: rateLimitExtension(found) }) : error));

export const rateLimitHeaders = ({ limit, remaining, resetSeconds, isAllowed }: Allowance): Record<string, string> => ({
  'ratelimit-limit': `${limit}`,
  'ratelimit-remaining': `${remaining}`,
  'ratelimit-reset': `${resetSeconds}`,
  ...(isAllowed ? {} : { 'retry-after': `${resetSeconds}` }),
});

export const rateLimited = ({ scope, limit, resetSeconds }: Allowance): GraphQLError => {
  const whose = scope === 'VIEWER' ? 'by one user' : 'in one workspace';
  const message = `At most ${limit} requests a second may be made ${whose}: repeat this one in ${resetSeconds} s.`;
  return new GraphQLError(message, {
    extensions: { code: 'RATE_LIMITED', retryAfterSeconds: resetSeconds, http: { status: 429 } },
  });
};

interface Scoped {
  readonly workspaceId?: unknown;
}

/** The workspaces that the arguments of one root field name: itself, in its input, or one by one in a bulk. */
const namedIn = (args: Scoped & { input?: Scoped & { notifications?: readonly Scoped[] } }): string[] =>
  [args, args.input, ...(args.input?.notifications ?? [])].flatMap((scoped) =>
    typeof scoped?.workspaceId === 'string' ? [scoped.workspaceId] : [],
  );

interface Selected {
  readonly root: GraphQLObjectType;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Record<string, unknown>;
}

function namedBy({ selections }: SelectionSetNode, selected: Selected): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return namedBy(selection.selectionSet, selected);
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = selected.fragments.get(selection.name.value);
      return fragment ? namedBy(fragment.selectionSet, selected) : [];
    }
    const field = selected.root.getFields()[selection.name.value];
    return field ? namedIn(argumentsOf(field, selection, selected)) : [];
  });
}

/** Without those that do not fit: the field's own answer says why. */
function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode, { variables }: Selected): Scoped {
  try {
    return getArgumentValues(field, node, variables);
  } catch {
    return {};
  }
}

/**
 * Those that a valid operation names, without those that the viewer has no role in: nobody uses up the rate of
 * strangers. Where it names none, the one of a token that is for one alone.
 */
function workspacesOf(schema: GraphQLSchema, request: OperationRequest, viewer: Viewer): readonly string[] {
  const operation = getOperationAST(request.document, request.operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return [];
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {});
  if (!coerced) return [];
  const fragments = request.document.definitions.flatMap((definition) =>
    definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
  );
  const named = new Set(namedBy(operation.selectionSet, { root, fragments: new Map(fragments), variables: coerced }));
  if (named.size > 0) return [...named].filter((id) => roleIn(viewer, id as WorkspaceId) !== undefined);
  const [only, ...others] = viewer.memberships.keys();
  return only !== undefined && only !== ANY_WORKSPACE && others.length === 0 ? [only] : [];
}

/** Counts an operation in each workspace that it is about; answers with the tightest limit, or the one that refuses. */
export async function chargeWorkspaces(
  limits: RateLimits | undefined,
  schema: GraphQLSchema,
  request: OperationRequest,
  viewer: Viewer,
): Promise<Allowance | undefined> {
  if (!limits?.isOn('WORKSPACE')) return undefined;
  let tightest: Allowance | undefined;
  for (const workspaceId of workspacesOf(schema, request, viewer)) {
    tightest = tighter(tightest, await limits.take('WORKSPACE', workspaceId));
    if (tightest?.isAllowed === false) return tightest;
  }
  return tightest;
}
