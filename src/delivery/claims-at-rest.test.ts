import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ClaimedRow } from './claimed-row.ts';
import { Claims } from './claims.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
let stop: () => Promise<void>;
afterEach(async () => {
  const stopped = stop();
  await vi.runAllTimersAsync();
  await stopped;
  vi.useRealTimers();
});

/** Two slots, and a team or none whose turn it is at some time. The first claim is made. */
const start = async (turnMs = Infinity) => {
  const time = { ms: 0 };
  const state = { turnMs, claims: [] as number[], looks: [] as number[] };
  const nextTurnMs = (): number | undefined => (state.turnMs === Infinity ? undefined : state.turnMs - time.ms);
  const claims = new Claims({
    claim: () => {
      state.claims.push(time.ms);
      const rows = state.turnMs <= time.ms ? [{ id: 'due' } as ClaimedRow] : [];
      if (rows.length > 0) state.turnMs = Infinity;
      return Promise.resolve({ rows, vanished: [], nextTurnMs: nextTurnMs() });
    },
    claimBy: () => Promise.reject(new Error('Nothing enters.')),
    nextTurnMs: () => {
      state.looks.push(time.ms);
      return Promise.resolve(nextTurnMs());
    },
    wanted: () => 2,
    open: () => new Map(),
    begin: () => {},
    storeNow: () => false,
    clock: { now: () => new Date(time.ms), monotonicMs: () => time.ms },
    onError: (error) => expect.unreachable(String(error)),
  });
  claims.start();
  stop = () => claims.stop();
  await vi.advanceTimersByTimeAsync(0);
  const pass = async (ms: number): Promise<void> => {
    for (const end = time.ms + ms; time.ms < end;) {
      time.ms += 10;
      await vi.advanceTimersByTimeAsync(10);
    }
  };
  return { claims, state, time, pass };
};

test('a poll at rest only looks whose turn it is, and shows once a second that a claim can be made', async () => {
  const { claims, state, pass } = await start();
  await pass(2500);
  expect(state.claims).toEqual([0, 1000, 2000]);
  expect(state.looks).toHaveLength(10);
  expect(claims.heartbeatAgeMs()).toBeLessThan(1000);
});

test('what is due at a poll is claimed at once', async () => {
  const { state, pass } = await start();
  await pass(250);
  state.turnMs = 300;
  await pass(200);
  expect(state.looks).toEqual([200, 400]);
  expect(state.claims.slice(0, 2)).toEqual([0, 400]);
});

test('who calls has a claim made, without a look before it', async () => {
  const { claims, state, pass } = await start();
  await pass(250);
  [state.turnMs, state.looks] = [250, []];
  claims.wake();
  await pass(20);
  expect(state.looks).toEqual([]);
  expect(state.claims).toEqual([0, 260]);
});

test('a turn that comes before the next poll is not waited for longer, and needs no look', async () => {
  const { state, pass } = await start(50);
  await pass(100);
  expect(state).toMatchObject({ claims: [0, 50], looks: [] });
});
