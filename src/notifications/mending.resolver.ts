import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { GraphQLContext } from '../graphql/context.ts';
import { toUserError } from '../graphql/user-errors.ts';
import type { UserError } from '../graphql/user-error.types.ts';
import type { MendResult, MendService } from './mend.service.ts';
import {
  ResendNotificationInput,
  ResendNotificationPayload,
  ResolveUnconfirmedInput,
  ResolveUnconfirmedPayload,
} from './mending.types.ts';
import type { Notification } from './notification.types.ts';
import { viewOf } from './notification.view.ts';

@Resolver()
export class MendingResolver {
  constructor(private readonly mends: MendService) {}

  @Mutation(() => ResendNotificationPayload, {
    description:
      'A deliberate resend of a FAILED, CANCELED or UNCONFIRMED notification, once: a new notification that names the old one.',
  })
  async resendNotification(
    @Arg('input', () => ResendNotificationInput, { description: 'Which one, and why.' })
    { id, reason }: ResendNotificationInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<ResendNotificationPayload> {
    return payloadOf(await this.mends.resend(viewer, id, reason ?? null));
  }

  @Mutation(() => ResolveUnconfirmedPayload, {
    description: 'For an UNCONFIRMED notification: a person looked in Slack and says whether the message is there.',
  })
  async resolveUnconfirmed(
    @Arg('input', () => ResolveUnconfirmedInput, { description: 'Which one, and what was seen.' })
    { id, messageIsThere }: ResolveUnconfirmedInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<ResolveUnconfirmedPayload> {
    return payloadOf(await this.mends.resolve(viewer, id, messageIsThere));
  }
}

const payloadOf = (result: MendResult): { notification: Notification | null; userErrors: UserError[] } => ({
  notification: result.notification ? viewOf(result.notification) : null,
  userErrors: result.kind === 'refused' ? [toUserError(result.refusal)] : [],
});
