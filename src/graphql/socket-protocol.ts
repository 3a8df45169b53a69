import { type DocumentNode, getOperationAST, GraphQLError, OperationTypeNode } from 'graphql';
import {
  type Context,
  handleProtocols,
  makeServer,
  type OperationResult,
  type Server,
  type SubscribePayload,
} from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Viewer } from '../access/viewer.ts';
import { TopLevelError } from '../platform/top-level-error.ts';
import type { GraphQLContext } from './context.ts';
import { GroupedSubscriptions, type SocketSubscription } from './grouped-subscriptions.ts';
import { OPERATIONS_IN_FLIGHT_PER_SOCKET } from './limits.ts';
import { chargeWorkspaces, rateLimited, rateLimitExtension, tellingRateLimit, tighter } from './rate-limits.ts';
import { maskAll, maskedResult } from './masked-result.ts';
import { PreparedOperations } from './operation.ts';
import type { Outlet } from './outlet.ts';
import type { GraphQLSettings } from './settings.ts';
import { tracedExecute } from './traced-requests.ts';

export { handleProtocols };

/** How long a peer may take to introduce itself. */
const CONNECTION_INIT_MS = 5_000;
const FORBIDDEN = 4403;
const TRY_AGAIN_LATER = 1013;
const SUBSCRIBER_EXISTS = 4409;
/** A timer does not run while the machine sleeps, nor by a clock that is set: so long after either a socket may outlive its token. */
const LOOKED_AT_EVERY_MS = 4_000;

/** What this server knows of one socket. */
export interface SocketState {
  readonly socket: WebSocket;
  readonly outlet: Outlet;
  readonly socketId: string;
  viewer?: Viewer;
  expiry?: NodeJS.Timeout;
  operations: number;
  /** The operations that are streams, by their message: a client may use an id again before its last use has ended. */
  readonly streaming: Set<SubscribePayload>;
  /** The ids of subscriptions from their admission on, by their message. */
  readonly subscribed: Map<SubscribePayload, string>;
  /** The ids of streams that have not begun yet, and of queries and mutations that have not ended. */
  readonly preparing: Set<string>;
  /** Queries and mutations until they end: a client's `complete` does not stop them. */
  readonly running: Set<SubscribePayload>;
}

type Connection = Context<Record<string, unknown>, SocketState>;

/** The socket ends with its token: what it may see was decided by it. */
export function closeAtExpiry(state: SocketState, viewer: Viewer, settings: GraphQLSettings): void {
  const leftMs = viewer.expiresAt.getTime() - settings.clock.now().getTime();
  if (leftMs <= 0) {
    state.socket.close(FORBIDDEN, 'The token has expired');
    return;
  }
  state.expiry = setTimeout(() => closeAtExpiry(state, viewer, settings), Math.min(leftMs, LOOKED_AT_EVERY_MS));
}

/** False closes with 4403, which Apollo's and graphql-ws's clients try again, with a fresh token from their function. */
async function admit(connection: Connection, settings: GraphQLSettings): Promise<boolean> {
  const { connectionParams, extra } = connection;
  const authorization: unknown = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
  // A token that was read is not kept for as long as its socket is open.
  delete (connection as { connectionParams?: unknown }).connectionParams;
  try {
    const viewer = await settings.authenticate(typeof authorization === 'string' ? authorization : undefined);
    extra.viewer = viewer;
    if (extra.socket.readyState === extra.socket.OPEN) closeAtExpiry(extra, viewer, settings);
    return true;
  } catch (error) {
    if (error instanceof TopLevelError && error.code === 'UNAUTHENTICATED') return false;
    settings.logger.error({ err: error }, 'A socket could not be authenticated');
    extra.socket.close(TRY_AGAIN_LATER, 'Try again later');
    return false;
  }
}

const tooManyOperations = ({ subscriptionsPerSocket }: GraphQLSettings): GraphQLError =>
  new GraphQLError(
    `A socket may hold ${subscriptionsPerSocket} subscriptions, and run ${OPERATIONS_IN_FLIGHT_PER_SOCKET} queries and mutations, at once: wait for one to end, or open another socket.`,
    { extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } },
  );

/** Whether one more of its kind has a place on the socket, and takes it. */
function takePlace(
  { subscriptions, extra: { subscribed, running } }: Connection,
  id: string,
  payload: SubscribePayload,
  document: DocumentNode,
  { subscriptionsPerSocket }: GraphQLSettings,
): boolean {
  if (getOperationAST(document, payload.operationName)?.operation === OperationTypeNode.SUBSCRIPTION) {
    // One that its client completed while it was being prepared has left without a word.
    for (const [message, held] of subscribed) if (!(held in subscriptions)) subscribed.delete(message);
    if (subscribed.size >= subscriptionsPerSocket) return false;
    subscribed.set(payload, id);
    return true;
  }
  if (running.size >= OPERATIONS_IN_FLIGHT_PER_SOCKET) return false;
  running.add(payload);
  return true;
}

