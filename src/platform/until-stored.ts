import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from './clock.ts';

const RETRY_MS = 500;

export interface Patience {
  readonly clock: Clock;
  readonly withinMs: number;
  /** Each time that it is tried again. */
  readonly onFailure: (error: unknown) => void;
}

/** For the only copy of something: it is not given up because the database is away for a moment. Throws in the end. */
export const untilStored = async <T>(store: () => Promise<T>, { clock, withinMs, onFailure }: Patience): Promise<T> => {
  for (const startedAtMs = clock.monotonicMs(); ;) {
    try {
      return await store();
    } catch (error) {
      if (clock.monotonicMs() - startedAtMs > withinMs) throw error;
      onFailure(error);
      await pause(RETRY_MS);
    }
  }
};
