import { test } from 'vitest';
import { chanceOf } from '../support/seeded.ts';
import { goDown } from './outage.ts';

test(
  'while Slack is down each team is only probed; afterwards nothing is lost, doubled or sent in a burst',
  { timeout: 90_000 },
  async () => {
    const name = 'Slack down for 8 s';
    await goDown(name, chanceOf(name), { steadyMs: 4000, downMs: 8000, waiting: 160 });
  },
);
