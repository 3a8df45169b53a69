import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Sql } from './database.ts';

export type RateLimitScope = 'VIEWER' | 'WORKSPACE';

/** Requests a second; 0 is no limit. */
export type RequestsPerSecond = Readonly<Record<RateLimitScope, number>>;

/** What a request found of a limit, and left of it. */
export interface Allowance {
  readonly scope: RateLimitScope;
  readonly isAllowed: boolean;
  /** Requests a second. */
  readonly limit: number;
  readonly remaining: number;
  /** Whole seconds until all of it is there again, at least 1. */
  readonly resetSeconds: number;
}

const WINDOW_SECONDS = 1;

/** The part of a pg client that the library uses. */
const clientOver = (sql: Sql) => ({
  query: async ({ name, text, values }: { name: string; text: string; values: unknown[] }) => ({
    rows: await sql.query<object>({ name, text }, values),
  }),
});

const limiterOver = (sql: Sql, scope: RateLimitScope, points: number): RateLimiterPostgres => {
  const common = { keyPrefix: scope, points, duration: WINDOW_SECONDS };
  return new RateLimiterPostgres({
    ...common,
    storeClient: clientOver(sql),
    storeType: 'client',
    tableName: 'rate_limits',
    tableCreated: true,
    // Who has used up a second costs no statement until it is over.
    inMemoryBlockOnConsumed: points,
    // Without the database each process counts for itself: a limit must not be what fails.
    insuranceLimiter: new RateLimiterMemory(common),
  });
};

/** Counts requests in the database, so that all processes share a limit. A limit that is off costs nothing. */
export class RateLimits {
  readonly #limiters: ReadonlyMap<RateLimitScope, RateLimiterPostgres>;

  constructor(
    sql: Sql,
    private readonly limits: RequestsPerSecond,
  ) {
    const scopes = (['VIEWER', 'WORKSPACE'] as const).filter((scope) => limits[scope] > 0);
    this.#limiters = new Map(scopes.map((scope) => [scope, limiterOver(sql, scope, limits[scope])]));
  }

  isOn(scope: RateLimitScope): boolean {
    return this.#limiters.has(scope);
  }

  /** Counts one request; undefined where there is no such limit. */
  async take(scope: RateLimitScope, id: string): Promise<Allowance | undefined> {
    const limiter = this.#limiters.get(scope);
    if (!limiter) return undefined;
    try {
      return this.#allowance(scope, true, await limiter.consume(id));
    } catch (found) {
      if (found instanceof RateLimiterRes) return this.#allowance(scope, false, found);
      throw found;
    }
  }

  #allowance(scope: RateLimitScope, isAllowed: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): Allowance {
    const resetSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
    return { scope, isAllowed, limit: this.limits[scope], remaining: remainingPoints, resetSeconds };
  }
}
