import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { ConnectionLoader } from '../connections/connection-loader.ts';
import { PersonalAuthorization, WorkspaceConnection } from '../connections/connections.types.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { toUserError } from '../graphql/user-errors.ts';
import type { AuthorizationId, ConnectionId, UserId, WorkspaceId } from '../platform/ids.ts';
import type { IdentitiesService } from './identities.service.ts';
import {
  ClearIdentityInput,
  ClearIdentityPayload,
  Identity,
  IdentitySelection,
  SelectIdentityInput,
  SelectIdentityPayload,
} from './identities.types.ts';
import type { SelectionService } from './selection.service.ts';

@Resolver(() => Identity)
export class IdentitiesResolver {
  constructor(
    private readonly identities: IdentitiesService,
    private readonly loader: ConnectionLoader,
  ) {}

  @Query(() => [Identity], {
    description: 'Every identity that the viewer could select in a workspace now, and why one is not usable.',
  })
  availableIdentities(
    @Arg('workspaceId', () => ID, { description: 'The workspace; FORBIDDEN where the viewer has no role in it.' })
    workspaceId: string,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<Identity[]> {
    return this.identities.availableIdentities(viewer, workspaceId as WorkspaceId);
  }

  @FieldResolver(() => WorkspaceConnection)
  connection(@Root() identity: Identity): Promise<WorkspaceConnection> {
    return this.loader.connection(identity.connectionId as ConnectionId);
  }

  @FieldResolver(() => PersonalAuthorization, { nullable: true })
  async authorization(@Root() { authorizationId }: Identity): Promise<PersonalAuthorization | null> {
    return authorizationId === null ? null : this.loader.authorization(authorizationId as AuthorizationId);
  }
}

@Resolver()
export class SelectionsResolver {
  constructor(private readonly selections: SelectionService) {}

  @Query(() => IdentitySelection, {
    nullable: true,
    description:
      "What a user has selected in a workspace; the viewer's own unless an admin or a service asks for another's.",
  })
  selectedIdentity(
    @Arg('workspaceId', () => ID, { description: 'The workspace; FORBIDDEN where the viewer has no role in it.' })
    workspaceId: string,
    @Arg('userId', () => ID, { nullable: true, description: "Whose selection; the viewer's own where it is left out." })
    userId: string | null | undefined,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<IdentitySelection | null> {
    const whose = (userId ?? viewer.userId) as UserId;
    return this.selections.selectedIdentity(viewer, workspaceId as WorkspaceId, whose);
  }

  @Mutation(() => SelectIdentityPayload, {
    description:
      "Stores the viewer's explicit choice of an identity in a workspace, with a default channel; it replaces an earlier one.",
  })
  async selectIdentity(
    @Arg('input', () => SelectIdentityInput, { description: 'The choice.' })
    { workspaceId, kind, connectionId, authorizationId, defaultChannelId }: SelectIdentityInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<SelectIdentityPayload> {
    const result = await this.selections.selectIdentity(viewer, {
      workspaceId: workspaceId as WorkspaceId,
      kind,
      connectionId,
      authorizationId: authorizationId ?? null,
      defaultChannelId: defaultChannelId ?? null,
    });
    return result.kind === 'refused'
      ? { selection: null, userErrors: [toUserError(result.refusal)] }
      : { selection: result.selection, userErrors: [] };
  }

  @Mutation(() => ClearIdentityPayload, { description: "Forgets the viewer's choice in a workspace." })
  async clearIdentity(
    @Arg('input', () => ClearIdentityInput, { description: 'Which choice.' }) { workspaceId }: ClearIdentityInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<ClearIdentityPayload> {
    return { cleared: await this.selections.clearIdentity(viewer, workspaceId as WorkspaceId), userErrors: [] };
  }
}
