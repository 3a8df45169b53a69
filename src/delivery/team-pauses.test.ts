import { expect, test } from 'vitest';
import type { TeamId } from '../platform/ids.ts';
import { TeamPauses } from './team-pauses.ts';

const start = () => {
  const time = { seconds: 100 };
  const pauses = new TeamPauses({ now: () => new Date(0), monotonicMs: () => time.seconds * 1000 });
  return { time, pauses };
};

const [A, B] = ['T0A', 'T0B'] as TeamId[] as [TeamId, TeamId];

test('a 429 of a second channel while the wait of the first runs pauses the team, for the longer of the two', () => {
  const { time, pauses } = start();
  pauses.rateLimited(A, '1', 30);
  pauses.rateLimited(A, '1', 30);
  expect(pauses.isPaused(A)).toBe(false);
  time.seconds += 10;
  pauses.rateLimited(A, '2', 5);
  expect([pauses.isPaused(A), pauses.isPaused(B)]).toEqual([true, false]);
  time.seconds += 19;
  expect(pauses.isPaused(A)).toBe(true);
  time.seconds += 2;
  expect(pauses.isPaused(A)).toBe(false);
});

test('a 429 of another channel after the wait of the first pauses no team', () => {
  const { time, pauses } = start();
  pauses.rateLimited(A, '1', 5);
  time.seconds += 6;
  pauses.rateLimited(A, '2', 5);
  expect(pauses.isPaused(A)).toBe(false);
});
