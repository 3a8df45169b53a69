import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Channel } from '../channels/channels.types.ts';
import { Priority } from '../event-types/priority.types.ts';
import { DateTime, JSONObject } from '../graphql/scalars.ts';
import { UserError } from '../graphql/user-error.types.ts';
import { DeliveryFailure } from './delivery.types.ts';
import { Notification } from './notification.types.ts';
import { UnknownOutcomePolicy } from './statuses.types.ts';

/** Exactly one field: `buildHeliographSchema` makes it `@oneOf`, which no decorator can say. */
@InputType({ description: 'Who the message is posted as. Exactly one of the two fields.' })
export class SenderInput {
  @Field(() => ID, { nullable: true, description: 'An identity that the viewer may use.' })
  identityId?: string;

  @Field(() => ID, {
    nullable: true,
    description:
      "The identity that this user has selected in the workspace; services and admins only, or the viewer's own id.",
  })
  selectedBy?: string;
}

@InputType({ description: 'A message to send.' })
export class SendNotificationInput {
  @Field(() => ID, { description: 'The workspace to send in.' })
  workspaceId!: string;

  @Field(() => SenderInput, { description: 'Who it is posted as; never inferred.' })
  sender!: SenderInput;

  @Field(() => ID, {
    nullable: true,
    description:
      'A conversation id (C…, G…, D…), never a name. Required, except with `sender.selectedBy` where that selection has a default channel.',
  })
  channelId?: string | null;

  @Field(() => String, {
    description: 'Slack mrkdwn, 1 to 40,000 characters (code points); also the fallback text where blocks are given.',
  })
  text!: string;

  @Field(() => [JSONObject], {
    nullable: true,
    description: 'Block Kit blocks, at most 50 (Slack: reference/block-kit/blocks). Shown instead of the text.',
  })
  blocks?: Record<string, unknown>[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Reply in the thread of the message with this `ts`: a string as Slack gave it, `1700000000.000100`, never a number.',
  })
  threadTs?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "An event type's key, for filtering; it does not change the message.",
  })
  eventType?: string | null;

  @Field(() => Priority, {
    nullable: true,
    defaultValue: 'NORMAL',
    description: 'Which of the messages waiting in its channel goes first.',
  })
  priority!: Priority | null;

  @Field(() => DateTime, { nullable: true, description: 'Not before then; at once where it is left out.' })
  scheduledFor?: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Give up after this; default 24 hours after the scheduled time.',
  })
  expiresAt?: Date | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Per caller and workspace: the same key with the same input gives the same notification; with another input, IDEMPOTENCY_CONFLICT. ' +
      '1 to 255 characters, kept 7 days. A refusal never binds a key.',
  })
  idempotencyKey?: string | null;

  @Field(() => UnknownOutcomePolicy, {
    nullable: true,
    defaultValue: 'HOLD',
    description: "What to do when Slack's answer was lost and the message cannot be looked up.",
  })
  onUnknownOutcome!: UnknownOutcomePolicy | null;

  @Field(() => ID, {
    nullable: true,
    description: "The host product's website that it is about, for filtering; opaque to this server.",
  })
  websiteId?: string | null;

  @Field(() => JSONObject, { nullable: true, description: 'Opaque to this server, at most 16 KiB; returned as given.' })
  metadata?: Record<string, unknown> | null;
}

@ObjectType({ description: 'What became of one send.', simpleResolvers: true })
export class SendNotificationPayload {
  @Field(() => Notification, {
    nullable: true,
    description: 'Also set on a refusal that is recorded: the history then shows it as FAILED with the reason.',
  })
  notification!: Notification | null;

  @Field(() => Boolean, {
    description: 'Whether the idempotency key had been used with the same input: this is the notification of then.',
  })
  deduplicated!: boolean;

  @Field(() => [UserError], { description: 'Why it was refused; empty where it was accepted.' })
  userErrors!: UserError[];
}

@InputType({ description: 'Messages to send in one request.' })
export class SendNotificationsInput {
  @Field(() => [SendNotificationInput], { description: 'At most 100 entries.' })
  notifications!: SendNotificationInput[];
}

@ObjectType({ description: 'What became of each send.', simpleResolvers: true })
export class SendNotificationsPayload {
  @Field(() => [SendNotificationPayload], { description: 'One per entry, in the order given.' })
  results!: SendNotificationPayload[];
}

@ObjectType({
  implements: UserError,
  description: 'IDEMPOTENCY_CONFLICT: the key was used with another input. Nothing was stored.',
  simpleResolvers: true,
})
export class IdempotencyConflictError extends UserError {
  @Field(() => Notification, { description: 'The notification that the key belongs to.' })
  existing!: Notification;
}

@ObjectType({
  description: 'Whether a send would be accepted and delivered, as far as can be known without sending.',
  simpleResolvers: true,
})
export class Preflight {
  @Field(() => Boolean, {
    description:
      'False where one of the problems would stop it; true also where they would only delay it, or where what is missing is a scope to look the channel up: Slack posts there by chat:write alone.',
  })
  wouldDeliver!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'What Slack would show as the author; null where no identity was found.',
  })
  postsAs!: string | null;

  @Field(() => Channel, {
    nullable: true,
    description: "Where it would go; null where that is not known, and where it is another person's view.",
  })
  channel!: Channel | null;

  @Field(() => [DeliveryFailure], {
    description:
      'What would stop or delay it, each with what helps; empty where nothing does. What no failure code names is told by the nearest: ' +
      'a full queue is SLACK_UNAVAILABLE, an argument that is not accepted is INVALID_MESSAGE.',
  })
  problems!: DeliveryFailure[];

  @Field(() => Int, {
    nullable: true,
    description:
      'In how many seconds it would be sent, as the queue of its channel is now; null where it would not be delivered.',
  })
  expectedDelaySeconds!: number | null;
}
