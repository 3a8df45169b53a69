/** The last that a date field takes. Without it the field takes years of six digits, which are no time to anybody. */
export const LAST_MOMENT = '9999-12-31T23:59';

/** What a date field holds, or an address, as the API wants it; undefined where it is no time. */
export function momentOf(given: string | null): string | undefined {
  const at = new Date(given ?? '');
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999 ? undefined : at.toISOString();
}
