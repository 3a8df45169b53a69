import { afterEach, expect, test } from 'vitest';
import { atTime, fieldOf, momentOf } from './moment.ts';

test.each(['', 'soon', '202610-12-31T10:30', '12026-12-31T10:30', '+012026-12-31T10:30Z'])(
  '"%s" is no time, and throws nothing',
  (given) => expect(momentOf(given)).toBeUndefined(),
);

test('a time of the browser is a moment of the API', () => {
  expect(momentOf('2026-11-20T10:00')).toBe(new Date('2026-11-20T10:00').toISOString());
});

const zone = process.env['TZ'];
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

test.each([
  ['Etc/UTC', '2026-11-26T18:00:00.000Z', '2026-11-26T18:00'],
  ['Asia/Kolkata', '2026-11-26T18:00:00.000Z', '2026-11-26T23:30'],
  ['America/New_York', '2026-11-27T03:10:20Z', '2026-11-26T22:10:20'],
  ['America/New_York', '2026-07-01T03:10:20.500Z', '2026-06-30T23:10:20.500'],
])('a date field in %s shows %s as %s, and means that moment', (timeZone, moment, field) => {
  process.env['TZ'] = timeZone;
  expect(fieldOf(moment)).toBe(field);
  expect(momentOf(field)).toBe(new Date(moment).toISOString());
});

test('an address without a zone is understood as the field that it was written by', () => {
  expect(fieldOf('2026-11-20T10:00')).toBe('2026-11-20T10:00');
});

test.each([null, '', 'soon', '202610-12-31T10:30'])('a date field is empty where %j is no time', (given) =>
  expect(fieldOf(given)).toBe(''),
);

const NOW = Date.parse('2026-11-27T12:00:00');

test('a time of today needs no date', () => {
  expect(atTime('2026-11-27T09:30:00', NOW)).not.toContain('2026');
});

test.each(['2026-11-26T09:30:00', '2026-11-28T09:30:00', '2090-01-01T00:00:00'])(
  'a time of another day is told with its date: %s',
  (at) => expect(atTime(at, NOW)).toContain(at.slice(0, 4)),
);
