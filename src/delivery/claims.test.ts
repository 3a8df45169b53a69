import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ClaimAlong } from '../notifications/notification-queue.ts';
import type { Sql } from '../platform/database.ts';
import type { TeamId } from '../platform/ids.ts';
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

const NOTHING = { moved: [], lost: [], contradicted: [], settledLate: [] };

/** Answers are waiting to be stored; what is claimed, by itself or along with them, is told apart by its rows. */
const start = () => {
  const time = { ms: 0 };
  const state = {
    wanted: 0,
    alone: 0,
    /** What a claim by itself waits for. */
    claiming: Promise.resolve(),
    isStoring: true,
    limits: [] as ClaimLimits[],
    open: new Map<TeamId, number>(),
    /** What a claim by somebody else's transaction gives. */
    claimBy: () => Promise.resolve(claimOf('entered')),
    begun: [] as { id: string; startedMs: number }[],
    errors: [] as unknown[],
  };
  const claims = new Claims({
    claim: async (limits) => {
      state.limits.push(limits);
      await state.claiming;
      return claimOf(`alone ${(state.alone += 1)}`);
    },
    claimBy: (_sql, limits) => {
      state.limits.push(limits);
      return state.claimBy();
    },
    nextTurnMs: () => Promise.resolve(undefined),
    wanted: () => state.wanted,
    open: () => state.open,
    begin: ({ rows }, startedMs) => {
      for (const { id } of rows) state.begun.push({ id, startedMs });
      state.wanted -= rows.length;
    },
    storeNow: () => state.isStoring,
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
  return { ...NOTHING, claim: limits && claimOf('along') };
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
    return { ...NOTHING };
  });
  expect(stored).toEqual({ ...NOTHING });
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

/** Five seconds, in the steps in which the loop looks. */
const passFiveSeconds = async (time: { ms: number }): Promise<void> => {
  for (let tick = 0; tick < 25; tick += 1) {
    time.ms += 200;
    await vi.advanceTimersByTimeAsync(200);
  }
};

test('a loop that wants nothing is alive, for as long as Slack keeps every slot waiting', async () => {
  const { claims, time } = start();
  await passFiveSeconds(time);
  expect(claims.heartbeatAgeMs()).toBeLessThanOrEqual(200);
});

test('a loop whose claim is not answered is not, until it is', async () => {
  const { claims, state, time, want } = start();
  const answer = Promise.withResolvers<void>();
  [state.isStoring, state.claiming] = [false, answer.promise];
  await want(1);
  await passFiveSeconds(time);
  expect(claims.heartbeatAgeMs()).toBe(5000);
  answer.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(claims.heartbeatAgeMs()).toBe(0);
});

const TEAM = 'T0ENTERS' as TeamId;
const sql: Sql = { query: () => Promise.resolve([]) };

/** The transaction by which they enter: it claims once where it may, and is committed when it is told. */
const enter = (committed: Promise<void> = Promise.resolve()) => {
  const given: (ClaimAlong | undefined)[] = [];
  const store = async (claim?: ClaimAlong) => {
    given.push(claim);
    await claim?.(sql);
    await committed;
    return 'stored';
  };
  return { given, store };
};

test('what enters at rest is claimed by the transaction that stores it, and begins when it is committed', async () => {
  const { claims, state, time } = start();
  await vi.advanceTimersByTimeAsync(0);
  [time.ms, state.wanted] = [5, 3];
  const commit = Promise.withResolvers<void>();
  const entering = claims.entering([TEAM], enter(commit.promise).store);
  await vi.advanceTimersByTimeAsync(0);
  expect(state).toMatchObject({ limits: [{ rows: 1, open: new Map(), only: [TEAM] }], begun: [] });
  time.ms = 9;
  commit.resolve();
  expect(await entering).toEqual({ stored: 'stored', isBegun: true });
  expect(state).toMatchObject({ alone: 0, begun: [{ id: 'entered', startedMs: 5 }] });
});

test.each([
  ['something is open', ({ state }: Started) => state.open.set(TEAM, 1)],
  ['no slot is free', ({ state }: Started) => (state.wanted = 0)],
  ['a claim is under way', ({ want }: Started) => want(2)],
  ['answers are being stored', ({ claims }: Started, until: Promise<void>) => void claims.along(storeLate(until))],
  [
    'others enter and are claimed',
    ({ claims }: Started, until: Promise<void>) => void claims.entering([TEAM], enter(until).store),
  ],
])('what enters is claimed by turn where %s', async (_, given) => {
  const started = start();
  await vi.advanceTimersByTimeAsync(0);
  started.state.wanted = 2;
  const end = Promise.withResolvers<void>();
  await given(started, end.promise);
  const { given: claim, store } = enter();
  expect(await started.claims.entering([TEAM], store)).toEqual({ stored: 'stored', isBegun: false });
  expect(claim).toEqual([undefined]);
  end.resolve();
});
type Started = ReturnType<typeof start>;
const storeLate = (until: Promise<void>) => () => until.then(() => ({ ...NOTHING }));

test.each([
  ['fewer were taken', { rows: [] }],
  ['another message of the team is due', { nextTurnMs: -1 }],
])('the workers are to be woken for what enters where %s', async (_, but) => {
  const { claims, state } = start();
  state.wanted = 1;
  state.claimBy = () => Promise.resolve({ ...claimOf('entered'), ...but });
  expect(await claims.entering([TEAM], enter().store)).toEqual({ stored: 'stored', isBegun: false });
});

test('a claim made while others enter takes none of their teams and none of their slots, and is made anew after it', async () => {
  const { claims, state, want } = start();
  [state.wanted, state.isStoring] = [1, false];
  const commit = Promise.withResolvers<void>();
  const entering = claims.entering([TEAM], enter(commit.promise).store);
  await want(1);
  expect(state.alone).toBe(0);
  await want(3);
  expect(state.limits.at(-1)).toEqual({ rows: 2, open: new Map(), without: [TEAM] });
  expect(state.alone).toBe(1);
  commit.resolve();
  await entering;
  await vi.advanceTimersByTimeAsync(0);
  expect(state.limits.at(-1)).toEqual({ rows: 1, open: new Map() });
});

test('a claim that fails costs nobody their notification, and is told', async () => {
  const { claims, state } = start();
  state.wanted = 1;
  state.claimBy = () => Promise.reject(new Error('It is the claim that fails.'));
  const { given, store } = enter();
  expect(await claims.entering([TEAM], store)).toEqual({ stored: 'stored', isBegun: false });
  expect(given).toEqual([expect.any(Function), undefined]);
  expect(state).toMatchObject({ begun: [], errors: [new Error('It is the claim that fails.')] });
});

test('what cannot be stored is told as it is, and not tried again for the claim that was refused with it', async () => {
  const { claims, state } = start();
  state.wanted = 1;
  state.claimBy = () => Promise.reject(Object.assign(new Error('aborted'), { code: '25P02' }));
  let tries = 0;
  const store = async (claim?: ClaimAlong) => {
    tries += 1;
    await claim?.(sql).catch(() => {});
    throw new Error('It is stored already.');
  };
  await expect(claims.entering([TEAM], store)).rejects.toThrow('It is stored already.');
  expect(state).toMatchObject({ begun: [], errors: [] });
  expect(tries).toBe(1);
});

test('what was claimed by a try that was rolled back does not begin', async () => {
  const { claims, state } = start();
  state.wanted = 1;
  const store = async (claim?: ClaimAlong) => {
    await claim?.(sql);
    state.claimBy = () => Promise.resolve(claimOf('of the second try'));
    await claim?.(sql);
  };
  await claims.entering([TEAM], store);
  expect(state.begun).toEqual([{ id: 'of the second try', startedMs: 0 }]);
});

test('a stop waits for what enters and is claimed', async () => {
  const { claims, state } = start();
  state.wanted = 1;
  const commit = Promise.withResolvers<void>();
  const entering = claims.entering([TEAM], enter(commit.promise).store);
  const ends: string[] = [];
  const stopped = claims.stop().then(() => ends.push('stopped'));
  await vi.advanceTimersByTimeAsync(300);
  ends.push('committed');
  commit.resolve();
  await Promise.all([entering, stopped]);
  expect(state.begun).toHaveLength(1);
  expect(ends).toEqual(['committed', 'stopped']);
});
