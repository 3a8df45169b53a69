import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { personIn } from '../access/access.policy.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { DEFAULT_PAGE_SIZE } from '../graphql/page.types.ts';
import type { ConnectionId, WorkspaceId } from '../platform/ids.ts';
import type { ConnectionLoader } from './connection-loader.ts';
import type { ConnectionsService } from './connections.service.ts';
import {
  ConnectionStatus,
  PersonalAuthorization,
  PersonalAuthorizationConnection,
  WorkspaceConnection,
} from './connections.types.ts';

@Resolver(() => WorkspaceConnection)
export class ConnectionsResolver {
  constructor(
    private readonly views: ConnectionsService,
    private readonly loader: ConnectionLoader,
  ) {}

  @Query(() => [WorkspaceConnection], {
    description:
      'The Slack teams that a workspace is connected to, newest first. Members see them too; they see only their own personal authorization.',
  })
  connections(
    @Arg('workspaceId', () => ID, { description: 'The workspace; FORBIDDEN where the viewer has no role in it.' })
    workspaceId: string,
    @Arg('status', () => ConnectionStatus, { nullable: true, description: 'Only those in this status.' })
    status: ConnectionStatus | null | undefined,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<WorkspaceConnection[]> {
    return this.views.connectionsOf(viewer, workspaceId as WorkspaceId, status ?? undefined);
  }

  @Query(() => WorkspaceConnection, {
    nullable: true,
    description: 'One workspace connection; null where there is none that the viewer may see.',
  })
  connection(
    @Arg('id', () => ID, { description: "The connection's id." }) id: string,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<WorkspaceConnection | null> {
    return this.views.connection(viewer, id as ConnectionId);
  }

  @FieldResolver(() => PersonalAuthorization, { nullable: true })
  async myAuthorization(
    @Root() connection: WorkspaceConnection,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<PersonalAuthorization | null> {
    const userId = personIn(viewer, connection.workspaceId as WorkspaceId);
    if (userId === undefined) return null;
    return this.loader.liveAuthorization({ connectionId: connection.id as ConnectionId, userId });
  }

  @FieldResolver(() => PersonalAuthorizationConnection)
  async authorizations(
    @Root() connection: WorkspaceConnection,
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: DEFAULT_PAGE_SIZE,
      description: 'How many at most, 1 to 100.',
    })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'A cursor of an earlier page: go on after it.' })
    after: string | null | undefined,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<PersonalAuthorizationConnection> {
    const of = { id: connection.id as ConnectionId, workspaceId: connection.workspaceId as WorkspaceId };
    const { nodes, edges, pageInfo } = await this.views.authorizationPage(viewer, of, { first, after });
    return { nodes: [...nodes], edges: [...edges], pageInfo };
  }
}

@Resolver(() => PersonalAuthorization)
export class AuthorizationsResolver {
  constructor(private readonly loader: ConnectionLoader) {}

  @FieldResolver(() => WorkspaceConnection)
  connection(@Root() authorization: PersonalAuthorization): Promise<WorkspaceConnection> {
    return this.loader.connection(authorization.connectionId as ConnectionId);
  }
}
