import { test } from 'vitest';
import { chanceOf } from '../support/seeded.ts';
import { crowd } from './busy-neighbours.ts';

test(
  'a quiet team does not wait for 20,000 messages of 100 teams, nine tenths of them of one',
  { timeout: 180_000 },
  async () => {
    const name = 'fairness among 20,000';
    await crowd(name, chanceOf(name), { teams: 100, waiting: 20_000, quietMessages: 30, inTime: 0.99 });
  },
);
