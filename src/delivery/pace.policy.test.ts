import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeliveryConfig } from '../config/config.ts';
import { paceOf } from './pace.policy.ts';

const configs: fc.Arbitrary<DeliveryConfig> = fc.record({
  concurrency: fc.integer({ min: 1, max: 10_000 }),
  teamConcurrency: fc.nat({ max: 10_000 }),
  channelMessagesPerSecond: fc.double({ min: 0.001, max: 10_000, noNaN: true }),
  channelBurst: fc.integer({ min: 1, max: 1000 }),
  leaseSeconds: fc.integer({ min: 1, max: 3600 }),
  laneHoldSeconds: fc.nat({ max: 86_400 }),
  teamMessagesPerMinute: fc.nat({ max: 1_000_000 }),
  historyPerMinute: fc.integer({ min: 1, max: 10_000 }),
  confirmSettleSeconds: fc.nat({ max: 3600 }),
  confirmMaxHoldSeconds: fc.integer({ min: 1, max: 86_400 }),
  queueMaxPerWorkspace: fc.integer({ min: 1 }),
});

test('every legal setting gives intervals that add up to its rate, and bursts that are none below one', () => {
  fc.assert(
    fc.property(configs, (config) => {
      const pace = paceOf(config);
      expect(pace.emissionSeconds * config.channelMessagesPerSecond).toBeCloseTo(1);
      expect(pace.historySeconds * config.historyPerMinute).toBeCloseTo(60);
      expect(pace.teamEmissionSeconds * config.teamMessagesPerMinute).toBeCloseTo(
        config.teamMessagesPerMinute === 0 ? 0 : 60,
      );
      for (const tolerance of [pace.burstToleranceSeconds, pace.teamToleranceSeconds, pace.historyToleranceSeconds]) {
        expect(tolerance).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(tolerance)).toBe(true);
      }
    }),
  );
});

test('a channel never has more than its burst at once', () => {
  fc.assert(
    fc.property(configs, (config) => {
      const { burstToleranceSeconds, emissionSeconds } = paceOf(config);
      const atOnce = 1 + Math.floor(burstToleranceSeconds / emissionSeconds + 1e-9);
      expect(atOnce).toBeLessThanOrEqual(config.channelBurst);
      expect(atOnce).toBeGreaterThanOrEqual(1);
    }),
  );
});
