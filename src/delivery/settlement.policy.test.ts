import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOVES } from '../notifications/notification.states.ts';
import type { ChannelId } from '../platform/ids.ts';
import { POST_ERRORS } from '../slack/post-errors.policy.ts';
import { postOutcome } from '../slack/post-outcome.policy.ts';
import type { Exchange } from '../slack/exchange.policy.ts';
import type { PostResult } from './post-result.ts';
import {
  backoffSeconds,
  MAX_TRIES,
  settlementOf,
  settlementWithoutSlack,
  unlessItMayBeThere,
  type Settlement,
  type SettlementContext,
} from './settlement.policy.ts';

const MOVING: readonly string[] = ['QUEUED', 'SENDING', 'RETRYING'];
const text = fc.string({ maxLength: 40 });
const optional = fc.record({ slackError: text, httpStatus: fc.integer({ min: 100, max: 599 }) }, { requiredKeys: [] });

const outcomes: fc.Arbitrary<PostResult> = fc.oneof(
  fc.record({
    kind: fc.constant('delivered' as const),
    channel: fc.constant('C1' as ChannelId),
    ts: fc.constant('1.2'),
    httpStatus: fc.constant(200),
  }),
  fc.record({
    kind: fc.constant('rateLimited' as const),
    retryAfterSeconds: fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true })),
    slackError: text,
    httpStatus: fc.constant(429),
  }),
  fc
    .tuple(
      optional,
      fc.constantFrom(
        'DEADLINE' as const,
        'CONNECTION' as const,
        'SLACK' as const,
        'TOKEN' as const,
        'SEALED' as const,
      ),
    )
    .map(([some, reason]) => ({ ...some, kind: 'notSent' as const, reason, detail: 'x' })),
  fc
    .tuple(optional, fc.nat({ max: 86_400 }))
    .map(([some, seconds]) => ({ ...some, kind: 'tokenPending' as const, seconds })),
  fc.tuple(optional, text).map(([some, slackError]) => ({ ...some, kind: 'credentialEnded' as const, slackError })),
  optional.map((some) => ({ ...some, kind: 'rejected' as const, failureCode: 'SLACK_REJECTED' as const })),
  optional.map((some) => ({ ...some, kind: 'unknown' as const, detail: 'x' })),
);

const contexts: fc.Arbitrary<SettlementContext> = fc.record({
  tries: fc.nat({ max: 20 }),
  remainingMs: fc.integer({ min: -1000, max: 100_000_000 }),
  laneHoldSeconds: fc.nat({ max: 86_400 }),
  heldSeconds: fc.nat({ max: 86_400 }),
  random: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
});

/** What must hold of every settlement of a row that is SENDING, whatever led to it. */
const expectLegal = (settlement: Settlement): void => {
  const { status, place, failure, posted, attempt } = settlement;
  if (status !== undefined) expect(MOVES.SENDING).toContain(status);
  expect(status !== undefined && !MOVING.includes(status)).toBe(place.kind === 'REST');
  expect(failure !== undefined).toBe(status === 'FAILED' || status === 'CANCELED' || status === 'UNCONFIRMED');
  expect(posted !== undefined).toBe(status === 'DELIVERED');
  expect(attempt).toBeDefined();
  if (place.kind === 'LANE' || place.kind === 'PARKED') expect(status).toBe('RETRYING');
  if (place.kind !== 'REST' && place.wait?.seconds !== undefined) {
    expect(place.wait.seconds).toBeGreaterThanOrEqual(0);
    expect(Number.isFinite(place.wait.seconds)).toBe(true);
  }
};

