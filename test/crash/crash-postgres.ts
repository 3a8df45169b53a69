import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Member } from '../support/fleet.ts';
import { OwnPostgres } from '../support/own-postgres.ts';
import { chanceOf } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';

const isReady = async (member: Member): Promise<boolean> => {
  const response = await fetch(`${member.url}/readyz`).catch(() => undefined);
  return response?.status === 200;
};

/** Milliseconds until every process says that it is ready. */
const untilReady = async (members: readonly Member[]): Promise<number> => {
  const startedAt = performance.now();
  for (const member of members) while (!(await isReady(member))) await pause(50);
  return Math.round(performance.now() - startedAt);
};

const deliveredCount = async ({ world }: Torture): Promise<number> => {
  const rows = await world.database.query<{ count: number }>(
    `select count(*)::int as count from notifications where status = 'DELIVERED'`,
  );
  return rows[0]?.count ?? 0;
};

/** Postgres ends without a checkpoint while messages come in and go out, and comes back after a moment. */
export const crashPostgres = async (name: string, messages: number, crashes: number): Promise<string> => {
  const chance = chanceOf(name);
  const postgres = await OwnPostgres.start();
  const torture = await Torture.start({
    chance,
    roles: ['all', 'delivery'],
    channels: 8,
    latencyMs: 100,
    database: postgres.database,
  });
  const readyMs: number[] = [];
  try {
    const sending = torture.sendAll(1, messages, { spreadMs: crashes * 3000 });
    for (let crash = 0; crash < crashes; crash += 1) {
      await pause(chance.between(500, 1500));
      await postgres.crash();
      await pause(chance.between(200, 1500));
      await postgres.restart();
      const before = await deliveredCount(torture);
      readyMs.push(await untilReady(torture.fleet.members));
      // New work is delivered again; lanes that were open wait for their leases.
      await torture.send(torture.message(messages + crash + 1));
      while ((await deliveredCount(torture)) <= before) await pause(50);
    }
    await sending;
    const restMs = await torture.untilAtRest(30_000);
    const summary = await torture.expectClean();
    expect(torture.failures.get('SERVICE_UNAVAILABLE')).toBeGreaterThan(0);
    expect(Math.max(...readyMs)).toBeLessThan(5000);
    return `${summary}; ready after ${readyMs.join(', ')} ms; at rest after ${restMs} ms`;
  } finally {
    await torture.stop();
  }
};
