import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { percentilesOf, spanOf, summaryOf } from './stats.policy.ts';

const at = (text: string): Date => new Date(text);
const NOW = at('2026-06-01T00:00:00Z');
const refusal = (since: string, until?: string): string => {
  try {
    spanOf(at(since), until === undefined ? undefined : at(until), NOW);
    return 'taken';
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as Error).message}`;
  }
};

describe('spanOf', () => {
  test('is widened to whole hours', () => {
    const span = spanOf(at('2026-03-01T10:59:59.999Z'), at('2026-03-01T11:00:00.001Z'), NOW);
    expect(span).toEqual({ since: at('2026-03-01T10:00:00Z'), until: at('2026-03-01T12:00:00Z') });
  });

  test('whole hours stay as they are', () => {
    const span = { since: at('2026-03-01T10:00:00Z'), until: at('2026-03-01T12:00:00Z') };
    expect(spanOf(span.since, span.until, NOW)).toEqual(span);
    expect(spanOf(span.since, span.since, NOW)).toEqual({ since: span.since, until: span.since });
  });

  test('without an end, it ends now', () => {
    const span = { since: at('2020-03-01T10:00:00Z'), until: NOW };
    expect(spanOf(span.since, undefined, NOW)).toEqual(span);
  });

  test('one that is reversed is refused with a word of what to do', () => {
    expect(refusal('2026-03-01T10:00:00.001Z', '2026-03-01T10:00:00Z')).toMatch(/^BAD_USER_INPUT: since .+ Swap them/);
  });

  test('one of the future is empty, and refused where it would end now', () => {
    expect(refusal('2026-06-01T00:00:00.001Z', '2026-06-02T00:00:00Z')).toBe('taken');
    expect(refusal('2026-06-01T00:00:00.001Z')).toMatch(/^BAD_USER_INPUT: since .+ lies in the future/);
    expect(refusal('2026-06-01T00:00:00.001Z')).not.toMatch(/swap/i);
  });

  test('how long it is does not matter', () => {
    expect(refusal('0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z')).toBe('taken');
  });
});

test('percentiles are those of the single times', () => {
  const times = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(times, (given) => {
      const sorted = given.toSorted((a, b) => a - b);
      const nearest = (share: number) => sorted[Math.ceil(sorted.length * share) - 1];
      const counted = [...Map.groupBy(given, (ms) => ms)].map(([ms, same]) => ({ ms, count: same.length }));
      expect(percentilesOf(counted)).toEqual({ p50: nearest(0.5), p95: nearest(0.95), p99: nearest(0.99) });
    }),
  );
  expect(percentilesOf([])).toBeNull();
});

describe('summaryOf', () => {
  test('adds up what is counted in several ways', () => {
    const hour = at('2026-03-01T10:00:00Z');
    const next = at('2026-03-01T11:00:00Z');
    const summary = summaryOf({
      byStatus: [
        { status: 'FAILED', count: 2, failureCode: 'CHANNEL_NOT_FOUND' },
        { status: 'CANCELED', count: 1 },
        { status: 'FAILED', count: 3, failureCode: 'EXPIRED' },
        { status: 'DELIVERED', count: 4 },
        { status: 'QUEUED', count: 5 },
      ],
      byHour: [
        { status: 'DELIVERED', count: 4, hour: next },
        { status: 'FAILED', count: 5, hour },
        { status: 'CANCELED', count: 1, hour },
        { status: 'UNCONFIRMED', count: 6, hour },
        { status: 'QUEUED', count: 5, hour: next },
      ],
      byDeliveryTime: [{ status: 'DELIVERED', count: 4, deliveryMs: 12 }],
    });
    expect({ ...summary, perHour: summary.perHour() }).toEqual({
      total: 15,
      byStatus: [
        { status: 'QUEUED', count: 5 },
        { status: 'DELIVERED', count: 4 },
        { status: 'FAILED', count: 5 },
        { status: 'CANCELED', count: 1 },
      ],
      byFailure: [
        { code: 'EXPIRED', count: 3 },
        { code: 'CHANNEL_NOT_FOUND', count: 2 },
      ],
      deliveryTimeMs: { p50: 12, p95: 12, p99: 12 },
      perHour: [
        { hour, delivered: 0, failed: 5, unconfirmed: 6 },
        { hour: next, delivered: 4, failed: 0, unconfirmed: 0 },
      ],
    });
  });

  test('nothing is nothing', () => {
    const nothing = { total: 0, byStatus: [], byFailure: [], deliveryTimeMs: null, perHour: [] };
    const summary = summaryOf({ byStatus: [], byHour: [], byDeliveryTime: [] });
    expect({ ...summary, perHour: summary.perHour() }).toEqual(nothing);
  });

  test('more hours than are told of are refused, and only where they are asked for', () => {
    const older = { status: 'DELIVERED', count: 1 } as const;
    const summary = summaryOf({ byStatus: [older], byHour: [older], byDeliveryTime: [] });
    expect(summary.total).toBe(1);
    expect(() => summary.perHour()).toThrow('perHour tells of at most 10,000 hours at once');
  });
});