function contextOf(state: SocketState, { resolver }: GraphQLSettings): GraphQLContext {
  if (!state.viewer) throw new Error('An operation came over a socket without a viewer.');
  state.operations += 1;
  return { viewer: state.viewer, requestId: `${state.socketId}-${state.operations}`, resolver };
}

/** What may run: within the limits of the socket, of the document, of its user and of its workspaces, in this order. */
async function admitOperation(
  connection: Connection,
  id: string,
  payload: SubscribePayload,
  settings: GraphQLSettings,
  operations: PreparedOperations,
): Promise<SocketSubscription | readonly GraphQLError[]> {
  const { schema, rateLimits } = settings;
  const { subscriptions, extra } = connection;
  const mostHeld = settings.subscriptionsPerSocket + OPERATIONS_IN_FLIGHT_PER_SOCKET;
  if (Object.keys(subscriptions).length > mostHeld) return [tooManyOperations(settings)];
  const context = contextOf(extra, settings);
  const byViewer = await rateLimits?.take('VIEWER', context.viewer.userId);
  if (byViewer?.isAllowed === false) return tellingRateLimit([rateLimited(byViewer)], byViewer);
  const prepared = operations.prepare(payload);
  if (Array.isArray(prepared)) return tellingRateLimit(prepared as readonly GraphQLError[], byViewer);
  const document = prepared as DocumentNode;
  const byWorkspace = await chargeWorkspaces(rateLimits, schema, { document, ...payload }, context.viewer);
  if (byWorkspace?.isAllowed === false) return tellingRateLimit([rateLimited(byWorkspace)], byWorkspace);
  context.rateLimit = tighter(byViewer, byWorkspace);
  // The limits may have been waited for, and a timer is late where the machine slept.
  if (context.viewer.expiresAt <= settings.clock.now()) {
    closeAtExpiry(extra, context.viewer, settings);
    return [new GraphQLError('The token has expired.')];
  }
  if (!takePlace(connection, id, payload, document, settings)) return [tooManyOperations(settings)];
  return {
    schema,
    document,
    operationName: payload.operationName ?? null,
    variableValues: payload.variables ?? null,
    contextValue: context,
    outlet: extra.outlet,
    id,
  } satisfies SocketSubscription;
}

/**
 * graphql-ws knows an operation by its id alone: one that was completed while it was prepared would be taken for the next of
 * that id, and both would stream, the first of them for ever, or its result be sent as the other's.
 */
async function admitOnce(
  { extra }: Connection,
  id: string,
  admitNow: () => Promise<SocketSubscription | readonly GraphQLError[]>,
): Promise<SocketSubscription | readonly GraphQLError[]> {
  if (extra.preparing.has(id)) {
    const message = 'An operation with this id is not over yet';
    extra.socket.close(SUBSCRIBER_EXISTS, message);
    return [new GraphQLError(`${message}.`)];
  }
  extra.preparing.add(id);
  let isAdmitted = false;
  try {
    const admitted = await admitNow();
    isAdmitted = !Array.isArray(admitted);
    return admitted;
  } finally {
    if (!isAdmitted) extra.preparing.delete(id);
  }
}

const isStream = (result: Awaited<OperationResult>): boolean => Symbol.asyncIterator in result;

/** graphql-transport-ws over the shared rules: who may connect, what may run, and what an error shows. */
export function socketProtocol(settings: GraphQLSettings): Server<SocketState> {
  const operations = new PreparedOperations(settings.schema, settings.introspection);
  const grouped = new GroupedSubscriptions(settings);
  let active = 0;
  const count = (change: 1 | -1): void => {
    active += change;
    settings.onSubscriptionCount?.(active);
  };
  return makeServer<Record<string, unknown>, SocketState>({
    connectionInitWaitTimeout: CONNECTION_INIT_MS,
    onConnect: (connection) => admit(connection, settings),
    onSubscribe: (connection, id, payload) =>
      admitOnce(connection, id, () => admitOperation(connection, id, payload, settings, operations)),
    execute: tracedExecute,
    subscribe: (args) => grouped.subscribe(args as SocketSubscription),
    onOperation: ({ extra, subscriptions }, id, payload, _args, result) => {
      extra.running.delete(payload);
      extra.preparing.delete(id);
      if (!isStream(result as Awaited<OperationResult>) || !(id in subscriptions)) return;
      extra.streaming.add(payload);
      count(1);
    },
    onNext: ({ extra }, _id, payload, args, result) => {
      const context = args.contextValue as GraphQLContext | undefined;
      const masked = maskedResult(result, context?.requestId ?? extra.socketId, settings);
      // A stream tells its changes; the limit as it was when it began says nothing.
      if (!context?.rateLimit || extra.streaming.has(payload)) return masked;
      return { ...masked, extensions: { ...masked.extensions, rateLimit: rateLimitExtension(context.rateLimit) } };
    },
    onError: ({ extra }, id, _payload, errors) => {
      extra.preparing.delete(id);
      return maskAll(errors, extra.socketId, settings);
    },
    onComplete: ({ extra }, _id, payload) => {
      extra.subscribed.delete(payload);
      if (extra.streaming.delete(payload)) count(-1);
    },
    onClose: ({ extra }) => clearTimeout(extra.expiry),
  });
}
