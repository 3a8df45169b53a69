import { test } from 'vitest';
import { chanceOf } from '../support/seeded.ts';
import { weather } from './storm.ts';

test(
  'a storm of 429 is waited out to the second, pauses the team, and delays nobody else',
  { timeout: 180_000 },
  async () => {
    const name = '429 storm';
    await weather(name, chanceOf(name), { phaseMs: 3000, waiting: 60 });
  },
);
