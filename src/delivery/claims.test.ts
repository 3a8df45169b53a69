import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ClaimedRow } from './claimed-row.ts';
import { Claims } from './claims.ts';
import type { Claim, ClaimLimits } from './delivery.repository.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
let stop: () => Promise<void>;
afterEach(async () => {
  const stopped = stop();
  await vi.runAllTimersAsync();
  await stopped;
  vi.useRealTimers();
});

const claimOf = (id: string): Claim => ({ rows: [{ id } as ClaimedRow], vanished: [], nextTurnMs: undefined });

/** Answers are waiting to be stored; what is claimed, by itself or along with them, is told apart by its rows. */
const start = () => {
  const time = { ms: 0 };
  const state = { wanted: 0, alone: 0, begun: [] as { id: string; startedMs: number }[], errors: [] as unknown[] };
  const claims = new Claims({
    claim: () => Promise.resolve(claimOf(`alone ${(state.alone += 1)}`)),
    wanted: () => state.wanted,
    open: () => new Map(),
    begin: ({ rows }, startedMs) => {
      for (const { id } of rows) state.begun.push({ id, startedMs });
      state.wanted -= rows.length;
    },
    storeNow: () => true,
    clock: { now: () => new Date(time.ms), monotonicMs: () => time.ms },
    onError: (error) => state.errors.push(error),
  });
  claims.start();
  stop = () => claims.stop();
  const want = (rows: number): Promise<unknown> => {
    state.wanted = rows;
    claims.wake();
    return vi.advanceTimersByTimeAsync(0);
  };
  return { claims, state, time, want };
};

/** Stores without having to wait for a lock, and claims what it is asked to. */
const store = (seen: (ClaimLimits | undefined)[]) => async (claim: () => ClaimLimits | undefined) => {
  await Promise.resolve();
  const limits = claim();
  seen.push(limits);
  return { lost: [], contradicted: [], claim: limits && claimOf('along') };
};

test('what is wanted while answers are stored is claimed along with them', async () => {
  const { claims, state, time, want } = start();
  time.ms = 7;
  await want(3);
  expect(state.begun).toEqual([]);
  const seen: (ClaimLimits | undefined)[] = [];
  await claims.along(store(seen));
  expect(seen).toEqual([{ rows: 3, open: new Map() }]);
  expect(state).toMatchObject({ alone: 0, begun: [{ id: 'along', startedMs: 7 }] });
});

test('nothing is claimed along with answers where nothing is wanted', async () => {
  const { claims, state } = start();
  const seen: (ClaimLimits | undefined)[] = [];
  await claims.along(store(seen));
  expect(seen).toEqual([undefined]);
  expect(state.begun).toEqual([]);
});

test('answers that wait for a lock hold up no claim', async () => {
  const { claims, state, time, want } = start();
  const locked = Promise.withResolvers<void>();
  const seen: (ClaimLimits | undefined)[] = [];
  const storing = claims.along(async (claim) => {
    await locked.promise;
    return store(seen)(claim);
  });
  await want(1);
  expect(state.alone).toBe(0);
  time.ms = 200;
  await vi.advanceTimersByTimeAsync(200);
  expect(state.begun).toEqual([{ id: 'alone 1', startedMs: 200 }]);
  // And the next one does not even wait to see whether they get it.
  await want(1);
  expect(state.alone).toBe(2);
  locked.resolve();
  await storing;
  expect(seen).toEqual([undefined]);
});

test('answers are stored although the claim that goes along with them fails, which is told', async () => {
  const { claims, state, want } = start();
  await want(1);
  const seen: (ClaimLimits | undefined)[] = [];
  const stored = await claims.along(async (claim) => {
    const limits = claim();
    seen.push(limits);
    if (limits) throw new Error('It is the claim that fails.');
    return { lost: [], contradicted: [] };
  });
  expect(stored).toEqual({ lost: [], contradicted: [] });
  expect(seen).toEqual([{ rows: 1, open: new Map() }, undefined]);
  await vi.advanceTimersByTimeAsync(0);
  expect(state).toMatchObject({ alone: 1, errors: [new Error('It is the claim that fails.')] });
});

test('answers whose storing fails are told of, and what was wanted is claimed all the same', async () => {
  const { claims, state, want } = start();
  await want(1);
  await expect(claims.along(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  await vi.advanceTimersByTimeAsync(0);
  expect(state.alone).toBe(1);
});
