import { expect, test } from 'vitest';
import { countPages } from './count-pages.ts';

/** Pages of 50 numbers, so many in all. */
const numbers =
  (all: number) =>
  async (after: string | null): Promise<{ nodes: number[]; pageInfo: { hasNextPage: boolean; endCursor: string } }> => {
    const from = Number(after ?? 0);
    const to = Math.min(from + 50, all);
    const nodes = Array.from({ length: to - from }, (_each, index) => from + index);
    return { nodes, pageInfo: { hasNextPage: to < all, endCursor: `${to}` } };
  };

test('what is on further pages is counted too', async () => {
  expect(await countPages(numbers(120))).toEqual({ count: 120, isMore: false });
});

test('only what is asked for is counted', async () => {
  expect(await countPages(numbers(120), (number) => number % 2 === 0)).toEqual({ count: 60, isMore: false });
});

test('a count that would take too many pages is a lower bound', async () => {
  expect(await countPages(numbers(5_000))).toEqual({ count: 500, isMore: true });
});

test('nothing that may be seen counts as nothing', async () => {
  expect(await countPages(async () => undefined)).toEqual({ count: 0, isMore: false });
});
