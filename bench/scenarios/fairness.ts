import { setTimeout as pause } from 'node:timers/promises';
import { countWaiting, deliveryIdOf, fillQueue, openTeams, wholeLedger } from '../../test/support/load.ts';
import { accepted } from '../../test/support/world.ts';
import type { Bed } from '../bed.ts';
import { cpuSecondsOf } from '../cpu.ts';
import type { Curve, Figure, Plan } from '../figures.ts';
import { quantileOf } from '../ratios.ts';
import { ledgerEnd } from './deliver.ts';

const SHARE_OF_THE_BUSIEST = 0.9;
const CHANNELS = 100;
const PER = 10_000;

interface Crowd {
  readonly teams: number;
  readonly waiting: number;
  readonly quietMessages: number;
}

interface CrowdFound {
  readonly perSecond: number;
  readonly startedMs: readonly number[];
  readonly arrivedMs: readonly number[];
  readonly cpu: number;
  readonly stillWaiting: number;
}

const measure = async (bed: Bed, { teams, waiting, quietMessages }: Crowd): Promise<CrowdFound> => {
  const world = await bed.world();
  try {
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 20, keepMessagesPerChannel: 3 });
    const others = Array.from({ length: teams - 2 }, (_, number) => [`CROWD${number}`, 2] as const);
    const [quiet, busiest, ...rest] = await openTeams(world, {
      QUIET: 3,
      BUSIEST: CHANNELS,
      ...Object.fromEntries(others),
    });
    if (!quiet || !busiest) throw new Error('There are no teams.');
    const busy = Math.round(waiting * SHARE_OF_THE_BUSIEST);
    const each = Math.max(1, Math.ceil((waiting - busy) / Math.max(1, rest.length)));
    for (const team of rest) await fillQueue(world.database, team, { rows: each });
    await fillQueue(world.database, busiest, { rows: busy });
    const cpuNow = (): number => cpuSecondsOf(world.servers[0]?.child.pid) + bed.postgresCpuSeconds();
    const [before, cpu, startedAt] = [await ledgerEnd(world), cpuNow(), performance.now()];
    const sent = new Map<string, number>();
    for (let number = 0; number < quietMessages; number += 1) {
      await pause(100);
      const channelId = quiet.channels[number % quiet.channels.length] ?? '';
      const { id, createdAt } = await accepted(quiet.admin, quiet.message({ channelId, text: `quiet ${number}` }));
      sent.set(id, Date.parse(createdAt));
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const posts = (await ledgerEnd(world)) - before;
    const used = cpuNow() - cpu;
    const stillWaiting = await countWaiting(world.database);
    await pause(2000);
    const arrivedMs = (await wholeLedger(world, before)).flatMap((entry) => {
      const acceptedAt = sent.get(deliveryIdOf(entry));
      return acceptedAt === undefined ? [] : [entry.at - acceptedAt];
    });
    const starts = await world.database.query<{ ms: number }>(
      `select (extract(epoch from min(attempt.started_at) - min(n.created_at)) * 1000)::float8 as ms
       from notifications n join delivery_attempts attempt on attempt.notification_id = n.id
       where n.id = any($1::uuid[]) group by n.id`,
      [[...sent.keys()]],
    );
    return {
      perSecond: posts / seconds,
      startedMs: starts.map(({ ms }) => ms),
      arrivedMs,
      cpu: (used * PER) / posts,
      stillWaiting,
    };
  } finally {
    await world.stop();
  }
};

/** A quiet team beside one that holds nine tenths of all that waits. */
export const fairness = async (bed: Bed, { quick }: Plan): Promise<Figure> => {
  const sizes = quick ? [20] : [10, 100, 1000];
  const waiting = quick ? 4_000 : 100_000;
  const points: Curve['points'][number][] = [];
  let last: CrowdFound | undefined;
  for (const teams of sizes) {
    const quietMessages = quick ? 30 : teams === sizes.at(-1) ? 200 : 60;
    last = await measure(bed, { teams, waiting: teams === sizes.at(-1) ? waiting : waiting / 4, quietMessages });
    const values = {
      'sends/s': last.perSecond,
      'quiet p50, ms': quantileOf(last.startedMs, 0.5),
      'quiet p99, ms': quantileOf(last.startedMs, 0.99),
      'CPU-s/10,000': last.cpu,
    };
    points.push({ at: teams, values });
  }
  const { startedMs, arrivedMs, perSecond, stillWaiting } = last ?? {
    startedMs: [],
    arrivedMs: [],
    perSecond: Number.NaN,
    stillWaiting: 0,
  };
  const reading = (what: string, unit: string, value: number, goal?: { atLeast?: number; atMost?: number }) => ({
    of: 'heliograph',
    what,
    unit,
    values: [value],
    ...(goal ? { goal } : {}),
  });
  return {
    name: 'fairness',
    setup: [
      `${waiting} queued, 90 % of them in one of ${sizes.at(-1)} teams; 20 ms Slack, 50 open sends, one process of role all; a quiet team sends every 100 ms.`,
      'The job queues have no fairness to compare: with theirs (groupConcurrency, a queue per channel) the quiet message did not start within a run.',
    ],
    readings: [
      reading('sends', '/s', perSecond, { atLeast: 1400 }),
      reading('a quiet message starts after, p50', 'ms', quantileOf(startedMs, 0.5)),
      reading('a quiet message starts after, p99', 'ms', quantileOf(startedMs, 0.99), { atMost: 500 }),
      reading('and is at Slack after, p99', 'ms', quantileOf(arrivedMs, 0.99)),
    ],
    ratios: [],
    curves: [{ of: 'sending beside so many', along: 'teams', points }],
    notes: stillWaiting === 0 ? ['The queue ran empty before the end: the numbers are not those of a full one.'] : [],
  };
};
