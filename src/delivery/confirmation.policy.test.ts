import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOVES } from '../notifications/notification.states.ts';
import type { ChannelId } from '../platform/ids.ts';
import {
  confirmationOf,
  knownOutcome,
  reachesBack,
  startBySlack,
  windowStart,
  type ConfirmationContext,
  type ConfirmationLimits,
  type Lookup,
} from './confirmation.policy.ts';
import { MAX_TRIES } from './settlement.policy.ts';

const MOVING: readonly string[] = ['QUEUED', 'SENDING', 'RETRYING'];
const PRESENT = { kind: 'present', channelId: 'C1' as ChannelId, ts: '1.2' } as const;
const ABSENT = { kind: 'absent' } as const;

const lookups: fc.Arbitrary<Lookup> = fc.oneof(
  fc.constant(PRESENT),
  fc.constant(ABSENT),
  fc.constant({ kind: 'impossible', detail: 'no scope' } as const),
  fc.constant({ kind: 'unasked', detail: 'a 500' } as const),
  fc.nat({ max: 3600 }).map((retryAfterSeconds) => ({ kind: 'limited', retryAfterSeconds }) as const),
  fc
    .double({ min: 0, max: 60, noNaN: true })
    .map((seconds) => ({ kind: 'postponed', seconds, detail: 'no budget' }) as const),
  fc.constant({ kind: 'left', detail: 'stopping' } as const),
);
const ms = fc.nat({ max: 4_000_000 });
const contexts: fc.Arbitrary<ConfirmationContext> = fc.record({
  attemptAgeMs: ms,
  confirmingMs: ms,
  unaskedMs: ms,
  policy: fc.constantFrom('HOLD' as const, 'RESEND' as const),
  tries: fc.integer({ min: 1, max: 12 }),
});
const limits: fc.Arbitrary<ConfirmationLimits> = fc.record({
  settledAfterMs: fc.nat({ max: 200_000 }),
  maxHoldMs: fc.nat({ max: 300_000 }),
});

const check = (judge: (lookup: Lookup, context: ConfirmationContext, limits: ConfirmationLimits) => void): void =>
  fc.assert(
    fc.property(lookups, contexts, limits, (lookup, context, given) => {
      judge(lookup, context, given);
    }),
    { numRuns: 500 },
  );

describe('what a lookup settles', () => {
  test('is total, and moves only as the state machine allows', () => {
    check((lookup, context, given) => {
      const { status, place, failure, posted, attempt } = confirmationOf(lookup, context, given);
      if (status !== undefined) expect(MOVES.SENDING).toContain(status);
      expect(status !== undefined && !MOVING.includes(status)).toBe(place.kind === 'REST');
      expect(status === undefined).toBe(place.kind === 'CONFIRM');
      expect(failure !== undefined).toBe(status === 'FAILED' || status === 'UNCONFIRMED');
      expect(posted !== undefined).toBe(status === 'DELIVERED');
      expect(attempt).toBeDefined();
    });
  });

  test('present is DELIVERED at once, whatever the time and the policy', () => {
    check((_, context, given) =>
      expect(confirmationOf(PRESENT, context, given)).toMatchObject({
        status: 'DELIVERED',
        posted: { ts: '1.2' },
        attempt: { outcome: 'CONFIRMED_PRESENT' },
      }),
    );
  });

  test('absence is concluded only by a whole read that began after Slack must have settled', () => {
    check((lookup, context, given) => {
      const isAbsent = confirmationOf(lookup, context, given).attempt?.outcome === 'CONFIRMED_ABSENT';
      expect(isAbsent).toBe(lookup.kind === 'absent' && context.attemptAgeMs >= given.settledAfterMs);
    });
  });

  test('it is sent again only when it is surely absent, or when the caller chose so; and ten times at most', () => {
    check((lookup, context, given) => {
      const { status, attempt } = confirmationOf(lookup, context, given);
      if (status !== 'RETRYING') return;
      expect(attempt?.outcome === 'CONFIRMED_ABSENT' || context.policy === 'RESEND').toBe(true);
      expect(context.tries).toBeLessThan(MAX_TRIES);
    });
  });

  test('it fails only when it is surely absent after the last try', () => {
    check((lookup, context, given) => {
      const { status, attempt, failure } = confirmationOf(lookup, context, given);
      if (status !== 'FAILED') return;
      expect([attempt?.outcome, failure?.code, context.tries >= MAX_TRIES]).toEqual([
        'CONFIRMED_ABSENT',
        'SLACK_UNAVAILABLE',
        true,
      ]);
    });
  });

  test('with HOLD, what nobody can know is UNCONFIRMED and never sent again', () => {
    check((lookup, context, given) => {
      if (lookup.kind === 'absent' || lookup.kind === 'present') return;
      const { status } = confirmationOf(lookup, { ...context, policy: 'HOLD' }, given);
      expect([undefined, 'UNCONFIRMED']).toContain(status);
    });
  });

  test('nothing is held for longer than the hold and ten minutes without Slack', () => {
    check((lookup, context, given) => {
      const confirmingMs = given.maxHoldMs + 600_000;
      if (lookup.kind === 'left') return;
      expect(confirmationOf(lookup, { ...context, confirmingMs }, given).place.kind).not.toBe('CONFIRM');
    });
  });

  test('before the hold ends, a look that could not be had is repeated, as late as Slack asked or all is over', () => {
    check((lookup, context, given) => {
      if (lookup.kind !== 'unasked' && lookup.kind !== 'limited') return;
      if (context.confirmingMs - Math.min(context.unaskedMs, 600_000) >= given.maxHoldMs) return;
      const { place } = confirmationOf(lookup, context, given);
      const over = (given.maxHoldMs + 600_000 - context.confirmingMs) / 1000 + 0.05;
      const seconds = lookup.kind === 'limited' ? Math.min(lookup.retryAfterSeconds, over) : 5;
      expect(place).toMatchObject({ kind: 'CONFIRM', isUnasked: true, wait: { reason: 'CONFIRMING', seconds } });
    });
  });

  test('a limit of a day ends with the hold and the ten minutes, not with the day', () => {
    const limits = { settledAfterMs: 40_000, maxHoldMs: 120_000 };
    const context = { attemptAgeMs: 5_000, confirmingMs: 1_000, unaskedMs: 0, policy: 'HOLD', tries: 1 } as const;
    const limited = { kind: 'limited', retryAfterSeconds: 86_400 } as const;
    const { place } = confirmationOf(limited, context, limits);
    const seconds = place.kind === 'CONFIRM' ? (place.wait.seconds ?? 0) : 0;
    expect(seconds).toBeCloseTo(719, 0);
    const waitedMs = seconds * 1000;
    const later = { ...context, confirmingMs: 1_000 + waitedMs, unaskedMs: waitedMs };
    expect(confirmationOf(limited, later, limits)).toMatchObject({ status: 'UNCONFIRMED', place: { kind: 'REST' } });
  });

  test('a process that ends concludes nothing, however long it took: the next one looks at once', () => {
    check((_lookup, context, given) => {
      const { status, place } = confirmationOf({ kind: 'left', detail: 'stopping' }, context, given);
      expect([status, place]).toMatchObject([undefined, { kind: 'CONFIRM', wait: { seconds: 0 } }]);
    });
  });

  test('the breaker counts only that Slack did not answer: a limit, a budget and a refusal are no outage', () => {
    check((lookup, context, given) => {
      expect(confirmationOf(lookup, context, given).outage).toBe(lookup.kind === 'unasked');
    });
  });
});

