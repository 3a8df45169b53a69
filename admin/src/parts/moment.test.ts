import { expect, test } from 'vitest';
import { atTime, momentOf } from './moment.ts';

test.each(['', 'soon', '202610-12-31T10:30', '12026-12-31T10:30', '+012026-12-31T10:30Z'])(
  '"%s" is no time, and throws nothing',
  (given) => expect(momentOf(given)).toBeUndefined(),
);

test('a time of the browser is a moment of the API', () => {
  expect(momentOf('2026-11-20T10:00')).toBe(new Date('2026-11-20T10:00').toISOString());
});

const NOW = Date.parse('2026-11-27T12:00:00');

test('a time of today needs no date', () => {
  expect(atTime('2026-11-27T09:30:00', NOW)).not.toContain('2026');
});

test.each(['2026-11-26T09:30:00', '2026-11-28T09:30:00', '2090-01-01T00:00:00'])(
  'a time of another day is told with its date: %s',
  (at) => expect(atTime(at, NOW)).toContain(at.slice(0, 4)),
);
