import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { RequestEntry } from '../../simulator/ledger.ts';
import { BREAKER_SECONDS } from '../../src/delivery/pace.policy.ts';
import { CLEAN, fillQueue, judge, mostIn, openTeams, report, requestsOf, untilAtRest } from '../support/load.ts';
import { brokenInvariants } from '../support/queue-invariants.ts';
import type { Chance } from '../support/seeded.ts';
import { World } from '../support/world.ts';

export interface OutagePlan {
  readonly steadyMs: number;
  readonly downMs: number;
  /** Per team; more than can go before Slack is down. */
  readonly waiting: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Time in which failures are still counted and what was open ends; from then on a team is only probed. */
const OPENING_MS = 2500;
/** The bursts of the beginning are over. */
const WARM_UP_MS = 2000;
const SECOND_MS = 1000;

/** Slack answers 503 to everything for a while, with every team as busy as it may be. */
export const goDown = async (name: string, chance: Chance, plan: OutagePlan): Promise<void> => {
  const world = await World.start({
    env: {
      CHANNEL_MESSAGES_PER_SECOND: '2',
      CHANNEL_BURST: '5',
      TEAM_MESSAGES_PER_MINUTE: '0',
      SLACK_TIMEOUT_MS: '1000',
      CONFIRM_SETTLE_SECONDS: '1',
      // Less than Slack is down: such time must not count.
      CONFIRM_MAX_HOLD_SECONDS: '7',
      ...plan.env,
    },
    simulator: { seed: chance.seed },
  });
  try {
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 20 });
    const teams = await openTeams(world, { NORTH: 10, SOUTH: 10 });
    for (const team of teams) await fillQueue(world.database, team, { rows: plan.waiting });
    const startedAt = Date.now();
    await pause(plan.steadyMs);
    for (const method of ['chat.*', 'conversations.*'])
      await world.slack.fault({ match: { method }, fault: { type: 'status', status: 503 }, times: 0 });
    const downAt = Date.now();
    await pause(plan.downMs);
    const upAt = Date.now();
    await world.slack.clearFaults();
    const restMs = await untilAtRest(world.database, 120_000);
    const requests = await requestsOf(
      world,
      (method) => method === 'chat.postMessage' || method.startsWith('conversations.'),
    );
    const failed = requests.filter(({ at, status }) => at > downAt - SECOND_MS && status === 503);
    const figures = teams.map(({ team }) => {
      const mine = requests.filter((request) => request.team === team);
      const isPost = ({ method }: RequestEntry): boolean => method === 'chat.postMessage';
      const times = (from: number, until: number, of = mine): number[] =>
        of.filter(({ at }) => at >= from && at < until).map(({ at }) => at);
      const posts = mine.filter(isPost);
      return {
        steady: mostIn(SECOND_MS, times(startedAt + WARM_UP_MS, downAt, posts)),
        onReturn: mostIn(SECOND_MS, times(upAt, Infinity, posts)),
        looksFirst: mine.filter(({ at }) => at >= upAt).findIndex(isPost),
        probes: times(downAt + OPENING_MS, upAt).length,
        together: mostIn((BREAKER_SECONDS - 0.5) * 1000, times(downAt + OPENING_MS, upAt)),
      };
    });
    report(name, {
      'most posts in a second, steady/on return': figures
        .map(({ steady, onReturn }) => `${steady}/${onReturn}`)
        .join(', '),
      'looks before the first post': figures.map(({ looksFirst }) => looksFirst).join(', '),
      'probes while down': figures.map(({ probes }) => probes).join(', '),
      'requests that failed': failed.length,
      'at rest after': `${restMs} ms`,
    });
    expect(await judge(world)).toEqual(CLEAN);
    const ends = await world.database.query('select distinct status from notifications');
    expect(ends).toEqual([{ status: 'DELIVERED' }]);
    expect(await brokenInvariants(world.database)).toEqual([]);
    for (const { steady, onReturn, together, looksFirst } of figures) {
      expect(together).toBeLessThanOrEqual(1);
      // Of all that is to be looked up, one look is enough to let a message go, and that closes the breaker.
      expect(looksFirst).toBeLessThanOrEqual(1);
      expect(onReturn).toBeLessThanOrEqual(2 * steady);
    }
  } finally {
    await world.stop();
  }
};
