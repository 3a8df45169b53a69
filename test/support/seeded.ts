import { randomInt } from 'node:crypto';
import { seededRandom } from '../../simulator/random.ts';

/** Chance that can be had again: `HELIOGRAPH_SEED` replays what an earlier run printed. */
export interface Chance {
  readonly seed: number;
  /** In [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`. */
  between(min: number, max: number): number;
  pick<T>(all: readonly T[]): T;
}

export const chanceOf = (name: string): Chance => {
  const seed = Number(process.env['HELIOGRAPH_SEED'] ?? randomInt(2 ** 31));
  process.stdout.write(`${name}: HELIOGRAPH_SEED=${seed}\n`);
  const next = seededRandom(seed);
  const between = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return { seed, next, between, pick: <T>(all: readonly T[]) => all[between(0, all.length - 1)] as T };
};
