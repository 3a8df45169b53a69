/** The last that a date field takes. Without it the field takes years of six digits, which are no time to anybody. */
export const LAST_MOMENT = '9999-12-31T23:59';

/** What a date field holds, or an address, as the API wants it; undefined where it is no time. */
export function momentOf(given: string | number | null): string | undefined {
  const at = new Date(given ?? '');
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999 ? undefined : at.toISOString();
}

const MINUTE_MS = 60_000;

/** A moment as a date field has it, in the zone of this browser; empty where it is no time. */
export function fieldOf(given: string | number | null): string {
  const at = new Date(momentOf(given) ?? '');
  if (Number.isNaN(at.getTime())) return '';
  const local = new Date(at.getTime() - at.getTimezoneOffset() * MINUTE_MS).toISOString();
  return local.replace(/(:00)?\.000Z$|Z$/, '');
}

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const exactly = (at: string): string => exact.format(new Date(at));

/** The time of day, with the day where it is not today. */
export function atTime(at: string, now = Date.now()): string {
  const day = new Date(at);
  const isToday = day.toDateString() === new Date(now).toDateString();
  return (isToday ? clock : exact).format(day);
}

/** The zone that the browser's own fields of time mean. */
export const timeZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

export function lasted(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
