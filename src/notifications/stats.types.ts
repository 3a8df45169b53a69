import { Field, Int, ObjectType } from 'type-graphql';
import { FailureCode } from '../graphql/failure-code.types.ts';
import { DateTime } from '../graphql/scalars.ts';
import { DeliveryStatus } from './statuses.types.ts';

@ObjectType({ description: 'How many notifications stand in one status.', simpleResolvers: true })
export class StatusCount {
  @Field(() => DeliveryStatus, { description: 'The status.' })
  status!: DeliveryStatus;

  @Field(() => Int, { description: 'How many.' })
  count!: number;
}

@ObjectType({ description: 'How many notifications FAILED for one reason.', simpleResolvers: true })
export class FailureCount {
  @Field(() => FailureCode, { description: 'The reason.' })
  code!: FailureCode;

  @Field(() => Int, { description: 'How many.' })
  count!: number;
}

@ObjectType({ description: 'Percentiles of a duration, in milliseconds, each within 5 %.', simpleResolvers: true })
export class Percentiles {
  @Field(() => Int, { description: 'Half were this fast or faster; milliseconds.' })
  p50!: number;

  @Field(() => Int, { description: '95 in 100 were; milliseconds.' })
  p95!: number;

  @Field(() => Int, { description: '99 in 100 were; milliseconds.' })
  p99!: number;
}

@ObjectType({ description: 'One hour.', simpleResolvers: true })
export class HourCount {
  @Field(() => DateTime, { description: 'Its beginning, in UTC.' })
  hour!: Date;

  @Field(() => Int, { description: 'How many accepted in it are DELIVERED.' })
  delivered!: number;

  @Field(() => Int, { description: 'How many accepted in it are FAILED.' })
  failed!: number;

  @Field(() => Int, { description: 'How many accepted in it are UNCONFIRMED.' })
  unconfirmed!: number;
}

@ObjectType({
  description: 'Counts are exact; percentiles within 5 %. By the time of acceptance, in whole hours.',
  simpleResolvers: true,
})
export class DeliveryStats {
  @Field(() => Int, { description: 'How many were accepted in the span, or refused and recorded.' })
  total!: number;

  @Field(() => [StatusCount], { description: 'How they stand now.' })
  byStatus!: StatusCount[];

  @Field(() => [FailureCount], { description: 'Why those that are FAILED did.' })
  byFailure!: FailureCount[];

  @Field(() => Percentiles, {
    nullable: true,
    description: 'From acceptance (or its scheduled time) to delivery; null where none was delivered.',
  })
  deliveryTimeMs!: Percentiles | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Since when the oldest one that is due waits now, whenever it was accepted: not only of the span. Null where none waits.',
  })
  oldestWaitingSince!: Date | null;

  @Field(() => [HourCount], {
    description:
      'Per hour, oldest first, hours without any left out. BAD_USER_INPUT where notifications of the span are more than 10,000 hours older than its end.',
  })
  perHour!: () => HourCount[];
}
