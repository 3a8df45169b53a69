import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  createSourceEventStream,
  type DocumentNode,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  subscribe,
} from 'graphql';
import type { OperationResult } from 'graphql-ws';
import type { Viewer } from '../access/viewer.ts';
import type { GraphQLContext } from './context.ts';
import { GroupMember } from './group-member.ts';
import { groupedOperation, type GroupedOperation, usedVariables } from './grouped-operation.ts';
import { maskedResult } from './masked-result.ts';
import type { Outlet } from './outlet.ts';
import type { GraphQLSettings } from './settings.ts';
import { SharedEvents } from './shared-log.ts';
import { SubscriptionGroup } from './subscription-group.ts';

const RETRY_MS = 250;

/** One subscription as it came over a socket. */
export interface SocketSubscription extends ExecutionArgs {
  readonly contextValue: GraphQLContext;
  readonly outlet: Outlet;
  readonly id: string;
}

/** All that a resolver can know of a viewer. */
const keyOf = ({ userId, memberships }: Viewer): string =>
  JSON.stringify([userId, [...memberships].toSorted(([a], [b]) => (a < b ? -1 : 1))]);

/** The groups of this process, each found by all that an answer could depend on. */
export class GroupedSubscriptions {
  readonly #groups = new Map<string, SubscriptionGroup<unknown, unknown>>();
  /** By document and name; documents are kept by whoever prepares them. */
  readonly #operations = new WeakMap<DocumentNode, Map<string, GroupedOperation | undefined>>();

  constructor(private readonly settings: GraphQLSettings) {}

  /** Joins the subscription to its group; one whose field is not grouped is executed for itself. */
  async subscribe(args: SocketSubscription): Promise<Awaited<OperationResult>> {
    const operation = this.#operationOf(args);
    if (!operation) return subscribe(args);
    // Authorised by the subscriber's own viewer, whoever else is in the group.
    const events = await createSourceEventStream(args);
    if (!(events instanceof SharedEvents)) return events as ExecutionResult;
    const group = this.#groupOf(operation, args, events);
    return new GroupMember(group, events, args.outlet, args.id);
  }

  #operationOf({ schema, document, operationName }: SocketSubscription): GroupedOperation | undefined {
    const byName = this.#operations.get(document) ?? new Map<string, GroupedOperation | undefined>();
    this.#operations.set(document, byName);
    const name = operationName ?? '';
    if (!byName.has(name)) byName.set(name, groupedOperation(schema, document, operationName));
    return byName.get(name);
  }

  #groupOf(
    operation: GroupedOperation,
    { contextValue: { viewer }, variableValues }: SocketSubscription,
    { log }: SharedEvents<unknown, unknown>,
  ): SubscriptionGroup<unknown, unknown> {
    const variables = usedVariables(operation, variableValues ?? {});
    const sharedViewer = operation.dependsOnViewer ? viewer : undefined;
    const key = JSON.stringify([operation.text, variables, sharedViewer && keyOf(sharedViewer)]);
    const known = this.#groups.get(key);
    if (known) return known;
    const render = this.#renderer({ ...operation, variables }, sharedViewer);
    const group = new SubscriptionGroup(log, render, () => this.#groups.delete(key));
    this.#groups.set(key, group);
    return group;
  }

  #renderer(operation: { document: DocumentNode; variables: Record<string, unknown> }, viewer: Viewer | undefined) {
    const { schema, resolver } = this.settings;
    const groupId = randomUUID();
    let executions = 0;
    const { document, variables: variableValues } = operation;
    return async (rootValue: unknown, signal: AbortSignal): Promise<string> => {
      for (;;) {
        executions += 1;
        const contextValue = sharedContext(viewer, `${groupId}-${executions}`, resolver);
        const result = await execute({ schema, document, variableValues, rootValue, contextValue });
        const masked = maskedResult(result, contextValue.requestId, this.settings);
        if (!isLost(masked)) return JSON.stringify(masked);
        await pause(RETRY_MS, undefined, { signal });
      }
    };
  }
}

/** An event goes out once: it waits for the database rather than be sent without all that it has to tell. */
const isLost = ({ errors }: FormattedExecutionResult): boolean =>
  errors?.some(({ extensions }) => extensions?.['code'] === 'SERVICE_UNAVAILABLE') === true;

/**
 * What the resolvers of a shared execution get. A viewer is there only where all of the group are the same one: a field
 * that asks for it, and was not known to, fails instead of showing to all what was meant for one.
 */
const sharedContext = (
  viewer: Viewer | undefined,
  requestId: string,
  resolver: GraphQLContext['resolver'],
): GraphQLContext => ({
  get viewer(): Viewer {
    if (viewer) return viewer;
    throw new Error('A field of a grouped subscription asked for the viewer; see viewer-fields.ts.');
  },
  requestId,
  resolver,
});
