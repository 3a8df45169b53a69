import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { RenderedMessage } from '../event-types/event-types.types.ts';
import { Priority } from '../event-types/priority.types.ts';
import { DateTime, JSONObject } from '../graphql/scalars.ts';
import { UserError } from '../graphql/user-error.types.ts';
import { Notification } from './notification.types.ts';
import { SenderInput } from './send.types.ts';
import { UnknownOutcomePolicy } from './statuses.types.ts';

@InputType({ description: 'Something that happened, to be said in Slack by its event type.' })
export class TriggerEventInput {
  @Field(() => ID, { description: 'The workspace to send in.' })
  workspaceId!: string;

  @Field(() => SenderInput, { description: 'Who it is posted as; never inferred.' })
  sender!: SenderInput;

  @Field(() => String, { description: "The event type's key." })
  eventType!: string;

  @Field(() => JSONObject, {
    nullable: true,
    description:
      "What fills the template's placeholders, at most 16 KiB and 8 levels. With `issues_count` and without `issues_summary` the message " +
      'gains a sentence that says how many issues were found.',
  })
  context?: Record<string, unknown> | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'A conversation id (C…, G…, D…), never a name. Required, except with `sender.selectedBy` where that selection has a default channel.',
  })
  channelId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The host product's website that it is about; opaque to this server.",
  })
  websiteId?: string | null;

  @Field(() => Priority, { nullable: true, description: "Another priority than the event type's own." })
  priority?: Priority | null;

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
      'Reply in the thread of the message with this `ts`: a string as Slack gave it, `1700000000.000100`, never a number.',
  })
  threadTs?: string | null;

  @Field(() => String, { nullable: true, description: 'As in sendNotification: 1 to 255 characters, kept 7 days.' })
  idempotencyKey?: string | null;

  @Field(() => UnknownOutcomePolicy, {
    nullable: true,
    defaultValue: 'HOLD',
    description: "What to do when Slack's answer was lost and the message cannot be looked up.",
  })
  onUnknownOutcome!: UnknownOutcomePolicy | null;

  @Field(() => JSONObject, { nullable: true, description: 'Opaque to this server, at most 16 KiB; returned as given.' })
  metadata?: Record<string, unknown> | null;
}

@ObjectType({ description: 'What became of a trigger.', simpleResolvers: true })
export class TriggerEventPayload {
  @Field(() => Notification, {
    nullable: true,
    description: 'Also set on a refusal that is recorded: the history then shows it as FAILED with the reason.',
  })
  notification!: Notification | null;

  @Field(() => RenderedMessage, {
    nullable: true,
    description: 'What it says; null where nothing was rendered.',
  })
  rendered!: RenderedMessage | null;

  @Field(() => Boolean, {
    description: 'Whether the idempotency key had been used with the same input: this is the notification of then.',
  })
  deduplicated!: boolean;

  @Field(() => [UserError], { description: 'Why it was refused; empty where it was accepted.' })
  userErrors!: UserError[];
}

@InputType({ description: 'Which event type to try out, and where.' })
export class TestEventInput {
  @Field(() => ID, { description: 'The workspace to send in.' })
  workspaceId!: string;

  @Field(() => SenderInput, { description: 'Who it is posted as; never inferred.' })
  sender!: SenderInput;

  @Field(() => String, { description: "The event type's key." })
  eventType!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      'The conversation (C…, G…, D…); required, except with `sender.selectedBy` where that selection has a default channel.',
  })
  channelId?: string | null;
}