describe('how far back is read', () => {
  const seconds = (from: number, to: number) => fc.integer({ min: from * 1000, max: to * 1000 });
  /** An attempt by Slack's clock, our idea of it, and an answer whose time is cut to the second. */
  interface Look {
    readonly began: Date;
    readonly ageMs: number;
    readonly slackAheadMs: number;
    readonly believedAheadMs: number;
    readonly onItsWayMs: number;
  }
  const looks: fc.Arbitrary<Look> = fc.record({
    began: seconds(1_000_000, 2_000_000).map((at) => new Date(at)),
    ageMs: seconds(1, 600),
    slackAheadMs: seconds(-7200, 7200),
    believedAheadMs: seconds(-7200, 7200),
    onItsWayMs: seconds(0, 3),
  });
  const lookOf = ({ began, ageMs, slackAheadMs, believedAheadMs, onItsWayMs }: Look) => {
    const sentAt = new Date(began.getTime() - slackAheadMs);
    const oldest = windowStart(new Date(sentAt.getTime() + believedAheadMs));
    const answeredAt = new Date(Math.floor((began.getTime() + ageMs - onItsWayMs) / 1000) * 1000);
    return { oldest, start: startBySlack(answeredAt, ageMs) };
  };

  test("is never judged enough where it began less than a minute before the attempt by Slack's clock", () => {
    fc.assert(
      fc.property(looks, (look) => {
        const { oldest, start } = lookOf(look);
        if (reachesBack(oldest, start)) expect(oldest.getTime()).toBeLessThanOrEqual(look.began.getTime() - 60_000);
      }),
    );
  });

  test('is judged enough at once where the clocks are as they were believed to be', () => {
    fc.assert(
      fc.property(looks, (look) => {
        const { oldest, start } = lookOf({ ...look, believedAheadMs: look.slackAheadMs });
        expect(reachesBack(oldest, start)).toBe(true);
      }),
    );
  });
});

describe('an attempt that was settled meanwhile', () => {
  const nowhere = { channelId: null, ts: null };

  test('as delivered is DELIVERED without a look', () => {
    expect(
      knownOutcome({ outcome: 'DELIVERED', posted: { channelId: 'C1' as ChannelId, ts: '1.2' }, holdSeconds: null }),
    ).toMatchObject({
      status: 'DELIVERED',
      place: { kind: 'REST' },
    });
  });

  test.each(['IN_FLIGHT', 'UNKNOWN', 'DELIVERED'] as const)(
    'as %s without a place is still to be looked up',
    (outcome) => {
      expect(knownOutcome({ outcome, posted: nowhere, holdSeconds: null })).toBeUndefined();
    },
  );

  test.each(['RATE_LIMITED', 'RETRYABLE', 'REJECTED', 'CONFIRMED_ABSENT'] as const)(
    'as %s goes on in its lane',
    (outcome) => {
      const settlement = knownOutcome({
        outcome,
        posted: nowhere,
        holdSeconds: outcome === 'RATE_LIMITED' ? -1 : null,
      });
      expect(settlement).toEqual({ status: 'RETRYING', place: { kind: 'LANE' } });
    },
  );

  test('as refused for its rate holds the lane for what is left of the time', () => {
    expect(knownOutcome({ outcome: 'RATE_LIMITED', posted: nowhere, holdSeconds: 12.5 })).toMatchObject({
      status: 'RETRYING',
      place: { kind: 'LANE', wait: { reason: 'RATE_LIMITED', seconds: 12.5 } },
      laneHoldSeconds: 12.5,
    });
  });
});
