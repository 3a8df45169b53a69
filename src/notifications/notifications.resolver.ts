import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { GraphQLContext } from '../graphql/context.ts';
import { toUserError } from '../graphql/user-errors.ts';
import { CancelNotificationInput, CancelNotificationPayload } from './mending.types.ts';
import type { NotificationService } from './notification.service.ts';
import { Notification } from './notification.types.ts';
import { viewOf } from './notification.view.ts';
import { sendInput } from './send-input.ts';
import { sendPayload } from './send-payload.ts';
import type { SendResult } from './send-draft.ts';
import type { SendService } from './send.service.ts';
import {
  SendNotificationInput,
  SendNotificationPayload,
  SendNotificationsInput,
  SendNotificationsPayload,
} from './send.types.ts';

@Resolver()
export class NotificationsResolver {
  constructor(
    private readonly sends: SendService,
    private readonly notifications: NotificationService,
  ) {}

  @Mutation(() => SendNotificationPayload, {
    description:
      'Accepts one message for delivery. An answer with a notification means that it is committed; it then comes to rest in exactly one of ' +
      'DELIVERED, FAILED, CANCELED or UNCONFIRMED.',
  })
  async sendNotification(
    @Arg('input', () => SendNotificationInput, { description: 'The message.' }) input: SendNotificationInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<SendNotificationPayload> {
    return sendPayload(await this.sends.send(viewer, sendInput(input)));
  }

  @Mutation(() => SendNotificationsPayload, {
    description:
      'At most 100; each entry is accepted or refused on its own, in the order given, and stored in one commit. More is BAD_USER_INPUT; ' +
      'FORBIDDEN where the viewer has no role in the workspace of one of them, and then nothing is stored.',
  })
  async sendNotifications(
    @Arg('input', () => SendNotificationsInput, { description: 'The messages.' }) input: SendNotificationsInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<SendNotificationsPayload> {
    const results = await this.sends.sendAll(viewer, input.notifications.map(sendInput));
    return { results: results.map((result, index) => sendPayload(inEntry(result, index))) };
  }

  @Mutation(() => CancelNotificationPayload, {
    description:
      'Cancels a notification that is QUEUED or RETRYING, before it is sent. It is UNCONFIRMED, and not CANCELED, where an earlier try may have posted it.',
  })
  async cancelNotification(
    @Arg('input', () => CancelNotificationInput, { description: 'Which one.' }) input: CancelNotificationInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<CancelNotificationPayload> {
    const result = await this.notifications.cancel(viewer, input.id);
    const notification = result.notification ? viewOf(result.notification) : null;
    return { notification, userErrors: result.kind === 'refused' ? [toUserError(result.refusal)] : [] };
  }

  @Query(() => Notification, {
    nullable: true,
    description: 'One notification; null where there is none that the viewer may see.',
  })
  async notification(
    @Arg('id', () => ID, { description: "The notification's id." }) id: string,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<Notification | null> {
    const found = await this.notifications.find(viewer, id);
    return found ? viewOf(found) : null;
  }
}

/** The path of a bad field in a bulk names the entry. */
const inEntry = (result: SendResult, index: number): SendResult => {
  if (result.kind === 'accepted' || !result.refusal.field) return result;
  const [root = 'input', ...rest] = result.refusal.field;
  return { ...result, refusal: { ...result.refusal, field: [root, 'notifications', String(index), ...rest] } };
};
