import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Batcher, type BatcherOptions } from './batcher.ts';

/** A store whose writes end when the test says so. */
const storeOf = (options: Partial<BatcherOptions> = {}) => {
  const writes: (readonly string[])[] = [];
  const open: (() => void)[] = [];
  const batcher = new Batcher<string, string>(
    async (items) => {
      writes.push(items);
      if (items.includes('bad')) throw Object.assign(new Error('bad data'), { code: '22000' });
      await new Promise<void>((resolve) => open.push(resolve));
      return items.map((item) => item.toUpperCase());
    },
    { maxBatch: 10, maxInFlight: 2, maxWaiting: 100, ...options },
  );
  const add = (...items: string[]) => Promise.all(items.map((item) => batcher.add(item)));
  return { add, writes, end: (which = 0) => open.splice(which, 1)[0]?.() };
};

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const HELD_UP_MS = 60;

test('what comes in one turn of the event loop goes together, each with its own answer', async () => {
  const { add, writes, end } = storeOf();
  const answers = Promise.all([add('a', 'b'), Promise.resolve().then(() => add('c'))]);
  await turn();
  end();
  expect(await answers).toEqual([['A', 'B'], ['C']]);
  expect(writes).toEqual([['a', 'b', 'c']]);
});

test('while one is on its way the next gathers, up to the size of a batch', async () => {
  const { add, writes, end } = storeOf({ maxBatch: 2 });
  void add('a');
  await turn();
  void add('b', 'c', 'd');
  await turn();
  expect(writes).toEqual([['a']]);
  end();
  await turn();
  expect(writes).toEqual([['a'], ['b', 'c']]);
});

test('one that is held up does not hold up the next ones, and there are never more at once than allowed', async () => {
  const { add, writes, end } = storeOf();
  void add('held up');
  await turn();
  void add('b');
  vi.advanceTimersByTime(HELD_UP_MS);
  expect(writes).toEqual([['held up'], ['b']]);
  end(1);
  await turn();
  void add('c');
  await turn();
  expect(writes).toHaveLength(3);
  vi.advanceTimersByTime(HELD_UP_MS);
  void add('d');
  await turn();
  expect(writes).toHaveLength(3);
  end(1);
  await turn();
  expect(writes.at(-1)).toEqual(['d']);
});

test('once what was held up is back, one at a time is on its way again', async () => {
  const { add, writes, end } = storeOf();
  void add('held up');
  await turn();
  vi.advanceTimersByTime(HELD_UP_MS);
  end();
  await turn();
  void add('b');
  await turn();
  void add('c');
  await turn();
  expect(writes).toEqual([['held up'], ['b']]);
});

test('a bad item fails alone', async () => {
  const { add, end } = storeOf();
  const good = add('a', 'b');
  const bad = add('bad');
  const outcome = Promise.allSettled([good, bad]);
  await turn();
  for (let count = 0; count < 2; count += 1) {
    end();
    await turn();
  }
  expect(await outcome).toMatchObject([{ value: ['A', 'B'] }, { reason: { message: 'bad data' } }]);
});

test('beyond what may wait callers are told to come back', async () => {
  const { add } = storeOf({ maxWaiting: 1 });
  void add('a');
  await expect(add('b')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});
