import fc from 'fast-check';
import { expect, test } from 'vitest';
import { waitingOf, type QueuePlace } from './waiting.policy.ts';

const now = new Date('2026-01-01T00:00:00Z');
const times = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -1000, max: 1000 }).map((seconds) => new Date(now.getTime() + seconds * 1000)),
);
const places: fc.Arbitrary<QueuePlace> = fc.record({
  status: fc.constantFrom('QUEUED', 'SENDING', 'RETRYING'),
  attemptOpen: fc.boolean(),
  waitReason: fc.constantFrom(
    null,
    'SCHEDULED' as const,
    'BACKOFF' as const,
    'CONFIRMING' as const,
    'CONNECTION' as const,
    'RATE_LIMITED' as const,
  ),
  waitUntil: times,
  waitDetail: fc.constantFrom(null, 'because'),
  readyAt: times,
  heldUntil: times,
  pausedUntil: times,
  teamFreeAt: times,
  isProbed: fc.boolean(),
  position: fc.oneof(fc.constant(null), fc.nat({ max: 10_000 })),
  now: fc.constant(now),
});

test('what is being sent waits for nothing, and what waits says why', () => {
  fc.assert(
    fc.property(places, (place) => {
      const waiting = waitingOf(place);
      expect(waiting === null).toBe(place.attemptOpen && place.waitReason === null);
      if (waiting === null) return;
      expect(waiting.detail).not.toBe('');
      expect(waiting.position).toBe(place.position);
    }),
  );
});

test('only a look at Slack may be overdue: whatever else is over is not what keeps it', () => {
  fc.assert(
    fc.property(places, (place) => {
      const { until, reason } = waitingOf(place) ?? { until: null };
      if (until !== null && reason !== 'CONFIRMING') expect(until.getTime()).toBeGreaterThan(now.getTime());
    }),
  );
});

test('it goes on no sooner than its own wait, its channel and its team allow', () => {
  fc.assert(
    fc.property(places, (place) => {
      const until = waitingOf(place)?.until ?? null;
      const { waitUntil, heldUntil, pausedUntil, teamFreeAt, readyAt } = place;
      const isOver = place.waitReason !== 'CONFIRMING' && waitUntil !== null && waitUntil <= now;
      const own = place.waitReason === null || isOver ? [teamFreeAt, readyAt] : [waitUntil];
      for (const time of [heldUntil, pausedUntil, ...own])
        if (until !== null && time !== null) expect(until.getTime()).toBeGreaterThanOrEqual(time.getTime());
    }),
  );
});

test('a team that has sent as much as it may says so, and until when', () => {
  fc.assert(
    fc.property(places, (place) => {
      const teamFreeAt = new Date(now.getTime() + 60_000);
      const limited = {
        ...place,
        attemptOpen: false,
        waitReason: null,
        pausedUntil: null,
        heldUntil: null,
        teamFreeAt,
      };
      expect(waitingOf(limited)).toMatchObject({ reason: 'PACING', position: place.position });
      expect(waitingOf(limited)?.until?.getTime()).toBeGreaterThanOrEqual(teamFreeAt.getTime());
    }),
  );
});

test('what is next, and is held by nothing that the queue knows of, waits for its turn', () => {
  fc.assert(
    fc.property(places, (place) => {
      const free = { waitReason: null, waitUntil: null, readyAt: null, heldUntil: null, pausedUntil: null };
      const next = { ...place, ...free, attemptOpen: false, teamFreeAt: null, position: 0 };
      const detail = 'It is next in its channel and waits for its turn.';
      expect(waitingOf(next)).toEqual({ reason: 'PACING', until: null, position: 0, detail });
    }),
  );
});
