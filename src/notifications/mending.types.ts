import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { UserError } from '../graphql/user-error.types.ts';
import { Notification } from './notification.types.ts';

@InputType({ description: 'Which notification to cancel.' })
export class CancelNotificationInput {
  @Field(() => ID, { description: 'A QUEUED or RETRYING notification; another is refused with NOT_CANCELABLE.' })
  id!: string;
}

@ObjectType({ description: 'What canceling did.', simpleResolvers: true })
export class CancelNotificationPayload {
  @Field(() => Notification, {
    nullable: true,
    description: 'The notification as it is now; null where it was not found.',
  })
  notification!: Notification | null;

  @Field(() => [UserError], { description: 'Why it was refused; empty where it was taken out of the queue.' })
  userErrors!: UserError[];
}

@InputType({ description: 'Which notification to send once more.' })
export class ResendNotificationInput {
  @Field(() => ID, { description: 'A FAILED, CANCELED or UNCONFIRMED notification that was not resent yet.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Say why; kept in the history. At most 1,000 characters.' })
  reason?: string | null;
}

@ObjectType({ description: 'What resending did.', simpleResolvers: true })
export class ResendNotificationPayload {
  @Field(() => Notification, {
    nullable: true,
    description: 'The new notification, which names the old one; null on an error.',
  })
  notification!: Notification | null;

  @Field(() => [UserError], { description: 'Why it was refused; empty where it was accepted.' })
  userErrors!: UserError[];
}

@InputType({ description: 'What a person saw in Slack.' })
export class ResolveUnconfirmedInput {
  @Field(() => ID, { description: 'An UNCONFIRMED notification; another is refused with NOT_UNCONFIRMED.' })
  id!: string;

  @Field(() => Boolean, { description: 'True makes it DELIVERED, false FAILED with OUTCOME_UNKNOWN.' })
  messageIsThere!: boolean;
}

@ObjectType({ description: 'What resolving did.', simpleResolvers: true })
export class ResolveUnconfirmedPayload {
  @Field(() => Notification, {
    nullable: true,
    description: 'The notification as it is now; null where it was not found.',
  })
  notification!: Notification | null;

  @Field(() => [UserError], { description: 'Why it was refused; empty where it was resolved.' })
  userErrors!: UserError[];
}
