import { defineEntity, p } from '@mikro-orm/postgresql';
import type { AuthorizationId, ChannelId, ConnectionId } from '../platform/ids.ts';
import type { FailureCode } from './failure.policy.ts';

/** What failed the last time it was tried: a channel's messages, or without a channel the periodic check. */
export const RepeatedFailureEntity = defineEntity({
  name: 'RepeatedFailure',
  tableName: 'repeated_failures',
  properties: {
    id: p.bigint('string').primary(),
    connectionId: p.uuid().$type<ConnectionId>(),
    authorizationId: p.uuid().strictNullable().$type<AuthorizationId>(),
    channelId: p.text().strictNullable().$type<ChannelId>(),
    // MikroORM alone would look for failures_in_arow.
    failuresInARow: p.integer().fieldName('failures_in_a_row'),
    failingSince: p.datetime(),
    failedAt: p.datetime(),
    persistentSince: p.datetime().strictNullable(),
    failureCode: p.text().$type<FailureCode>(),
    slackError: p.text().strictNullable(),
  },
});
