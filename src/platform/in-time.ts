import { setTimeout as pause } from 'node:timers/promises';

/** What comes of the work, or undefined once the time is up; the work itself goes on. */
export const inTime = async <T>(work: Promise<T>, withinMs: number): Promise<T | undefined> => {
  const done = new AbortController();
  const late = pause(withinMs, undefined, { signal: done.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
};