describe('what follows from what a try came to', () => {
  test('is total, and moves only as the state machine allows', () => {
    fc.assert(fc.property(outcomes, contexts, (outcome, context) => expectLegal(settlementOf(outcome, context))));
  });

  test('an unknown outcome is looked up: never FAILED, never at rest, never sent again at once', () => {
    const unknowns = outcomes.filter(({ kind }) => kind === 'unknown');
    fc.assert(
      fc.property(unknowns, contexts, (outcome, context) => {
        const { status, place, attempt } = settlementOf(outcome, context);
        expect({ status, place: place.kind, attempt: attempt?.outcome }).toEqual({
          status: undefined,
          place: 'CONFIRM',
          attempt: 'UNKNOWN',
        });
      }),
    );
  });

  test('a Retry-After is waited out in full, holds the lane for as long, and counts as no try', () => {
    const limited = fc.nat({ max: 2_592_000 }).map((retryAfterSeconds) => ({
      kind: 'rateLimited' as const,
      retryAfterSeconds,
      slackError: 'ratelimited',
      httpStatus: 429,
    }));
    fc.assert(
      fc.property(limited, contexts, (outcome, context) => {
        const settlement = settlementOf(outcome, context);
        expect(settlement.laneHoldSeconds).toBe(outcome.retryAfterSeconds);
        expect(settlement.countsAsTry ?? false).toBe(false);
        const isOver = outcome.retryAfterSeconds * 1000 >= context.remainingMs;
        if (isOver) expect(settlement).toMatchObject({ status: 'FAILED', failure: { code: 'EXPIRED' } });
        else
          expect(settlement).toMatchObject({
            status: 'RETRYING',
            place: { kind: 'LANE', wait: { seconds: outcome.retryAfterSeconds } },
          });
      }),
    );
  });

  test('what was not sent is tried ten times at most, and not longer than it may live', () => {
    fc.assert(
      fc.property(contexts, (context) => {
        const { status, failure, place } = settlementOf({ kind: 'notSent', reason: 'SLACK', detail: 'x' }, context);
        if (context.tries + 1 >= MAX_TRIES)
          expect({ status, failure }).toMatchObject({ status: 'FAILED', failure: { code: 'SLACK_UNAVAILABLE' } });
        else if (place.kind === 'LANE' || place.kind === 'PARKED') {
          expect(place.wait?.seconds).toBeLessThanOrEqual(Math.max(0, context.remainingMs / 1000));
          expect(place.kind === 'PARKED').toBe((place.wait?.seconds ?? 0) > context.laneHoldSeconds);
        } else expect.unreachable();
      }),
    );
  });

  test('waits for a token hold a lane no longer together than a single one may', () => {
    fc.assert(
      fc.property(contexts, fc.array(fc.integer({ min: 1, max: 120 })), (context, waits) => {
        let heldSeconds = 0;
        for (const seconds of waits) {
          const { place } = settlementOf({ kind: 'tokenPending', seconds }, { ...context, heldSeconds });
          expect(place.kind).toBe(heldSeconds + seconds > context.laneHoldSeconds ? 'PARKED' : 'LANE');
          if (place.kind === 'PARKED') return;
          heldSeconds += seconds;
          expect(heldSeconds).toBeLessThanOrEqual(context.laneHoldSeconds);
        }
      }),
    );
  });

  test('what has a new token at hand keeps its place, however long it waited for it', () => {
    fc.assert(
      fc.property(contexts, (context) => {
        const { place } = settlementOf({ kind: 'tokenPending', seconds: 0 }, context);
        expect(place.kind).toBe('LANE');
      }),
    );
  });

  test('what never left says nothing of Slack', () => {
    const unasked: PostResult[] = [
      { kind: 'notSent', reason: 'DEADLINE', detail: 'x' },
      { kind: 'rejected', failureCode: 'INVALID_MESSAGE', detail: 'x' },
    ];
    fc.assert(
      fc.property(contexts, fc.constantFrom(...unasked), (context, result) => {
        expect(settlementOf(result, context)).not.toHaveProperty('outage');
      }),
    );
  });

  test('what may be there from an earlier try ends UNCONFIRMED instead of as if it were not, and waits for no reconnect', () => {
    fc.assert(
      fc.property(outcomes, contexts, fc.boolean(), (result, context, mayBeThere) => {
        const settlement = settlementOf(result, context);
        const ending = unlessItMayBeThere(settlement, mayBeThere);
        const awaitsReconnect = settlement.place.kind === 'PARKED' && settlement.place.wait.reason === 'CONNECTION';
        if (!mayBeThere || !(settlement.status === 'FAILED' || awaitsReconnect)) expect(ending).toEqual(settlement);
        else
          expect(ending).toMatchObject({
            status: 'UNCONFIRMED',
            place: { kind: 'REST' },
            attempt: settlement.attempt,
            failure: { code: 'OUTCOME_UNKNOWN' },
          });
      }),
    );
  });

  test('what could not be opened says nothing of Slack, and is a fault of this server in the end', () => {
    fc.assert(
      fc.property(contexts, (context) => {
        const settlement = settlementOf({ kind: 'notSent', reason: 'SEALED', detail: 'x' }, context);
        expect(settlement).not.toHaveProperty('outage');
        if (context.tries + 1 >= MAX_TRIES) expect(settlement.failure).toMatchObject({ code: 'INTERNAL' });
        else expect(settlement.status).toBe('RETRYING');
      }),
    );
  });

  test('every documented code and every answer, however malformed, has a legal settlement', () => {
    const body = fc.oneof(
      fc.constantFrom(...POST_ERRORS.keys()).map((error) => JSON.stringify({ ok: false, error })),
      fc.json(),
      fc.string(),
      fc.constantFrom('', 'null', '{"ok":true}', '{"ok":true,"ts":"1.2"}', '{"ok":"true"}', '{"ok":false}', '<html>'),
    );
    const exchanges: fc.Arbitrary<Exchange> = fc.oneof(
      fc.record({
        kind: fc.constant('answered' as const),
        httpStatus: fc.constantFrom(200, 204, 301, 400, 404, 413, 429, 500, 502, 503),
        retryAfter: fc.constantFrom(undefined, '1', '0', '-3', 'soon', '1e99', 'Wed, 21 Oct 2026 07:28:00 GMT'),
        oauthScopes: fc.constant(undefined),
        date: fc.constant(undefined),
        complete: fc.boolean(),
        body,
      }),
      fc.record({ kind: fc.constant('noAnswer' as const), bytesLeft: fc.boolean(), detail: text }),
    );
    fc.assert(
      fc.property(exchanges, contexts, (exchange, context) => {
        const outcome = postOutcome(exchange);
        // What they come to depends on the credential.
        if (outcome.kind === 'authUnclear' || outcome.kind === 'tokenExpired') return;
        const settlement = settlementOf(outcome, context);
        expectLegal(settlement);
        // A post whose bytes left may be said not to have arrived only by a whole answer of Slack.
        if (exchange.kind === 'noAnswer' && exchange.bytesLeft) expect(settlement.place.kind).toBe('CONFIRM');
        if (exchange.kind === 'answered' && !exchange.complete && exchange.httpStatus < 400)
          expect(settlement.place.kind).toBe('CONFIRM');
      }),
      { numRuns: 500 },
    );
  });
});

test('the backoff is 1 s, 5 s, 30 s, 2 min, 10 min and then 30 min, each within 20 %', () => {
  const bases = [1, 5, 30, 120, 600, 1800, 1800, 1800, 1800];
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (tries, random) => {
        const base = bases[tries - 1] ?? 0;
        expect(backoffSeconds(tries, random)).toBeGreaterThanOrEqual(base * 0.8 - 1e-9);
        expect(backoffSeconds(tries, random)).toBeLessThanOrEqual(base * 1.2 + 1e-9);
      },
    ),
  );
});

test.each(['CANCEL', 'EXPIRE', 'REFUSE_TEAM', 'REFUSE_PRINCIPAL', 'PARK'] as const)(
  '%s touches no attempt and moves as the state machine allows',
  (action) => {
    for (const lastError of [null, 'service_unavailable']) {
      const { status, place, attempt, failure } = settlementWithoutSlack(action, lastError);
      expect(attempt).toBeUndefined();
      if (status === undefined) expect(place.kind).toBe('PARKED');
      else {
        expect([...MOVES.QUEUED, ...MOVES.RETRYING]).toContain(status);
        expect(place.kind).toBe('REST');
        expect(failure).toBeDefined();
      }
    }
  },
);
