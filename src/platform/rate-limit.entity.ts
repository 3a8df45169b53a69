import { defineEntity, p } from '@mikro-orm/postgresql';

/** Requests of one viewer or in one workspace within the current second; written by the counting library alone. */
export const RateLimitEntity = defineEntity({
  name: 'RateLimit',
  tableName: 'rate_limits',
  properties: {
    key: p.text().primary(),
    points: p.integer(),
    expire: p.bigint().nullable(),
  },
});
