import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { ChannelId, NotificationId, TeamId } from '../platform/ids.ts';

export type AttemptOutcome =
  | 'IN_FLIGHT'
  | 'DELIVERED'
  | 'RATE_LIMITED'
  | 'RETRYABLE'
  | 'REJECTED'
  | 'UNKNOWN'
  | 'CONFIRMED_PRESENT'
  | 'CONFIRMED_ABSENT';

/** One try to post, opened and committed before the request leaves. */
export const DeliveryAttemptEntity = defineEntity({
  name: 'DeliveryAttempt',
  tableName: 'delivery_attempts',
  properties: {
    notificationId: p.uuid().primary().$type<NotificationId>(),
    number: p.integer().primary(),
    leaseNo: p.bigint('string'),
    startedAt: p.datetime(),
    finishedAt: p.datetime().strictNullable(),
    outcome: p.text().$type<AttemptOutcome>(),
    slackError: p.text().strictNullable(),
    httpStatus: p.integer().strictNullable(),
    retryAfterSeconds: p.integer().strictNullable(),
    durationMs: p.integer().strictNullable(),
    postedChannelId: p.text().$type<ChannelId>().strictNullable(),
    slackMessageTs: p.text().strictNullable(),
  },
});
export type DeliveryAttempt = InferEntity<typeof DeliveryAttemptEntity>;

/** One channel of one team: the unit of order and pacing. */
export const DeliveryLaneEntity = defineEntity({
  name: 'DeliveryLane',
  tableName: 'delivery_lanes',
  properties: {
    id: p.bigint('string').primary(),
    teamId: p.text().$type<TeamId>(),
    channelId: p.text().$type<ChannelId>(),
    headPriority: p.smallint(),
    readyAt: p.datetime(),
    heldUntil: p.datetime(),
    theoreticalArrivalAt: p.datetime(),
    strictUntil: p.datetime(),
    leaseNo: p.bigint('string'),
    leaseUntil: p.datetime(),
    visitAt: p.datetime().strictNullable(),
  },
});

/** One Slack team: the unit of turns. */
export const DeliveryTeamEntity = defineEntity({
  name: 'DeliveryTeam',
  tableName: 'delivery_teams',
  properties: {
    teamId: p.text().primary().$type<TeamId>(),
    turnAt: p.datetime(),
    pausedUntil: p.datetime(),
    postingPausedUntil: p.datetime(),
    rateLimitedLaneId: p.bigint('string').strictNullable(),
    rateLimitedUntil: p.datetime(),
    // MikroORM alone would look for failures_in_arow.
    failuresInARow: p.smallint().fieldName('failures_in_a_row'),
    lookFailedAt: p.datetime().strictNullable(),
    strictUntil: p.datetime(),
    messageArrivalAt: p.datetime(),
    historyArrivalAt: p.datetime(),
    historyHeldUntil: p.datetime(),
    emptyTurns: p.smallint(),
  },
});
