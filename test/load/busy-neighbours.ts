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
  wholeLedger,
  type LoadTeam,
} from '../support/load.ts';
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

/** A team that is quiet but for a message now and then, among teams with more waiting than can go. */
export const crowd = async (name: string, chance: Chance, plan: CrowdPlan): Promise<void> => {
  const world = await World.start({
    env: { ...UNPACED, TEAM_CONCURRENCY: '0', DELIVERY_CONCURRENCY: '50', DATABASE_POOL_MAX: '20' },
    simulator: ['--seed', `${chance.seed}`],
  });
  try {
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 20, keepMessagesPerChannel: 10 });
    const [quiet, busiest, ...others] = await open(world, plan);
    if (!quiet || !busiest) throw new Error('There are no teams.');
    const busy = Math.round(plan.waiting * SHARE_OF_THE_BUSIEST);
    const each = Math.ceil((plan.waiting - busy) / others.length);
    for (const team of others) await fillQueue(world.database, team, { rows: each });
    await fillQueue(world.database, busiest, { rows: busy });
    const before = (await wholeLedger(world)).length;
    const startedAt = performance.now();
    const sent = new Map<string, number>();
    for (let number = 0; number < plan.quietMessages; number += 1) {
      await pause(chance.between(100, 300));
      const { id, createdAt } = await accepted(
        quiet.admin,
        quiet.message({ channelId: chance.pick(quiet.channels), text: `quiet ${number}` }),
      );
      sent.set(id, Date.parse(createdAt));
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const stillWaiting = await countWaiting(world.database);
    const ledger = await wholeLedger(world);
    await pause(QUIET_START_MS * 4);
    const arrivals = (await wholeLedger(world)).flatMap((entry) => {
      const acceptedAt = sent.get(deliveryIdOf(entry));
      return acceptedAt === undefined ? [] : [entry.at - acceptedAt];
    });
    const starts = (
      await world.database.query<{ ms: number }>(
        `select (extract(epoch from min(attempt.started_at) - min(n.created_at)) * 1000)::int as ms
         from notifications n join delivery_attempts attempt on attempt.notification_id = n.id
         where n.id = any($1::uuid[]) group by n.id`,
        [[...sent.keys()]],
      )
    ).map(({ ms }) => ms);
    const perSecond = (ledger.length - before) / seconds;
    const ofOthers = new Set(ledger.slice(before).map(({ team }) => team)).size;
    report(name, {
      'sends/s': Math.round(perSecond),
      'a quiet message starts after': spread(starts),
      'and is at Slack after': spread(arrivals),
      'teams served': ofOthers,
      'still waiting': stillWaiting,
    });
    expect(stillWaiting).toBeGreaterThan(0);
    expect(starts).toHaveLength(plan.quietMessages);
    expect(percentile(starts, plan.inTime)).toBeLessThan(QUIET_START_MS * Math.max(1, FULL_SPEED / perSecond));
  } finally {
    await world.stop();
  }
};
