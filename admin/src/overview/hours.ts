import type { StatsQuery } from '../../generated/graphql.ts';

export type Hour = StatsQuery['deliveryStats']['perHour'][number];

const HOUR_MS = 3_600_000;
export const KINDS = ['delivered', 'unconfirmed', 'failed'] as const;

export const midnightAfter = (midnight: number): number => {
  const next = new Date(midnight);
  // By the calendar: a day in which the clock is put back has 25 hours.
  next.setDate(next.getDate() + 1);
  return next.getTime();
};

/** Since when the API counts that day: from the beginning of an hour of UTC, which may be before it. */
export const countedFrom = (midnight: number): number => Math.floor(midnight / HOUR_MS) * HOUR_MS;

/** All hours of the day that begins at that midnight, those without a notification too. */
export function hoursOfDay(midnight: number, hours: readonly Hour[]): Hour[] {
  const count = Math.ceil((midnightAfter(midnight) - midnight) / HOUR_MS);
  const day = Array.from({ length: count }, (_each, index) => ({
    hour: new Date(midnight + index * HOUR_MS).toISOString(),
    delivered: 0,
    failed: 0,
    unconfirmed: 0,
  }));
  for (const hour of hours) {
    // The API counts by the hours of UTC, which begin within one of here, the first one even before midnight.
    const slot = day[Math.max(0, Math.floor((Date.parse(hour.hour) - midnight) / HOUR_MS))];
    if (slot) for (const kind of KINDS) slot[kind] += hour[kind];
  }
  return day;
}
