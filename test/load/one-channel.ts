import { expect } from 'vitest';
import {
  fillQueue,
  openTeams,
  postRequests,
  report,
  untilAtRest,
  wholeLedger,
  type LoadTeam,
} from '../support/load.ts';
import { inSomeRound } from '../support/rounds.ts';
import type { Chance } from '../support/seeded.ts';
import { World } from '../support/world.ts';

export interface PacePlan {
  readonly perSecond: number;
  readonly seconds: number;
}

const BURST = 3;

const LAST_POSTS = 10;
const ROUNDS = 3;

/** Of the allowed rate what was had, up to whichever of the last posts shows most: one may be late by itself. */
const shareOf = (times: readonly number[], perSecond: number): number => {
  const [first = 0] = times;
  const shares = times.map((at, index) => (index * 1000) / perSecond / (at - first));
  return Math.max(...shares.slice(1).slice(-LAST_POSTS));
};

/** Whether one channel that always has something waiting gets the rate that Slack enforces to the message. */
const getsItsRate = async (name: string, world: World, team: LoadTeam, { perSecond, seconds }: PacePlan) => {
  const total = perSecond * seconds + BURST;
  // Straight into the queue: an API that is slow to accept must not pass for a channel that is slow to send.
  await fillQueue(world.database, team, { rows: total });
  await untilAtRest(world.database, seconds * 1000 + 20_000);
  const isOfIt = (entry: { readonly team: string | null }): boolean => entry.team === team.team;
  const ledger = (await wholeLedger(world)).filter(isOfIt);
  const requests = (await postRequests(world)).filter(isOfIt);
  // The burst goes first; what is paced is what follows it.
  const times = ledger.map(({ at }) => at).slice(BURST - 1);
  const share = shareOf(times, perSecond);
  const limited = requests.filter(({ status }) => status === 429).length / requests.length;
  const late = times.map((at, index) => at - (times[0] ?? 0) - (index * 1000) / perSecond);
  report(name, {
    'of the allowed rate': `${(share * 100).toFixed(1)} %`,
    'answered 429': `${(limited * 100).toFixed(1)} %`,
    posts: ledger.length,
    'behind the ideal at the end': `${Math.round(late.at(-1) ?? 0)} ms`,
  });
  expect(ledger.map(({ text }) => text)).toEqual(Array.from({ length: total }, (_, index) => `filling ${index + 1}`));
  return share >= 0.97 && limited < 0.01;
};

/** One channel that always has something waiting, at the rate that Slack enforces to the message. */
export const keepPace = async (name: string, chance: Chance, { perSecond, seconds }: PacePlan): Promise<void> => {
  const world = await World.start({
    env: { CHANNEL_MESSAGES_PER_SECOND: `${perSecond}`, CHANNEL_BURST: `${BURST}`, TEAM_MESSAGES_PER_MINUTE: '0' },
    simulator: { seed: chance.seed },
  });
  try {
    await world.slack.config({ channelPostsPerSecond: perSecond, channelBurst: BURST, latencyMs: 20 });
    const isHad = await inSomeRound(ROUNDS, async (round) => {
      // A team of its own: a 429 makes Heliograph careful for an hour.
      const [team] = await openTeams(world, { [`PACE${round}`]: 1 });
      if (!team) throw new Error('There is no team.');
      return getsItsRate(`${name}, round ${round}`, world, team, { perSecond, seconds });
    });
    expect(isHad).toBe(true);
  } finally {
    await world.stop();
  }
};
