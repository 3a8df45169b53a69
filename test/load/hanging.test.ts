import { test } from 'vitest';
import { chanceOf } from '../support/seeded.ts';
import { hangBeside } from './hanging.ts';

test('a team that Slack never answers delays no other team', { timeout: 90_000 }, async () => {
  const name = 'a hanging team of 50 channels';
  await hangBeside(name, chanceOf(name), { phaseMs: 2500, timeoutMs: 2000 });
});
