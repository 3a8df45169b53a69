import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

const at = (slots: number) => {
  const time = { ms: 0 };
  return { time, slots: new Slots(slots, { now: () => new Date(time.ms), monotonicMs: () => time.ms }) };
};

/** So many leave their slots, now. */
const leave = (slots: Slots, count: number): void => {
  for (let left = 0; left < count; left += 1) slots.left();
};

test('at rest, what is claimed is what has a slot', () => {
  const { slots } = at(10);
  expect(slots.wanted(0, false)).toBe(10);
  expect(slots.wanted(7, false)).toBe(3);
  expect(slots.wanted(10, false)).toBe(0);
});

test('the line is as long as what left its slot lately, and no longer than two rounds of all', () => {
  const { slots, time } = at(10);
  leave(slots, 8);
  expect(slots.wanted(10, false)).toBe(8);
  time.ms = 50;
  leave(slots, 30);
  expect(slots.wanted(10, false)).toBe(20);
  time.ms = 100;
  expect(slots.wanted(10, false)).toBe(20);
  time.ms = 200;
  expect(slots.wanted(10, false)).toBe(0);
});

test('while some wait in line, it is filled up by halves, and along with something else by any number', () => {
  const { slots } = at(10);
  leave(slots, 20);
  expect(slots.wanted(21, false)).toBe(0);
  expect(slots.wanted(20, false)).toBe(10);
  expect(slots.wanted(12, false)).toBe(18);
  expect(slots.wanted(21, true)).toBe(9);
});

test('a slot that is free is never left without a claim', () => {
  const { slots } = at(10);
  leave(slots, 20);
  for (let unanswered = 0; unanswered < 10; unanswered += 1)
    expect(slots.wanted(unanswered, false)).toBeGreaterThanOrEqual(10 - unanswered);
});

test('no more are in their slots at once than there are, and those behind follow in their order', async () => {
  const { slots } = at(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = [0, 1, 2, 3].map((number) =>
    slots.inSlot(() => {
      begun.push(number);
      return new Promise<void>((resolve) => {
        ends[number] = resolve;
      });
    }),
  );
  await expect.poll(() => begun).toEqual([0, 1]);
  ends[1]?.();
  await expect.poll(() => begun).toEqual([0, 1, 2]);
  ends[0]?.();
  await expect.poll(() => begun).toEqual([0, 1, 2, 3]);
  ends[2]?.();
  ends[3]?.();
  await Promise.all(all);
});
