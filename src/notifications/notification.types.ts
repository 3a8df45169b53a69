import { Field, ID, Int, ObjectType } from 'type-graphql';
import { SlackTeam } from '../connections/connections.types.ts';
import { Priority } from '../event-types/priority.types.ts';
import { DateTime, JSONObject, Url } from '../graphql/scalars.ts';
import { Identity } from '../identities/identities.types.ts';
import { DeliveryAttempt, DeliveryFailure, TriggerRecord, Waiting } from './delivery.types.ts';
import { DeliveryStatus } from './statuses.types.ts';

@ObjectType({
  description: 'One message for one Slack conversation, from acceptance to its end.',
  simpleResolvers: true,
})
export class Notification {
  @Field(() => ID, { description: 'A UUIDv7. What it names is committed.' })
  id!: string;

  @Field(() => ID, { description: 'The workspace that it was sent in.' })
  workspaceId!: string;

  @Field(() => DeliveryStatus, { description: 'Where it stands now.' })
  status!: DeliveryStatus;

  @Field(() => String, { nullable: true, description: "The event type's key." })
  eventType!: string | null;

  @Field(() => Priority, { description: 'Which of the messages waiting in its channel goes first.' })
  priority!: Priority;

  @Field(() => String, { description: 'Slack mrkdwn, as given or as rendered.' })
  text!: string;

  @Field(() => [JSONObject], {
    nullable: true,
    description: 'Block Kit blocks, as given (Slack: reference/block-kit/blocks).',
  })
  blocks!: Record<string, unknown>[] | null;

  /** Not a field of the API: what `identity` is loaded by. */
  identityId!: string | null;

  @Field(() => Identity, {
    nullable: true,
    description: 'Null only on a recorded refusal that had none; so are postedAs, team and channelId.',
  })
  identity?: Identity | null;

  @Field(() => String, {
    nullable: true,
    description: 'As it was when accepted: a later selection or disconnect never changes who a message was posted as.',
  })
  postedAs!: string | null;

  @Field(() => SlackTeam, { nullable: true, description: 'The Slack team that it goes to.' })
  team?: SlackTeam | null;

  @Field(() => ID, { nullable: true, description: 'The Slack conversation that it goes to, `C…`, `G…` or `D…`.' })
  channelId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "That conversation's name when it was accepted, where it was known.",
  })
  channelName!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The `ts` of the message that it replies to in a thread, where it does.',
  })
  threadTs!: string | null;

  @Field(() => String, { nullable: true, description: "Slack's message ts, once delivered." })
  slackMessageTs!: string | null;

  @Field(() => Url, {
    nullable: true,
    description:
      'A link to the message in Slack, once delivered (Slack: reference/methods/chat.getPermalink); null where Slack gives none.',
  })
  permalink?: URL | string | null;

  @Field(() => Int, { description: 'How many tries were opened, rate-limited ones included.' })
  attemptCount!: number;

  @Field(() => [DeliveryAttempt], { description: 'Every try, oldest first.' })
  attempts?: DeliveryAttempt[];

  @Field(() => [DeliveryStatusChange], {
    description:
      'Every change of status up to the one that is shown, oldest first. The last `cursor`, as `after`, continues from here.',
  })
  timeline?: DeliveryStatusChange[];

  @Field(() => Waiting, {
    nullable: true,
    description: 'Why it is not moving now, and when it will; null once it is terminal.',
  })
  waiting?: Waiting | null;

  @Field(() => DeliveryFailure, { nullable: true, description: 'Set for FAILED, CANCELED and UNCONFIRMED.' })
  failure!: DeliveryFailure | null;

  @Field(() => ID, { nullable: true, description: 'As given; opaque to this server.' })
  websiteId!: string | null;

  @Field(() => JSONObject, { nullable: true, description: 'As given; opaque to this server.' })
  metadata!: Record<string, unknown> | null;

  @Field(() => ID, { description: 'The viewer who sent it.' })
  requestedBy!: string;

  @Field(() => ID, { nullable: true, description: 'Whose stored selection was meant, where the sender was given so.' })
  selectedBy!: string | null;

  @Field(() => TriggerRecord, { nullable: true, description: 'Set where an event was triggered.' })
  trigger!: TriggerRecord | null;

  @Field(() => String, { nullable: true, description: "The sender's idempotency key, where one was given." })
  idempotencyKey!: string | null;

  /** Not a field of the API: what `resendOf` is loaded by. */
  resendOfId!: string | null;

  @Field(() => Notification, { nullable: true, description: 'The notification that this one resends.' })
  resendOf?: Notification | null;

  @Field(() => Notification, { nullable: true, description: 'The notification that resent this one.' })
  resentAs?: Notification | null;

  @Field(() => String, { nullable: true, description: 'Why it was resent, as said then.' })
  resendReason!: string | null;

  @Field(() => Boolean, { description: 'Whether testEvent sent it.' })
  isTest!: boolean;

  @Field(() => DateTime, { description: 'When it was accepted, or refused.' })
  createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'Not before then, where it was scheduled.' })
  scheduledFor!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Start of the latest try.' })
  sentAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When Slack took it. Where a look found that it is there: when it was found.',
  })
  deliveredAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it came to rest.' })
  finishedAt!: Date | null;
}

/** In one file with Notification, since each holds the other. */
@ObjectType({
  description: "One change of a notification's status; written with the change itself, so none is ever missing.",
  simpleResolvers: true,
})
export class DeliveryStatusChange {
  @Field(() => String, { description: 'Opaque; pass as `after` to deliveryStatusChanged to go on from here.' })
  cursor!: string;

  /** Not a field of the API: what `notification` is loaded by. */
  notificationId!: string;

  @Field(() => Notification, { description: 'The notification as it is now; the other fields are the change.' })
  notification?: Notification;

  @Field(() => DeliveryStatus, { nullable: true, description: 'The status before; null for the first.' })
  from!: DeliveryStatus | null;

  @Field(() => DeliveryStatus, { description: 'The status after.' })
  to!: DeliveryStatus;

  @Field(() => Int, {
    nullable: true,
    description: 'The number of the try that it belongs to, where it belongs to one.',
  })
  attempt!: number | null;

  @Field(() => DeliveryFailure, {
    nullable: true,
    description: 'Why, where the new status is FAILED, CANCELED or UNCONFIRMED.',
  })
  failure!: DeliveryFailure | null;

  @Field(() => DateTime, { description: 'When it changed.' })
  at!: Date;
}
