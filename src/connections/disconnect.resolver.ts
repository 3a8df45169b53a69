import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { GraphQLContext } from '../graphql/context.ts';
import { toUserError } from '../graphql/user-errors.ts';
import type { DisconnectService } from './disconnect.service.ts';
import { DisconnectInput, DisconnectPayload } from './disconnect.types.ts';

@Resolver()
export class DisconnectResolver {
  constructor(private readonly disconnects: DisconnectService) {}

  @Mutation(() => DisconnectPayload, {
    description:
      'Ends a workspace connection (with everything personal under it) or one personal authorization: wipes the tokens, clears the selections, ' +
      'cancels what is queued, and revokes at Slack. The history stays.',
  })
  async disconnect(
    @Arg('input', () => DisconnectInput, { description: 'What to disconnect.' }) { id, queued }: DisconnectInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<DisconnectPayload> {
    const result = await this.disconnects.disconnect(viewer, { id, queued: queued ?? 'CANCEL' });
    if (result.kind === 'disconnected') return { ...result, userErrors: [] };
    return {
      connection: null,
      authorization: null,
      revokedAtSlack: null,
      canceledNotifications: 0,
      clearedIdentities: 0,
      userErrors: [toUserError(result.refusal)],
    };
  }
}
