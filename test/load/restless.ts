import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { expect } from 'vitest';
import { UNPACED } from '../support/desk.ts';
import { CLEAN, judge, openTeams, report, untilAtRest, type LoadTeam } from '../support/load.ts';
import { brokenInvariants, deadlocks } from '../support/queue-invariants.ts';
import type { Chance } from '../support/seeded.ts';
import { accepted, World } from '../support/world.ts';

export interface RestlessPlan {
  readonly writers: number;
  readonly ms: number;
}

const PRIORITIES = ['LOW', 'NORMAL', 'HIGH', 'URGENT'] as const;
const HOLD_MS = 1000;
const SERIALIZATION_FAILURE = '40001';

// What only foreign keys take is held of notifications alone, which some refer to: of a team or a lane nobody takes it
// but on what they have just written, and Postgres would break up a deadlock that it makes itself (held on a row that
// is updated meanwhile, it sends those who lock and update that row in one statement round in a circle).
const LOCKS = [
  ['delivery_lanes', ['update', 'no key update']],
  ['delivery_teams', ['update', 'no key update']],
  ['notifications', ['update', 'no key update', 'key share']],
] as const;

/** Somebody's open transaction: the lock of a row, or a snapshot that grows old. */
const holdOpen = async (world: World, chance: Chance, isOver: () => boolean): Promise<number> => {
  const client = new pg.Client({ connectionString: world.database.url });
  await client.connect();
  let held = 0;
  for (; !isOver(); held += 1) {
    const [table, strengths] = chance.pick(LOCKS);
    await client.query('begin isolation level repeatable read');
    const look = `select count(*) from ${table}`;
    const lock = `select from ${table} order by random() limit 1 for ${chance.pick<string>(strengths)} skip locked`;
    await client.query(chance.next() < 0.5 ? look : lock).then(
      () => pause(HOLD_MS),
      (error: unknown) => {
        // The row has changed since the snapshot: it is this transaction that has lost, not one of ours.
        if ((error as { code?: string }).code !== SERIALIZATION_FAILURE) throw error;
      },
    );
    await client.query('rollback');
    await pause(chance.between(50, 300));
  }
  await client.end();
  return held;
};

/** Writes in bursts, so that teams go idle and wake again and again. */
const write = async (teams: readonly LoadTeam[], chance: Chance, isOver: () => boolean): Promise<number> => {
  let written = 0;
  while (!isOver()) {
    const team = chance.pick(teams);
    const isLater = chance.next() < 0.1;
    await accepted(
      team.admin,
      team.message({
        channelId: chance.pick(team.channels),
        priority: chance.pick(PRIORITIES),
        text: `${written}`,
        ...(isLater && { scheduledFor: new Date(Date.now() + chance.between(50, 1500)).toISOString() }),
      }),
    );
    written += 1;
    await pause(chance.next() < 0.2 ? chance.between(100, 900) : chance.between(0, 15));
  }
  return written;
};

/** Many writers and two delivering processes, with transactions of others held open beside them. */
export const neverRest = async (name: string, chance: Chance, { writers, ms }: RestlessPlan): Promise<void> => {
  const world = await World.start({ env: UNPACED, servers: 2, simulator: { seed: chance.seed } });
  try {
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 5 });
    const teams = await openTeams(world, { ONE: 1, TWO: 2, THREE: 3, SEVEN: 7, TEN: 10 });
    const endsAt = performance.now() + ms;
    const isOver = (): boolean => performance.now() > endsAt;
    const holders = [holdOpen(world, chance, isOver), holdOpen(world, chance, isOver)];
    const written = await Promise.all(Array.from({ length: writers }, () => write(teams, chance, isOver)));
    const held = await Promise.all(holders);
    const restMs = await untilAtRest(world.database, 20_000);
    // Scheduled ones do not count as waiting.
    await pause(2500);
    await untilAtRest(world.database, 20_000);
    const broken = await deadlocks(world.database);
    report(name, {
      written: written.reduce((sum, each) => sum + each, 0),
      'transactions held open': held.reduce((sum, each) => sum + each, 0),
      'at rest after': `${restMs} ms`,
      deadlocks: broken,
    });
    const statuses = await world.database.query('select status, count(*)::int as count from notifications group by 1');
    expect(statuses).toEqual([{ status: 'DELIVERED', count: written.reduce((sum, each) => sum + each, 0) }]);
    expect(await judge(world)).toEqual(CLEAN);
    expect(await brokenInvariants(world.database)).toEqual([]);
    expect(broken).toBe(0);
  } finally {
    await world.stop();
  }
};
