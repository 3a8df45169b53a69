import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Settled } from './settled-row.ts';
import { SettlementBatcher } from './settlement.batcher.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** A batcher, how many it wrote at a time, and what has been answered while Slack owes so many others. */
const start = () => {
  const written: number[] = [];
  let atSlack = 0;
  const write = (batch: readonly Settled[]) => Promise.resolve(written.push(batch.length));
  const fail = (error: unknown) => {
    throw error;
  };
  const batcher = new SettlementBatcher(
    write,
    fail,
    () => atSlack > 0,
    () => atSlack > 100,
  );
  const settle = (left: number): Promise<void> => {
    atSlack = left;
    return batcher.settle({} as Settled);
  };
  return { batcher, written, settle };
};

test('the last answer that Slack owes is stored at once, with those that gathered before it', async () => {
  const { written, settle } = start();
  await settle(0);
  expect(written).toEqual([1]);
  await Promise.all([settle(2), settle(1), settle(0)]);
  expect(written).toEqual([1, 3]);
});

test('answers gather for a moment while Slack owes others', async () => {
  const { written, settle } = start();
  const both = Promise.all([settle(2), settle(1)]);
  await vi.advanceTimersByTimeAsync(1);
  expect(written).toEqual([]);
  await vi.advanceTimersToNextTimerAsync();
  await both;
  expect(written).toEqual([2]);
});

test('answers gather for longer where more is ready than is sent, and until it is claimed', async () => {
  const { batcher, written, settle } = start();
  const many = (left: number) => Promise.all(Array.from({ length: 9 }, () => settle(left)));
  const first = many(200);
  batcher.storeNow();
  await first;
  const second = many(200);
  await vi.advanceTimersByTimeAsync(20);
  expect(written).toEqual([9]);
  expect(batcher.storeNow()).toBe(true);
  await second;
  expect(written).toEqual([9, 9]);
  const third = many(50);
  await vi.advanceTimersByTimeAsync(20);
  await third;
  expect(written).toEqual([9, 9, 9]);
  expect(batcher.storeNow()).toBe(false);
});
