import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { GraphQLContext } from '../graphql/context.ts';
import { toUserError } from '../graphql/user-errors.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import { Secret } from '../platform/secret.ts';
import type { BeginInstallService } from './begin-install.service.ts';
import type { CompleteInstallService } from './complete-install.service.ts';
import {
  BeginSlackInstallInput,
  BeginSlackInstallPayload,
  CompleteSlackInstallInput,
  CompleteSlackInstallPayload,
} from './installs.types.ts';

@Resolver()
export class InstallsResolver {
  constructor(
    private readonly beginInstall: BeginInstallService,
    private readonly completeInstall: CompleteInstallService,
  ) {}

  @Mutation(() => BeginSlackInstallPayload, {
    description:
      "Starts a trip through Slack's OAuth. Send the browser to `authorizeUrl`; it comes back to `returnTo` with a claim.",
  })
  async beginSlackInstall(
    @Arg('input', () => BeginSlackInstallInput, { description: 'What to connect, and where to come back to.' })
    { workspaceId, intent, connectionId, returnTo }: BeginSlackInstallInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<BeginSlackInstallPayload> {
    const result = await this.beginInstall.begin(viewer, {
      workspaceId: workspaceId as WorkspaceId,
      intent,
      connectionId: connectionId ?? null,
      returnTo: returnTo ?? null,
    });
    if (result.kind === 'refused')
      return { authorizeUrl: null, expiresAt: null, userErrors: [toUserError(result.refusal)] };
    return { authorizeUrl: result.authorizeUrl, expiresAt: result.expiresAt, userErrors: [] };
  }

  @Mutation(() => CompleteSlackInstallPayload, {
    description: 'Ends it: the same viewer who began it presents the claim. Nothing is connected before.',
  })
  async completeSlackInstall(
    @Arg('input', () => CompleteSlackInstallInput, { description: 'The claim.' }) { claim }: CompleteSlackInstallInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<CompleteSlackInstallPayload> {
    const result = await this.completeInstall.complete(viewer, new Secret(claim));
    if (result.kind === 'refused') {
      return { connection: null, authorization: null, userErrors: [toUserError(result.refusal)] };
    }
    return { connection: result.connection, authorization: result.authorization, userErrors: [] };
  }
}
