import { expect, test } from 'vitest';
import { SharedLookup } from './shared-lookup.ts';

/** A store whose reads end when the test says so. */
const storeOf = (rows: ReadonlyMap<string, string>) => {
  const reads: (readonly string[])[] = [];
  const held: (() => void)[] = [];
  const lookup = new SharedLookup<string, string>(
    (key) => key,
    async (keys) => {
      reads.push(keys);
      await new Promise<void>((resolve) => held.push(resolve));
      return new Map(keys.flatMap((key) => (rows.has(key) ? [[key, rows.get(key) ?? '']] : [])));
    },
  );
  return { lookup, reads, release: (): void => held.splice(0).forEach((resolve) => resolve()) };
};

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('look-ups of one moment share a read, each key is asked for once, and what is not there is undefined', async () => {
  const { lookup, reads, release } = storeOf(new Map([['a', 'A']]));
  const answers = Promise.all(['a', 'b', 'a'].map((key) => lookup.find(key)));
  await tick();
  release();
  expect(await answers).toEqual(['A', undefined, 'A']);
  expect(reads).toEqual([['a', 'b']]);
});

test('a look-up never takes its answer from a read that had begun before it', async () => {
  const { lookup, reads, release } = storeOf(new Map([['a', 'A']]));
  const first = lookup.find('a');
  await tick();
  const second = lookup.find('a');
  await tick();
  release();
  await tick();
  release();
  expect(await Promise.all([first, second])).toEqual(['A', 'A']);
  expect(reads).toHaveLength(2);
});
