import { describe, test } from 'vitest';
import { pileUp } from '../load/backlog.ts';
import { crowd } from '../load/busy-neighbours.ts';
import { neverRest } from '../load/restless.ts';
import { chanceOf } from '../support/seeded.ts';

const MINUTE = 60_000;

describe('a long queue', () => {
  test('a quiet team does not wait for 100,000 messages of 500 teams', { timeout: 15 * MINUTE }, async () => {
    const name = 'fairness among 100,000';
    await crowd(name, chanceOf(name), { teams: 500, waiting: 100_000, quietMessages: 100, inTime: 0.99 });
  });

  test('1,000,000 messages that wait cost a claim no more than 1,000 do', { timeout: 10 * MINUTE }, async () => {
    const name = '1,000,000 waiting';
    await pileUp(name, chanceOf(name), { few: 1000, many: 1_000_000, lanes: 10_000, batch: 1000, leastRate: 0.9 });
  });

  test('24 writers for a minute: everything goes once, nothing is left', { timeout: 4 * MINUTE }, async () => {
    const name = 'stress of 24 writers for a minute';
    await neverRest(name, chanceOf(name), { writers: 24, ms: MINUTE });
  });
});
