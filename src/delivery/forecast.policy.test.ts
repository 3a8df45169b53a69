import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forecastOf, type LineNow } from './forecast.policy.ts';
import type { Pace } from './pace.policy.ts';

const PACE: Pace = {
  leaseSeconds: 10,
  teamConcurrency: 10,
  emissionSeconds: 1,
  burstToleranceSeconds: 2,
  teamEmissionSeconds: 0.2,
  teamToleranceSeconds: 9.8,
  historySeconds: 1,
  historyToleranceSeconds: 1,
  longestHoldSeconds: 720,
};
const IDLE: LineNow = {
  pausedSeconds: 0,
  isProbed: false,
  teamArrivalSeconds: 0,
  heldSeconds: 0,
  arrivalSeconds: 0,
  isStrict: false,
  ahead: 0,
  aheadWaitSeconds: 0,
};
const delay = (line: Partial<LineNow>): number => forecastOf({ ...IDLE, ...line }, PACE).delaySeconds;

describe('the forecast', () => {
  test.each([
    ['nothing waits: at once', {}, 0],
    ['within the burst: at once', { ahead: 2 }, 0],
    ['behind the burst: by the pace of the channel', { ahead: 10 }, 8],
    ['after a 429 there is no burst', { ahead: 10, isStrict: true }, 10],
    ['inside a Retry-After nothing goes', { heldSeconds: 30, ahead: 5 }, 33],
    ['a burst that is used up comes back slowly', { arrivalSeconds: 4 }, 2],
    ['a message before it that waits holds it up', { ahead: 1, aheadWaitSeconds: 20 }, 20],
    ['a team that is spent holds it up', { teamArrivalSeconds: 12 }, 3],
  ])('%s', (_promise, line, expected) => {
    expect(delay(line)).toBe(expected);
  });

  test('a pause of the team, or of the channel, says why', () => {
    expect(forecastOf({ ...IDLE, pausedSeconds: 7.2 }, PACE)).toEqual({ delaySeconds: 8, hold: 'TEAM_LIMITED' });
    expect(forecastOf({ ...IDLE, pausedSeconds: 4, isProbed: true }, PACE).hold).toBe('TEAM_SILENT');
    expect(forecastOf({ ...IDLE, heldSeconds: 3 }, PACE).hold).toBe('CHANNEL_LIMITED');
    expect(forecastOf({ ...IDLE, isProbed: true }, PACE).hold).toBeNull();
  });

  test('it is when the lane would send, message by message', () => {
    const lane = fc.record({
      heldSeconds: fc.integer({ min: 0, max: 20 }),
      arrivalSeconds: fc.integer({ min: 0, max: 20 }),
      isStrict: fc.boolean(),
      ahead: fc.integer({ min: 0, max: 50 }),
    });
    fc.assert(
      fc.property(lane, (line) => {
        const burst = line.isStrict ? 0 : PACE.burstToleranceSeconds;
        let arrival = line.arrivalSeconds;
        let now = 0;
        for (let sent = 0; sent <= line.ahead; sent += 1) {
          now = Math.max(now, line.heldSeconds, arrival - burst);
          arrival = Math.max(arrival, now) + PACE.emissionSeconds;
        }
        expect(delay(line)).toBe(now);
      }),
    );
  });
});
