import { defineEntity, p } from '@mikro-orm/postgresql';

/** A channel whose latest message failed, and how many in a row have. */
export const FailingChannelEntity = defineEntity({
  name: 'FailingChannel',
  tableName: 'failing_channels',
  properties: {
    laneId: p.bigint('string').primary(),
    // MikroORM alone would look for failures_in_arow.
    failuresInARow: p.integer().fieldName('failures_in_a_row'),
    failedAt: p.datetime(),
  },
});
