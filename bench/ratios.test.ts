import { expect, test } from 'vitest';
import type { Ratio, Reading } from './figures.ts';
import { baselineOf, compare, isMet, ratioOf, spreadOf } from './ratios.ts';

const reading = (of: string, ...values: number[]): Reading => ({ of, what: 'rate', unit: '/s', values });

test('a ratio is taken round by round, so that a slow round of the machine is in neither end of its spread', () => {
  const { perRound } = ratioOf(reading('a', 100, 10, 50), reading('b', 200, 20, 100));
  expect(spreadOf(perRound)).toEqual({ median: 0.5, least: 0.5, most: 0.5 });
});

test('more of a rate is better, and less of everything else', () => {
  const unit = (of: string, unit: string): Reading => ({ of, what: 'figure', unit, values: [1] });
  expect(ratioOf(unit('a', '/s'), unit('b', '/s')).better).toBe('higher');
  expect(ratioOf(unit('a', 'µs/call'), unit('b', 'µs/call')).better).toBe('lower');
});

test('readings of different rounds are refused', () => {
  expect(() => ratioOf(reading('a', 1, 2), reading('b', 1))).toThrow('a has 2 rounds, b has 1');
});

test('the spread is the median with its extremes, and nothing of nothing', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3 });
  expect(spreadOf([]).median).toBeNaN();
});

test.each([
  [0.7, { atLeast: 0.7 }, true],
  [0.69, { atLeast: 0.7 }, false],
  [1.3, { atMost: 1.3 }, true],
  [1.31, { atMost: 1.3 }, false],
  [Number.NaN, { atLeast: 0.7 }, false],
  [1, undefined, undefined],
])('%d against %o is met: %s', (value, goal, met) => {
  expect(isMet(value, goal)).toBe(met);
});

const baseline = (accept: number, cost: number) => {
  const ratio = (perRound: number, better: Ratio['better']): Ratio => ({
    of: 'a',
    over: 'b',
    what: 'rate',
    perRound: [perRound],
    better,
  });
  const figure = { setup: [], readings: [], seconds: 1, load: [0, 0] as const };
  return baselineOf({
    figures: [
      { ...figure, name: 'accept', ratios: [ratio(accept, 'higher')] },
      { ...figure, name: 'cost', ratios: [ratio(cost, 'lower')] },
    ],
  });
};

test('what is worse than the tolerance is told, in the direction that is worse for it', () => {
  expect(compare(baseline(1, 1), baseline(0.41, 2.4)).worse).toEqual([]);
  expect(compare(baseline(1, 1), baseline(0.39, 1)).worse).toEqual([expect.stringContaining('accept')]);
  expect(compare(baseline(1, 1), baseline(5, 2.6)).worse).toEqual([expect.stringContaining('cost')]);
});

test('what was not measured is told, and compares with nothing', () => {
  const { worse, missing, compared } = compare(baseline(1, 1), {});
  expect({ worse, missing: missing.length, compared }).toEqual({ worse: [], missing: 2, compared: 0 });
});
