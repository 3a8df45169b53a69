import { expect, test } from 'vitest';
import { atTime } from '../parts/moment.ts';
import { wordsOfExpected } from './expected.ts';

const NOW = Date.parse('2026-11-27T12:00:00');
const LATER = '2026-11-27T14:00:00';

test('a scheduled one is announced by its time, and by nothing that may not be before it', () => {
  const words = wordsOfExpected(7_200, LATER, NOW);
  expect(words).toContain(atTime(LATER, NOW));
  expect(words).not.toContain('Others are before it');
});

test('one that waits behind others is announced by how long that takes', () => {
  expect(wordsOfExpected(90, undefined, NOW)).toBe('Others are before it: it should be there in about 90.0 s.');
});

test.each([undefined, '2026-11-27T12:00:00'])('one that nothing holds up should be there at once', (scheduledFor) => {
  expect(wordsOfExpected(0, scheduledFor, NOW)).toBe('It should be there at once.');
});
