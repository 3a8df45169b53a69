import { setTimeout as pause } from 'node:timers/promises';
import { fillQueue, openTeams, wholeLedger, type LoadTeam } from '../../test/support/load.ts';
import type { World } from '../../test/support/world.ts';
import { cpuSecondsOf } from '../cpu.ts';
import type { Bed } from '../bed.ts';
import type { Curve, Figure, Plan } from '../figures.ts';
import { ratioOf, spreadOf } from '../ratios.ts';
import { interleave, type Contender, type Numbers } from '../rounds.ts';
import { ledgerEnd, postsPerSecond, untilPosted } from './deliver.ts';

const CHANNELS = 50;
const LANES = 2000;
const SHARE_SCHEDULED = 0.3;
const LITTLE = 1000;
const IN_AN_HOUR = `now() + interval '1 hour'`;
const PER = 10_000;

/** A database where so much waits for an hour, in lanes that are blocked or scheduled, beside a team that is busy now. */
interface Backlog {
  readonly world: World;
  readonly busy: LoadTeam;
  readonly blocked: LoadTeam;
}

const openBacklog = async (bed: Bed): Promise<Backlog> => {
  const world = await bed.world({ env: { HELIOGRAPH_ROLE: 'api' } });
  await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 10, keepMessagesPerChannel: 3 });
  const [busy, blocked] = await openTeams(world, { BUSY: CHANNELS, BLOCKED: 1 });
  if (!busy || !blocked) throw new Error('There are no teams.');
  await world.addServer({ HELIOGRAPH_ROLE: 'delivery' });
  return { world, busy, blocked };
};

const pileUp = async ({ world, blocked }: Backlog, rows: number): Promise<void> => {
  const scheduled = Math.round(rows * SHARE_SCHEDULED);
  const channels = Math.min(LANES, rows);
  await fillQueue(world.database, blocked, { rows: rows - scheduled, readyAt: IN_AN_HOUR, channels });
  await fillQueue(world.database, blocked, { rows: scheduled, dueAt: IN_AN_HOUR });
};

const sendBeside = async (bed: Bed, { world, busy }: Backlog, rows: number): Promise<Numbers> => {
  const cpuNow = (): number => cpuSecondsOf(world.servers[1]?.child.pid) + bed.postgresCpuSeconds();
  await bed.checkpoint(world.database);
  const [since, cpu] = [await ledgerEnd(world), cpuNow()];
  await fillQueue(world.database, busy, { rows });
  await untilPosted(world, since + rows);
  await pause(200);
  const used = cpuNow() - cpu;
  return { sends: postsPerSecond(await wholeLedger(world, since)), cpu: (used * PER) / rows };
};

/** The same sends beside little and beside very much that waits. */
export const backlog = async (bed: Bed, { quick, rounds }: Plan): Promise<Figure> => {
  const steps = quick ? [10_000] : [1000, 10_000, 100_000, 1_000_000];
  const batch = quick ? 200 : 2000;
  const [little, much] = [await openBacklog(bed), await openBacklog(bed)];
  try {
    await pileUp(little, LITTLE);
    const points: Curve['points'][number][] = [];
    let waiting = 0;
    for (const step of steps) {
      await pileUp(much, step - waiting);
      waiting = step;
      await sendBeside(bed, much, batch);
      const all = [await sendBeside(bed, much, batch), await sendBeside(bed, much, batch)];
      const best = (what: string): number[] => all.map((numbers) => numbers[what] ?? Number.NaN);
      points.push({
        at: step,
        values: { 'sends/s': spreadOf(best('sends')).most, 'CPU-s/10,000': spreadOf(best('cpu')).least },
      });
    }
    const name = (rows: number): string => `beside ${rows.toLocaleString('en-US')}`;
    const contender = (of: string, world: Backlog): Contender => ({
      name: of,
      round: () => sendBeside(bed, world, batch),
    });
    const [few, many] = [name(LITTLE), name(waiting)];
    const reading = await interleave([contender(few, little), contender(many, much)], rounds);
    const sends = (of: string) => reading(of, 'sends', '/s');
    const cost = (of: string) => reading(of, 'cpu', 'CPU-s/10,000');
    return {
      name: 'backlog',
      setup: [
        `${batch} messages for ${CHANNELS} channels beside so many that wait for an hour (in ${LANES} lanes of another team, ${SHARE_SCHEDULED * 100} % scheduled); 10 ms Slack, 50 open sends.`,
      ],
      readings: [few, many].flatMap((of) => [sends(of), cost(of)]),
      ratios: [ratioOf(sends(many), sends(few), { atLeast: 0.9 }), ratioOf(cost(many), cost(few), { atMost: 1.2 })],
      curves: [{ of: 'sending beside so many', along: 'waiting rows', points }],
    };
  } finally {
    await little.world.stop();
    await much.world.stop();
  }
};
