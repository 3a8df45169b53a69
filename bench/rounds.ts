import { setTimeout as pause } from 'node:timers/promises';
import type { Goal, Reading } from './figures.ts';

/** Numbers of one round, by what they are. */
export type Numbers = Readonly<Record<string, number>>;

export interface Contender {
  readonly name: string;
  round(number: number): Promise<Numbers>;
}

const SETTLE_MS = 100;

/** A B C, A B C, …, after a round that warms all of them up and is not counted. */
export const interleave = async (contenders: readonly Contender[], rounds: number, warm = true) => {
  const found = new Map(contenders.map(({ name }) => [name, [] as Numbers[]]));
  for (let round = warm ? 0 : 1; round <= rounds; round += 1) {
    for (const contender of contenders) {
      const numbers = await contender.round(round);
      if (round > 0) found.get(contender.name)?.push(numbers);
      await pause(SETTLE_MS);
    }
  }
  return (of: string, what: string, unit: string, goal?: Goal): Reading => ({
    of,
    what,
    unit,
    values: (found.get(of) ?? []).map((numbers) => numbers[what] ?? Number.NaN),
    ...(goal ? { goal } : {}),
  });
};
