import { test } from 'vitest';
import { chanceOf } from '../support/seeded.ts';
import { keepPace } from './one-channel.ts';

test('a busy channel gets all of the rate that Slack allows, in order, without 429', { timeout: 90_000 }, async () => {
  const name = 'one channel at 5 a second';
  await keepPace(name, chanceOf(name), { perSecond: 5, seconds: 8 });
});
