import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ReplicatedPostgres } from '../support/replicated-postgres.ts';
import { chanceOf } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';

const MESSAGES = 200;

const deliveredCount = async ({ world }: Torture): Promise<number> =>
  (await world.database.query(`select from notifications where status = 'DELIVERED'`)).length;

test(
  'three processes of each role under load lose no acknowledged send when the primary dies and its standby takes over',
  { timeout: 180_000 },
  async () => {
    const name = 'failover to a synchronous standby';
    const postgres = await ReplicatedPostgres.start();
    const torture = await Torture.start({
      chance: chanceOf(name),
      roles: ['api', 'api', 'api', 'delivery', 'delivery', 'delivery'],
      channels: 12,
      latencyMs: 100,
      database: postgres.database,
    });
    try {
      const sending = torture.sendAll(1, MESSAGES, { spreadMs: 4000, callers: 9 });
      while (torture.accepted.size < MESSAGES / 5 || (await deliveredCount(torture)) === 0) await pause(50);
      await postgres.failOver();
      const acknowledged = [...torture.accepted.values()];
      const startedAt = performance.now();
      const [before, found] = [await deliveredCount(torture), new Set((await torture.rows()).map(({ id }) => id))];
      expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
      while ((await deliveredCount(torture)) <= before) await pause(20);
      const resumedMs = Math.round(performance.now() - startedAt);
      await sending;
      const restMs = await torture.untilAtRest(40_000);
      const summary = await torture.expectClean();
      expect(torture.accepted.size).toBe(MESSAGES);
      const deliverers = torture.fleet.members.filter(({ role }) => role === 'delivery');
      const states = await Promise.all(deliverers.map(({ url }) => fetch(`${url}/readyz`)));
      expect(states.map(({ status }) => status)).toEqual([200, 200, 200]);
      process.stdout.write(
        `${name}: ${acknowledged.length} acknowledged before, first delivery ${resumedMs} ms after, at rest after ${restMs} ms; ${summary}\n`,
      );
    } finally {
      await torture.stop();
    }
  },
);
