import { setTimeout as pause } from 'node:timers/promises';
import { countWaiting, fillQueue, judge, openTeams, wholeLedger, type LoadTeam } from '../../test/support/load.ts';
import type { World } from '../../test/support/world.ts';
import type { Bed } from '../bed.ts';
import type { Curve, Figure, Plan, Ratio } from '../figures.ts';
import { ledgerEnd, postsPerSecond } from './deliver.ts';

const CHANNELS = 300;
const TEAMS = { ONE: CHANNELS, TWO: CHANNELS, THREE: CHANNELS };
const PER = 10_000;

interface Round {
  readonly rate: number;
  readonly cpu: number;
}

const sendAll = async (bed: Bed, world: World, teams: readonly LoadTeam[], rows: number): Promise<Round> => {
  for (const team of teams)
    await fillQueue(world.database, team, { rows: rows / teams.length, readyAt: `now() + interval '1 hour'` });
  await world.database.query('update delivery_lanes set ready_at = now() where head_priority >= 0');
  await bed.checkpoint(world.database);
  const [since, cpu] = [await ledgerEnd(world), bed.postgresCpuSeconds()];
  await world.database.query('update delivery_teams set turn_at = now()');
  while ((await countWaiting(world.database)) > 0) await pause(50);
  const used = bed.postgresCpuSeconds() - cpu;
  return { rate: postsPerSecond(await wholeLedger(world, since)), cpu: (used * PER) / rows };
};

/** One, two and three delivery processes on one database: none is lost or doubled, and a send costs the database the same. */
export const scaleOut = async (bed: Bed, { quick, rounds }: Plan): Promise<Figure> => {
  const rows = quick ? 390 : 4500;
  const world = await bed.world({ env: { HELIOGRAPH_ROLE: 'api' } });
  const notes: string[] = [];
  try {
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 20, keepMessagesPerChannel: 3 });
    const teams = await openTeams(world, TEAMS);
    const round = (): Promise<Round> => sendAll(bed, world, teams, rows);
    const found: Round[][] = [];
    for (const processes of [1, 2, 3]) {
      await world.addServer({ HELIOGRAPH_ROLE: 'delivery' });
      await round();
      const all = [];
      for (let count = 0; count < rounds; count += 1) all.push(await round());
      found[processes - 1] = all;
    }
    const verdict = await judge(world);
    const wrong = Object.entries(verdict).map(([what, which]) => `${what} ${(which as unknown[]).length}`);
    notes.push(`What Slack has, against what was accepted: ${wrong.join(', ')}.`);
    const best = (all: readonly Round[]) => ({
      'sends/s': Math.max(...all.map(({ rate }) => rate)),
      'Postgres CPU-s/10,000': Math.min(...all.map(({ cpu }) => cpu)),
    });
    const points: Curve['points'] = found.map((all, index) => ({ at: index + 1, values: best(all) }));
    const ratio = (processes: number): Ratio => ({
      of: `${processes} processes`,
      over: 'one',
      what: 'Postgres CPU of a send',
      perRound: (found[processes - 1] ?? []).map(({ cpu }, index) => cpu / (found[0]?.[index]?.cpu ?? Number.NaN)),
      better: 'lower',
      goal: { atMost: 1.2 },
    });
    return {
      name: 'scale-out',
      setup: [
        `${rows} messages for ${3 * CHANNELS} channels of 3 teams, 20 ms Slack, 50 open sends in each process; a process more after each measurement.`,
        'On a machine of two cores a further process shares them with Postgres, Slack and the first: the rate is no goal here.',
      ],
      readings: found.flatMap((all, index) => {
        const of = `${index + 1} process${index === 0 ? '' : 'es'}`;
        return [
          { of, what: 'sends', unit: '/s', values: all.map(({ rate }) => rate) },
          { of, what: 'CPU of Postgres', unit: 'CPU-s/10,000', values: all.map(({ cpu }) => cpu) },
        ];
      }),
      ratios: [ratio(2), ratio(3)],
      curves: [{ of: 'sending with so many', along: 'delivery processes', points }],
      notes,
    };
  } finally {
    await world.stop();
  }
};
