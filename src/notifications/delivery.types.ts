import { Field, Int, ObjectType } from 'type-graphql';
import { FailureCode } from '../graphql/failure-code.types.ts';
import { DateTime, JSONObject } from '../graphql/scalars.ts';
import { AttemptOutcome, RemedyActor, WaitReason } from './statuses.types.ts';

@ObjectType({ description: 'What was triggered, as it was then.', simpleResolvers: true })
export class TriggerRecord {
  @Field(() => JSONObject, { description: 'The context that was given.' })
  context!: Record<string, unknown>;

  @Field(() => String, { description: "The event type's template of then." })
  template!: string;

  @Field(() => String, { description: "The event type's fallback of then." })
  fallback!: string;

  @Field(() => Boolean, { description: 'Whether the fallback was used, since the context lacked a placeholder.' })
  usedFallback!: boolean;

  @Field(() => [String], { description: 'The placeholders of the template that the context lacked.' })
  missing!: string[];
}

@ObjectType({ description: 'Why a notification is not moving now, and when it will.', simpleResolvers: true })
export class Waiting {
  @Field(() => WaitReason, { description: 'The reason.' })
  reason!: WaitReason;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it goes on at the earliest; null where that is not known.',
  })
  until!: Date | null;

  @Field(() => Int, { nullable: true, description: 'How many are before it in its channel.' })
  position!: number | null;

  @Field(() => String, { description: 'The same in a sentence for a person.' })
  detail!: string;
}

@ObjectType({ description: 'One try at Slack.', simpleResolvers: true })
export class DeliveryAttempt {
  @Field(() => Int, { description: 'Counts from 1.' })
  number!: number;

  @Field(() => DateTime, { description: 'When it was opened, before the request left.' })
  startedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it ended; null while it is open.' })
  finishedAt!: Date | null;

  @Field(() => AttemptOutcome, { description: 'How it ended.' })
  outcome!: AttemptOutcome;

  @Field(() => String, {
    nullable: true,
    description:
      "Slack's error code, for example `channel_not_found` (Slack: reference/methods/chat.postMessage); null without one.",
  })
  slackError!: string | null;

  @Field(() => Int, { nullable: true, description: 'The HTTP status of the answer; null where there was none.' })
  httpStatus!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many seconds Slack said to wait (Slack: apis/web-api/rate-limits); null where it did not.',
  })
  retryAfterSeconds!: number | null;

  @Field(() => Int, { nullable: true, description: 'From opening to end, in milliseconds; null while it is open.' })
  durationMs!: number | null;
}

@ObjectType({ description: 'Why it was not delivered, and what helps.', simpleResolvers: true })
export class DeliveryFailure {
  @Field(() => FailureCode, { description: 'Stable: decide by this.' })
  code!: FailureCode;

  @Field(() => String, { nullable: true, description: "Slack's own error code behind it, where there was one." })
  slackError!: string | null;

  @Field(() => String, { description: 'What happened, in a sentence for a person.' })
  message!: string;

  @Field(() => String, { description: 'What a person should do, in a sentence.' })
  remedy!: string;

  @Field(() => RemedyActor, { description: 'Who can mend it.' })
  actor!: RemedyActor;
}
