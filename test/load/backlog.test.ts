import { test } from 'vitest';
import { chanceOf } from '../support/seeded.ts';
import { pileUp } from './backlog.ts';

test('100,000 messages that wait cost a claim no more than 1,000 do', { timeout: 120_000 }, async () => {
  const name = '100,000 waiting';
  await pileUp(name, chanceOf(name), { few: 1000, many: 100_000, lanes: 2000, batch: 250, leastRate: 0.5 });
});
