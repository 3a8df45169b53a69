import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Priority } from '../event-types/priority.types.ts';
import { FailureCode } from '../graphql/failure-code.types.ts';
import { PageInfo } from '../graphql/page.types.ts';
import { DateTime } from '../graphql/scalars.ts';
import { Notification } from './notification.types.ts';
import { DeliveryStatus } from './statuses.types.ts';

@InputType({ description: 'Which notifications to list: those for which every given condition holds.' })
export class NotificationFilter {
  @Field(() => [DeliveryStatus], { nullable: true, description: 'In one of these statuses.' })
  statuses?: DeliveryStatus[] | null;

  @Field(() => [String], { nullable: true, description: "With one of these event types' keys." })
  eventTypes?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'For this Slack conversation.' })
  channelId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Posted as this identity.' })
  identityId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Through this workspace connection.' })
  connectionId?: string | null;

  @Field(() => ID, { nullable: true, description: 'About this website.' })
  websiteId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Sent by this viewer.' })
  requestedBy?: string | null;

  @Field(() => ID, { nullable: true, description: "Sent by this user's stored selection." })
  selectedBy?: string | null;

  @Field(() => Priority, { nullable: true, description: 'With this priority.' })
  priority?: Priority | null;

  @Field(() => FailureCode, { nullable: true, description: 'Not delivered for this reason.' })
  failureCode?: FailureCode | null;

  @Field(() => DateTime, { nullable: true, description: 'Accepted at this time or later.' })
  createdSince?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Accepted before this time.' })
  createdUntil?: Date | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Whole words, in any case: the text holds all of them. Blank is no condition; without a letter, a digit or an emoji it finds nothing. ' +
      'At most 1,000 characters, else BAD_USER_INPUT.',
  })
  search?: string | null;

  @Field(() => String, { nullable: true, description: 'Sent with this idempotency key.' })
  idempotencyKey?: string | null;
}

@ObjectType({ description: 'One entry of a page of the history.', simpleResolvers: true })
export class NotificationEdge {
  @Field(() => String, { description: 'Opaque; pass as `after` to go on from here.' })
  cursor!: string;

  @Field(() => Notification, { description: 'The notification.' })
  node!: Notification;
}

@ObjectType({ description: 'A page of the history, newest first.', simpleResolvers: true })
export class NotificationConnection {
  @Field(() => [NotificationEdge], { description: 'The entries with their cursors.' })
  edges!: readonly NotificationEdge[];

  @Field(() => [Notification], { description: 'The same entries without cursors.' })
  nodes!: readonly Notification[];

  @Field(() => PageInfo, { description: 'Where this page lies in the whole list.' })
  pageInfo!: PageInfo;

  /** Undefined where it is not asked for. */
  @Field(() => String, { description: 'Pass as `after` to deliveryStatusChanged: everything since this page, no gap.' })
  liveCursor!: string | undefined;
}
