import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { openDesk, type Desk } from '../support/desk.ts';
import { chanceOf, type Chance } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';

export interface StressPlan {
  readonly writers: number;
  readonly teams: number;
  readonly channels: number;
  readonly messages: number;
}

/** One writer: bursts to random teams with silences between, in which teams fall idle and have to be woken again. */
const write = async (
  torture: Torture,
  desks: readonly (Desk & { channels: readonly string[] })[],
  count: number,
  from: number,
): Promise<void> => {
  const { chance } = torture;
  for (let number = from; number < from + count; number += 1) {
    const desk = chance.pick(desks);
    const urgent = chance.next() < 0.2 ? ({ priority: 'URGENT' } as const) : {};
    await torture.send(
      desk.message({ channelId: chance.pick(desk.channels), idempotencyKey: `key-${number}`, ...urgent }),
    );
    // Long enough for a team to fall idle, now and then.
    if (chance.next() < 0.08) await pause(chance.between(300, 2500));
  }
};

/** Holds locks of random lanes and teams for a moment, as a long transaction of somebody else would. */
const holdLocks = async (url: string, chance: Chance, isOver: () => boolean): Promise<number> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  let held = 0;
  while (!isOver()) {
    await client.query('begin');
    // What only foreign keys take is held of notifications alone, which some refer to: of a team or a lane nobody takes it
    // but on what they have just written, and Postgres would break up a deadlock that it makes itself (held on a row that
    // is updated meanwhile, it sends those who lock and update that row in one statement round in a circle).
    const [table, key, locks] = chance.pick([
      ['delivery_lanes', 'id', ['update', 'no key update']],
      ['delivery_teams', 'team_id', ['update', 'no key update']],
      ['notifications', 'id', ['update', 'no key update', 'key share']],
    ] as const);
    // One row: several would be locked in an order of its own, and its deadlocks would be no news.
    const one = `select ${key} from ${table} offset ${chance.between(0, 20)} limit 1`;
    await client.query(`select from ${table} where ${key} = (${one}) for ${chance.pick<string>(locks)}`);
    await pause(chance.between(50, 400));
    await client.query('commit');
    held += 1;
    await pause(chance.between(0, 100));
  }
  await client.end();
  return held;
};

/** Many writers, teams that fall idle and wake, transactions that hold their locks: all run once, and nothing is left. */
export const stress = async (name: string, { writers, teams, channels, messages }: StressPlan): Promise<string> => {
  const chance = chanceOf(name);
  const torture = await Torture.start({ chance, roles: ['all', 'all', 'delivery'], channels: 1, latencyMs: 5 });
  try {
    const desks: (Desk & { channels: readonly string[] })[] = [];
    for (let index = 0; index < teams; index += 1) {
      const ids = await torture.world.slack.addTeam(`T0STRESS${index}`, channels);
      desks.push({ ...(await openDesk(torture.world, `stress-${index}`, `T0STRESS${index}`)), channels: ids });
    }
    torture.sendAs(
      await torture.world.as('everywhere', Object.fromEntries(desks.map(({ workspaceId }) => [workspaceId, 'ADMIN']))),
    );
    let over = false;
    const holding = holdLocks(torture.world.database.url, chance, () => over);
    const each = Math.ceil(messages / writers);
    const writing = Array.from({ length: writers }, (_, index) => write(torture, desks, each, 1 + index * each));
    await Promise.all(writing).finally(() => (over = true));
    const held = await holding;
    const restMs = await torture.untilAtRest(20_000);
    return `${await torture.expectClean()}; ${held} foreign transactions; at rest after ${restMs} ms`;
  } finally {
    await torture.stop();
  }
};
