import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { exactly } from './moment.ts';

const TICK_MS = 10_000;
const Now = createContext(Date.now());

/** One clock for all relative times of the page. */
export function Clock({ children }: { children: ReactNode }): ReactNode {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return <Now value={now}>{children}</Now>;
}

/** When the local day began, by that clock: a page that stays open overnight is in another day. */
export const useStartOfToday = (): number => new Date(useContext(Now)).setHours(0, 0, 0, 0);

const STEPS: readonly (readonly [limitSeconds: number, unitSeconds: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [90, 1, 'second'],
  [90 * 60, 60, 'minute'],
  [36 * 3600, 3600, 'hour'],
  [45 * 86_400, 86_400, 'day'],
  [Infinity, 30 * 86_400, 'month'],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

export function ago(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1000;
  if (Math.abs(seconds) < 8) return 'just now';
  const [, size, unit] = STEPS.find(([limit]) => Math.abs(seconds) < limit) ?? [0, 1, 'second' as const];
  return relative.format(Math.round(seconds / size), unit);
}

/** "3 min. ago", with the exact time at hand. */
export function When({ at }: { at: string }): ReactNode {
  // The page's clock ticks slowly: what has just happened is not in its future.
  const now = Math.max(useContext(Now), Math.min(Date.now(), Date.parse(at)));
  return (
    <time dateTime={at} title={exactly(at)}>
      {ago(at, now)}
    </time>
  );
}
