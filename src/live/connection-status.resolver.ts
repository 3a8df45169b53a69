import { Arg, FieldResolver, ID, Resolver, Root, Subscription } from 'type-graphql';
import { problemOf } from '../connections/connection.policy.ts';
import type { FailureCode } from '../connections/failure.policy.ts';
import type { ConnectionLoader } from '../connections/connection-loader.ts';
import { PersonalAuthorization, WorkspaceConnection } from '../connections/connections.types.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { Grouped, SharedEvents } from '../graphql/shared-log.ts';
import type { AuthorizationId, ConnectionId } from '../platform/ids.ts';
import type { ConnectionChange } from './connection-status-log.entity.ts';
import type { ConnectionStatusService, ConnectionStreamRequest } from './connection-status.service.ts';
import { encodeCursor, type LogPosition } from './cursor.policy.ts';
import { ConnectionStatusChange } from './live.types.ts';

@Resolver(() => ConnectionStatusChange)
export class ConnectionStatusResolver {
  constructor(
    private readonly stream: ConnectionStatusService,
    private readonly loader: ConnectionLoader,
  ) {}

  async open(
    context: GraphQLContext,
    request: ConnectionStreamRequest,
  ): Promise<SharedEvents<ConnectionChange, LogPosition>> {
    const { log, from, audience } = await this.stream.subscribe(context.viewer, request);
    return new SharedEvents(log, from, audience);
  }

  @Grouped('after')
  @Subscription(() => ConnectionStatusChange, {
    description:
      'Every status change of the workspace connections, and of the personal authorizations that the viewer may see, in order; ' +
      'also that message after message fails in a channel of one that is ACTIVE, and that none does any more. ' +
      'With `after`, first replays what came since, then follows.',
    subscribe: ({ context, args }: { context: GraphQLContext; args: ConnectionStreamRequest }) =>
      context.resolver(ConnectionStatusResolver).open(context, args),
  })
  connectionStatusChanged(
    @Root() change: ConnectionChange,
    @Arg('workspaceId', () => ID, { description: 'The workspace; FORBIDDEN where the viewer has no role in it.' })
    _workspaceId: string,
    @Arg('after', () => String, {
      nullable: true,
      description: "A change's `cursor`: begin right after it; now where it is left out.",
    })
    _after: string | null | undefined,
  ): ConnectionStatusChange {
    return changeView(change);
  }

  @FieldResolver(() => WorkspaceConnection)
  connection(@Root() change: ConnectionStatusChange): Promise<WorkspaceConnection> {
    return this.loader.connection(change.connectionId as ConnectionId);
  }

  @FieldResolver(() => PersonalAuthorization, { nullable: true })
  async authorization(@Root() { authorizationId }: ConnectionStatusChange): Promise<PersonalAuthorization | null> {
    return authorizationId === null ? null : this.loader.authorization(authorizationId as AuthorizationId);
  }
}

/** The problem as it was then, not what has become of it since. */
const problemThen = ({
  connectionId,
  authorizationId,
  to,
  problemCode,
  channelId,
  slackError,
  ...rest
}: ConnectionChange) => {
  const { at, failures } = rest;
  const isFailing = to === 'ACTIVE' && problemCode !== null;
  const failing = isFailing
    ? { channelId, failures: failures ?? 0, code: problemCode as FailureCode, slackError, since: at }
    : undefined;
  const standing = {
    disconnectedAt: to === 'DISCONNECTED' ? at : null,
    credential: to === 'DISCONNECTED' ? null : { problemCode: isFailing ? null : problemCode, problemSince: at },
  };
  return problemOf(standing, { personal: authorizationId !== null, connectionId, failing });
};

const changeView = (change: ConnectionChange) => {
  const { position, connectionId, authorizationId, to, at } = change;
  return { cursor: encodeCursor(position), connectionId, authorizationId, to, problem: problemThen(change), at };
};
