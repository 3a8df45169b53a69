import fc from 'fast-check';
import { expect, test } from 'vitest';
import { budgetOf, CALL_BUDGETS } from './call-budget.policy.ts';

const LIMITS = { 'conversations.list': 20, 'conversations.info': 50, 'users.info': 100 } as const;

/** The times at which callers who try at the given times get through, as the statement decides it. */
const madeAt = (tries: readonly number[], { emissionSeconds, toleranceSeconds }: ReturnType<typeof budgetOf>) => {
  let arrival = Number.NEGATIVE_INFINITY;
  return tries.filter((now) => {
    if (arrival > now + toleranceSeconds) return false;
    arrival = Math.max(arrival, now) + emissionSeconds;
    return true;
  });
};

test.each(Object.keys(LIMITS) as (keyof typeof LIMITS)[])(
  'however often %s is tried, no minute holds more calls than Slack allows',
  (method) => {
    const tries = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 100, maxLength: 400 });
    fc.assert(
      fc.property(tries, (gaps) => {
        let now = 0;
        const made = madeAt(
          gaps.map((gap) => (now += gap)),
          CALL_BUDGETS[method],
        );
        const busiest = Math.max(...made.map((from) => made.filter((at) => at >= from && at < from + 60).length));
        expect(busiest).toBeLessThanOrEqual(LIMITS[method]);
      }),
      { numRuns: 50 },
    );
  },
);

test('who tries without pause gets nearly the whole limit of the first minute', () => {
  const tries = Array.from({ length: 6_000 }, (_, index) => index / 100);
  expect(madeAt(tries, CALL_BUDGETS['conversations.list']).length).toBeGreaterThanOrEqual(19);
});
