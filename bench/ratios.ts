import { max, median, min, quantile } from 'simple-statistics';
import type { BenchReport, Goal, Ratio, Reading } from './figures.ts';

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export const spreadOf = (values: readonly number[]): Spread => {
  if (values.length === 0) return { median: Number.NaN, least: Number.NaN, most: Number.NaN };
  return { median: median([...values]), least: min([...values]), most: max([...values]) };
};

export const quantileOf = (values: readonly number[], share: number): number =>
  values.length === 0 ? Number.NaN : quantile([...values], share);

/** Rates; all else is time, memory or CPU. */
const MORE_IS_BETTER: ReadonlySet<string> = new Set(['/s', '%']);

/** Round by round: what disturbed the machine in a round disturbed both. */
export const ratioOf = (a: Reading, b: Reading, goal?: Goal): Ratio => {
  if (a.values.length !== b.values.length)
    throw new Error(`${a.of} has ${a.values.length} rounds, ${b.of} has ${b.values.length}.`);
  const perRound = a.values.map((value, round) => value / (b.values[round] ?? Number.NaN));
  const better = MORE_IS_BETTER.has(a.unit) ? 'higher' : 'lower';
  return { of: a.of, over: b.of, what: a.what, perRound, better, ...(goal ? { goal } : {}) };
};

/** Undefined where there is no goal. */
export const isMet = (value: number, goal: Goal | undefined): boolean | undefined =>
  goal && (goal.atLeast === undefined || value >= goal.atLeast) && (goal.atMost === undefined || value <= goal.atMost);

export const keyOf = (figure: string, { of, over, what }: Ratio): string => `${figure}: ${what}, ${of} / ${over}`;

/** A ratio that a later run is held against; `tolerance` is the factor by which it may be worse. */
export interface BaselineEntry {
  readonly ratio: number;
  readonly better: 'higher' | 'lower';
  readonly tolerance: number;
}

export type Baseline = Readonly<Record<string, BaselineEntry>>;

/** Wide: on a machine that others use the same ratio was seen to vary by as much from one run to the next. */
const TOLERANCE = 2.5;

export const baselineOf = ({ figures }: Pick<BenchReport, 'figures'>): Baseline =>
  Object.fromEntries(
    figures.flatMap(({ name, ratios }) =>
      ratios.map((ratio) => {
        const value = Number(spreadOf(ratio.perRound).median.toPrecision(3));
        return [keyOf(name, ratio), { ratio: value, better: ratio.better, tolerance: TOLERANCE }];
      }),
    ),
  );

export interface Comparison {
  readonly worse: readonly string[];
  readonly compared: number;
  /** In the baseline and not measured this time. */
  readonly missing: readonly string[];
}

export const compare = (baseline: Baseline, found: Baseline): Comparison => {
  const worse: string[] = [];
  const missing: string[] = [];
  for (const [key, { ratio, better, tolerance }] of Object.entries(baseline)) {
    const now = found[key]?.ratio;
    if (now === undefined) missing.push(key);
    else if (better === 'higher' ? now < ratio / tolerance : now > ratio * tolerance)
      worse.push(`${key}: ${now}, and it was ${ratio}; ${tolerance}x worse would be tolerated`);
  }
  return { worse, missing, compared: Object.keys(baseline).length - missing.length };
};
