import { describe, expect, test } from 'vitest';
import { chanceOf } from '../support/seeded.ts';
import { fanOut } from './live-fanout.ts';
import { pauseOne } from './live-paused.ts';

// The long forms, with the figures that are to be reached: test/soak/live.soak.ts.
const LONG = { timeout: 90_000 };

describe('what live status for many costs', () => {
  test('a socket that is not read costs its process and the others there next to nothing', LONG, async () => {
    const name = 'live: a paused socket';
    const plan = { warmUp: 2000, changes: 4000, others: 5, slice: 50, everyMs: 25 };
    expect((await pauseOne(name, chanceOf(name), plan)).ownGrowthMiB).toBeLessThan(64);
  });

  test(
    'one document for 300 subscribers costs the server at most twice what bare broadcasting does',
    LONG,
    async () => {
      const name = 'live: 300 subscribers of one document';
      const plan = { subscribers: 300, changes: 200, slice: 20, rounds: 3 };
      expect((await fanOut(name, plan)).cpu).toBeGreaterThan(0.5);
    },
  );
});
