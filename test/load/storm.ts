import { expect } from 'vitest';
import type { RequestEntry } from '../../simulator/ledger.ts';
import { UNPACED } from '../support/desk.ts';
import {
  CLEAN,
  fillQueue,
  isNoSlower,
  judge,
  openTeams,
  postRequests,
  report,
  sendFor,
  spread,
  untilAtRest,
} from '../support/load.ts';
import { inSomeRound } from '../support/rounds.ts';
import type { Chance } from '../support/seeded.ts';
import { World } from '../support/world.ts';

export interface StormPlan {
  /** Calm and storm take turns, twice at least. */
  readonly phaseMs: number;
  readonly waiting: number;
}

/** Time in which an answer of Slack becomes a pause that other sends see. */
const SETTLING_MS = 800;

const [LEAST_ROUNDS, ROUNDS] = [2, 4];

const waitMs = ({ retryAfter }: RequestEntry): number => Number(retryAfter) * 1000;
const isLimited = ({ status }: RequestEntry): boolean => status === 429;

/** Requests to a channel before the Retry-After that it was given is over. */
export const tooEarly = (requests: readonly RequestEntry[]): RequestEntry[] => {
  const free = new Map<string | null, number>();
  return requests.filter((request) => {
    const isEarly = request.at < (free.get(request.channel) ?? 0);
    if (isLimited(request)) free.set(request.channel, request.at + waitMs(request));
    return isEarly;
  });
};

/** Requests of a team that began well inside a pause: two of its channels had to wait at the same time. */
const duringPause = (requests: readonly RequestEntry[]): RequestEntry[] => {
  let first: { channel: string | null; until: number } = { channel: null, until: 0 };
  let pause = { from: Infinity, until: 0 };
  return requests.filter((request) => {
    const isInside = request.at > pause.from + SETTLING_MS && request.at < pause.until;
    if (!isLimited(request)) return isInside;
    const until = request.at + waitMs(request);
    if (request.at < first.until && request.channel !== first.channel) {
      const from = request.at < pause.until ? pause.from : request.at;
      pause = { from, until: Math.max(pause.until, first.until, until) };
    }
    if (until > first.until) first = { channel: request.channel, until };
    return isInside;
  });
};

/** Slack turns away most of what one team posts, again and again, beside two teams that it treats as ever. */
export const weather = async (name: string, chance: Chance, { phaseMs, waiting }: StormPlan): Promise<void> => {
  const world = await World.start({ env: UNPACED, simulator: { seed: chance.seed } });
  try {
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 20 });
    const [stormy, other] = await openTeams(world, { STORMY: 10, OTHER: 3 });
    if (!stormy || !other) throw new Error('There are no teams.');
    const match = { method: 'chat.postMessage', team: stormy.team };
    await sendFor(world, other, { ms: phaseMs / 4, gapMs: 50, label: 'warm' });
    const isFair: boolean[] = [];
    await inSomeRound(ROUNDS, async (round) => {
      await world.slack.fault({ match, fault: { type: 'ratelimit', retryAfter: 1 }, times: 0, probability: 0.3 });
      await world.slack.fault({ match, fault: { type: 'ratelimit', retryAfter: 2 }, times: 0, probability: 0.43 });
      await fillQueue(world.database, stormy, { rows: waiting });
      const beside = await sendFor(world, other, { ms: phaseMs, gapMs: 50, label: `storm ${round}` });
      await world.slack.clearFaults();
      await untilAtRest(world.database, 60_000);
      const calm = await sendFor(world, other, { ms: phaseMs, gapMs: 50, label: `calm ${round}` });
      report(`${name}, round ${round}`, { 'others, calm': spread(calm), 'others, storm': spread(beside) });
      isFair.push(isNoSlower(beside, calm));
      return round >= LEAST_ROUNDS && isFair.includes(true);
    });
    const requests = (await postRequests(world)).filter(({ team }) => team === stormy.team);
    report(name, {
      'requests of the team': requests.length,
      'answered 429': requests.filter(isLimited).length,
      'before Retry-After': tooEarly(requests).length,
      'during a pause': duringPause(requests).length,
    });
    expect(requests.filter(isLimited).length).toBeGreaterThan(5);
    expect(tooEarly(requests)).toEqual([]);
    expect(duringPause(requests)).toEqual([]);
    expect(isFair).toContain(true);
    expect(await judge(world)).toEqual(CLEAN);
  } finally {
    await world.stop();
  }
};
