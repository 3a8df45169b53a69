import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { UNPACED } from '../support/desk.ts';
import {
  countWaiting,
  deliveryIdOf,
  fillQueue,
  openTeams,
  percentile,
  report,
  spread,
  untilAtRest,
  wholeLedger,
  type LoadTeam,
} from '../support/load.ts';
import { inSomeRound } from '../support/rounds.ts';
import type { Chance } from '../support/seeded.ts';
import { accepted, World } from '../support/world.ts';

export interface CrowdPlan {
  readonly teams: number;
  /** Waiting messages, nine of ten of them in one team. */
  readonly waiting: number;
  readonly quietMessages: number;
  /** Of the quiet messages, those that must start in time. Below a hundred of them the 99th percentile is the slowest one. */
  readonly inTime: number;
}

const SHARE_OF_THE_BUSIEST = 0.9;
const CHANNELS = 100;
const QUIET_START_MS = 500;
/** A round over all teams takes longer on a machine that sends more slowly, and a message waits for one round at most. */
const FULL_SPEED = 700;

const open = async (world: World, { teams }: CrowdPlan): Promise<LoadTeam[]> => {
  const others = Array.from({ length: teams - 2 }, (_, number) => [`CROWD${number}`, 2] as const);
  return openTeams(world, { QUIET: 3, BUSIEST: CHANNELS, ...Object.fromEntries(others) });
};

const ROUNDS = 3;
const REST_MS = 300_000;

/** Sends a message now and then; answers with when each was accepted. */
const sendQuietly = async (
  quiet: LoadTeam,
  chance: Chance,
  { quietMessages }: CrowdPlan,
): Promise<Map<string, number>> => {
  const sent = new Map<string, number>();
  for (let number = 0; number < quietMessages; number += 1) {
    await pause(chance.between(100, 300));
    const { id, createdAt } = await accepted(
      quiet.admin,
      quiet.message({ channelId: chance.pick(quiet.channels), text: `quiet ${number}` }),
    );
    sent.set(id, Date.parse(createdAt));
  }
  return sent;
};

/** Milliseconds from when each was accepted until it was begun. */
const startsOf = async (world: World, ids: readonly string[]): Promise<number[]> => {
  const rows = await world.database.query<{ ms: number }>(
    `select (extract(epoch from min(attempt.started_at) - min(n.created_at)) * 1000)::int as ms
     from notifications n join delivery_attempts attempt on attempt.notification_id = n.id
     where n.id = any($1::uuid[]) group by n.id`,
    [ids],
  );
  return rows.map(({ ms }) => ms);
};

/** Whether a team that is quiet but for a message now and then is in time, however much of others waits. */
const isInTime = async (name: string, world: World, quiet: LoadTeam, chance: Chance, plan: CrowdPlan) => {
  const before = (await wholeLedger(world)).length;
  const startedAt = performance.now();
  const sent = await sendQuietly(quiet, chance, plan);
  const seconds = (performance.now() - startedAt) / 1000;
  const stillWaiting = await countWaiting(world.database);
  const others = (await wholeLedger(world)).slice(before);
  await pause(QUIET_START_MS * 4);
  const arrivals = (await wholeLedger(world)).flatMap((entry) => {
    const acceptedAt = sent.get(deliveryIdOf(entry));
    return acceptedAt === undefined ? [] : [entry.at - acceptedAt];
  });
  const starts = await startsOf(world, [...sent.keys()]);
  const perSecond = others.length / seconds;
  report(name, {
    'sends/s': Math.round(perSecond),
    'a quiet message starts after': spread(starts),
    'and is at Slack after': spread(arrivals),
    'teams served': new Set(others.map(({ team }) => team)).size,
    'still waiting': stillWaiting,
  });
  expect(stillWaiting).toBeGreaterThan(0);
  expect(starts).toHaveLength(plan.quietMessages);
  return percentile(starts, plan.inTime) < QUIET_START_MS * Math.max(1, FULL_SPEED / perSecond);
};

/** A team that is quiet but for a message now and then, among teams with more waiting than can go. */
export const crowd = async (name: string, chance: Chance, plan: CrowdPlan): Promise<void> => {
  const world = await World.start({
    env: { ...UNPACED, TEAM_CONCURRENCY: '0', DELIVERY_CONCURRENCY: '50', DATABASE_POOL_MAX: '20' },
    simulator: { seed: chance.seed },
  });
  try {
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 20, keepMessagesPerChannel: 10 });
    const [quiet, busiest, ...others] = await open(world, plan);
    if (!quiet || !busiest) throw new Error('There are no teams.');
    const busy = Math.round(plan.waiting * SHARE_OF_THE_BUSIEST);
    const each = Math.ceil((plan.waiting - busy) / others.length);
    const isMet = await inSomeRound(ROUNDS, async (round) => {
      // All of it, or a round over all teams would soon be one over the busiest alone.
      await untilAtRest(world.database, REST_MS);
      for (const team of others) await fillQueue(world.database, team, { rows: each });
      await fillQueue(world.database, busiest, { rows: busy });
      return isInTime(`${name}, round ${round}`, world, quiet, chance, plan);
    });
    expect(isMet).toBe(true);
  } finally {
    await world.stop();
  }
};
