import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { UNPACED } from '../support/desk.ts';
import { CLEAN, fillQueue, judge, openTeams, report, untilAtRest, wholeLedger } from '../support/load.ts';
import { World } from '../support/world.ts';

const ROWS = 6000;
const CHANNELS = 300;
const TEAMS = { ONE: CHANNELS, TWO: CHANNELS, THREE: CHANNELS };

/** Sends a second and pages of the database for each, with so many delivery processes. */
const measure = async (processes: number): Promise<{ rate: number; pages: number }> => {
  const world = await World.start({ env: { ...UNPACED, TEAM_CONCURRENCY: '0', HELIOGRAPH_ROLE: 'api' } });
  try {
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 20, keepMessagesPerChannel: 5 });
    const teams = await openTeams(world, TEAMS);
    for (let count = 0; count < processes; count += 1) await world.addServer({ HELIOGRAPH_ROLE: 'delivery' });
    const pagesNow = async (): Promise<number> => {
      await pause(1200);
      const [row] = await world.database.query<{ pages: number }>(
        'select (blks_hit + blks_read)::float8 as pages from pg_stat_database where datname = current_database()',
      );
      return row?.pages ?? 0;
    };
    const before = await pagesNow();
    for (const team of teams) await fillQueue(world.database, team, { rows: ROWS / teams.length });
    await untilAtRest(world.database, 180_000);
    const pages = ((await pagesNow()) - before) / ROWS;
    const times = (await wholeLedger(world)).map(({ at }) => at);
    expect(await judge(world)).toEqual(CLEAN);
    return { rate: ((times.length - 1) * 1000) / ((times.at(-1) ?? 0) - (times[0] ?? 0)), pages };
  } finally {
    await world.stop();
  }
};

test(
  'one, two and three delivery processes lose and double nothing, and a send costs the database the same',
  { timeout: 600_000 },
  async () => {
    const found = [];
    for (const processes of [1, 2, 3]) found.push({ processes, ...(await measure(processes)) });
    report(
      'scale-out',
      Object.fromEntries(
        found.map(({ processes, rate, pages }) => [
          `${processes}`,
          `${Math.round(rate)} sends/s, ${Math.round(pages)} pages a send`,
        ]),
      ),
    );
    const [one] = found;
    for (const { pages } of found) expect(pages).toBeLessThanOrEqual(1.5 * (one?.pages ?? 0));
  },
);
