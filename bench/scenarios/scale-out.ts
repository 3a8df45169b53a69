import os from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { countWaiting, fillQueue, judge, openTeams, wholeLedger, type LoadTeam } from '../../test/support/load.ts';
import type { World } from '../../test/support/world.ts';
import { Assistant } from '../assistant.ts';
import type { Bed } from '../bed.ts';
import type { Curve, Figure, Plan, Ratio, Reading } from '../figures.ts';
import { ratioOf } from '../ratios.ts';
import { ledgerEnd, POLL_MS, postsPerSecond, untilPosted } from './deliver.ts';

const CHANNELS = 300;
const TEAMS = { ONE: CHANNELS, TWO: CHANNELS, THREE: CHANNELS };
const PER = 10_000;
const PROCESSES = [1, 2, 3] as const;
/** So many of a round's messages for each process warm a new one up: with a third of them the first took half as much again. */
const WARM = 4 / 3;

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
  // To count what waits, Postgres goes through what is gone as well, the more rounds there were: only at the end.
  await untilPosted(world, since + rows);
  while ((await countWaiting(world.database)) > 0) await pause(POLL_MS);
  const used = bed.postgresCpuSeconds() - cpu;
  return { rate: postsPerSecond(await wholeLedger(world, since)), cpu: (used * PER) / rows };
};

/** With something that takes all that is left of the machine, as further processes do. */
const beside = async <T>(work: () => Promise<T>): Promise<T> => {
  const all = await Promise.all(Array.from({ length: os.availableParallelism() }, () => Assistant.start('busy-core')));
  try {
    return await work();
  } finally {
    await Promise.all(all.map((each) => each.stop()));
  }
};

const ONE = 'one';
const BUSY = 'one, the machine kept busy';
const ofSoMany = (processes: number): string => (processes === 1 ? ONE : `${processes} processes`);

/** A process more after each measurement; each is warm before it is measured. */
const measureRound = async (
  world: World,
  round: (share?: number) => Promise<Round>,
): Promise<ReadonlyMap<string, Round>> => {
  const found = new Map<string, Round>();
  const before = world.servers.length;
  for (const processes of PROCESSES) {
    await world.addServer({ HELIOGRAPH_ROLE: 'delivery' });
    await round(WARM * processes);
    found.set(ofSoMany(processes), await round());
    if (processes === 1) found.set(BUSY, await beside(round));
  }
  await Promise.all(world.servers.slice(before).map((server) => server.stop()));
  return found;
};

const figureOf = (found: readonly ReadonlyMap<string, Round>[], rows: number): Omit<Figure, 'notes'> => {
  const valuesOf = (of: string, what: keyof Round): number[] => found.map((each) => each.get(of)?.[what] ?? Number.NaN);
  const cpu = (of: string): Reading => ({
    of,
    what: 'Postgres CPU of a send',
    unit: 'CPU-s/10,000',
    values: valuesOf(of, 'cpu'),
  });
  const several = PROCESSES.slice(1).map(ofSoMany);
  return {
    name: 'scale-out',
    setup: [
      `${rows} messages for ${3 * CHANNELS} channels of 3 teams, 20 ms Slack, 50 open sends in each process.`,
      'On a machine of two cores a further process shares them with Postgres, Slack and the first: the rate is no goal here,',
      'and one process is also measured beside others that take, at the lowest priority, what is left of each core.',
    ],
    readings: [ONE, BUSY, ...several].flatMap((of): Reading[] => [
      { of, what: 'sends', unit: '/s', values: valuesOf(of, 'rate') },
      cpu(of),
    ]),
    ratios: [
      ...several.map((of): Ratio => ratioOf(cpu(of), cpu(ONE), { atMost: 1.2 })),
      ...several.map((of): Ratio => ratioOf(cpu(of), cpu(BUSY))),
    ],
    curves: [{ of: 'sending with so many', along: 'delivery processes', points: pointsOf(valuesOf) }],
  };
};

const pointsOf = (valuesOf: (of: string, what: keyof Round) => number[]): Curve['points'] =>
  PROCESSES.map((at) => ({
    at,
    values: {
      'sends/s': Math.max(...valuesOf(ofSoMany(at), 'rate')),
      'Postgres CPU-s/10,000': Math.min(...valuesOf(ofSoMany(at), 'cpu')),
    },
  }));

/** One, two and three delivery processes on one database: none is lost or doubled, and a send costs the database the same. */
export const scaleOut = async (bed: Bed, { quick, rounds }: Plan): Promise<Figure> => {
  const rows = quick ? 180 : 2250;
  const world = await bed.world({ env: { HELIOGRAPH_ROLE: 'api' } });
  try {
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 20, keepMessagesPerChannel: 3 });
    const teams = await openTeams(world, TEAMS);
    const round = (share = 1): Promise<Round> => sendAll(bed, world, teams, rows * share);
    const found: ReadonlyMap<string, Round>[] = [];
    while (found.length < rounds) found.push(await measureRound(world, round));
    const verdict = await judge(world);
    const wrong = Object.entries(verdict).map(([what, which]) => `${what} ${(which as unknown[]).length}`);
    return { ...figureOf(found, rows), notes: [`What Slack has, against what was accepted: ${wrong.join(', ')}.`] };
  } finally {
    await world.stop();
  }
};
