import { test } from 'vitest';
import { chanceOf } from '../support/seeded.ts';
import { neverRest } from './restless.ts';

test(
  '24 writers, teams that go idle and wake, transactions held open beside: everything goes once, nothing is left',
  { timeout: 90_000 },
  async () => {
    const name = 'stress of 24 writers';
    await neverRest(name, chanceOf(name), { writers: 24, ms: 8000 });
  },
);
