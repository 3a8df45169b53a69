import { afterEach, expect, test } from 'vitest';
import { countedFrom, type Hour, hoursOfDay } from './hours.ts';

const zone = process.env['TZ'];
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

const sent = (hour: string, delivered: number): Hour => ({ hour, delivered, failed: 0, unconfirmed: 0 });

/** What is drawn of that local day: the number of its hours, and those in which something was sent. */
const drawn = (timeZone: string, date: string, hours: readonly Hour[]) => {
  process.env['TZ'] = timeZone;
  const day = hoursOfDay(new Date(`${date}T00:00`).getTime(), hours);
  return { hours: day.length, sent: day.flatMap(({ delivered }, slot) => (delivered > 0 ? [[slot, delivered]] : [])) };
};

test('an hour of UTC is drawn at the local hour in which it began', () => {
  expect(drawn('Etc/UTC', '2026-11-27', [sent('2026-11-27T05:00:00Z', 3)]).sent).toEqual([[5, 3]]);
  expect(drawn('America/New_York', '2026-11-27', [sent('2026-11-27T05:00:00Z', 3)]).sent).toEqual([[0, 3]]);
  expect(drawn('Asia/Kolkata', '2026-11-27', [sent('2026-11-27T05:00:00Z', 3)]).sent).toEqual([[10, 3]]);
  expect(drawn('Asia/Kathmandu', '2026-11-27', [sent('2026-11-27T05:00:00Z', 3)]).sent).toEqual([[10, 3]]);
});

test('what was sent just after midnight is counted where the hour of UTC began before it', () => {
  const hours = [sent('2026-11-26T18:00:00Z', 1), sent('2026-11-26T19:00:00Z', 2)];
  expect(drawn('Asia/Kolkata', '2026-11-27', hours).sent).toEqual([[0, 3]]);
});

test.each([
  ['Asia/Kolkata', '2026-11-26T18:00:00.000Z'],
  ['Asia/Kathmandu', '2026-11-26T18:00:00.000Z'],
  ['America/New_York', '2026-11-27T05:00:00.000Z'],
])('a day in %s is counted from the hour of UTC in which it begins', (timeZone, from) => {
  process.env['TZ'] = timeZone;
  expect(new Date(countedFrom(new Date('2026-11-27T00:00').getTime())).toISOString()).toBe(from);
});

test('the days on which the clock is changed have 25 and 23 hours', () => {
  expect(drawn('Europe/Berlin', '2026-10-25', [sent('2026-10-25T22:00:00Z', 1)])).toEqual({
    hours: 25,
    sent: [[24, 1]],
  });
  expect(drawn('Europe/Berlin', '2026-03-29', [sent('2026-03-29T21:00:00Z', 1)])).toEqual({
    hours: 23,
    sent: [[22, 1]],
  });
});
