import { setTimeout as pause } from 'node:timers/promises';
import { fillQueue, type LoadTeam } from '../../test/support/load.ts';
import type { World } from '../../test/support/world.ts';
import { Assistant } from '../assistant.ts';
import { openTeam, type Bed } from '../bed.ts';
import { cpuSecondsOf } from '../cpu.ts';
import type { Curve, Figure, Plan, Ratio } from '../figures.ts';
import { ratioOf, spreadOf } from '../ratios.ts';
import { interleave, type Contender, type Numbers } from '../rounds.ts';

const OURS = 'heliograph';
const RAW = 'raw ws';
export const SUBSCRIPTION = `subscription ($workspaceId: ID!) {
  deliveryStatusChanged(workspaceId: $workspaceId) {
    cursor from to attempt at
    failure { code message }
    notification { id status text channelId }
  }
}`;
/** A subscription is open some moments after it was asked for, and says nothing then. */
const OPENING_MS = 1000;
const IN_AN_HOUR = `now() + interval '1 hour'`;

interface Crowd {
  readonly assistant: Assistant;
  readonly count: number;
}

const perDelivery = (seconds: number, deliveries: number): number => (seconds * 1_000_000) / deliveries;

/** Each notification that is put into the queue is one change for everybody. */
const changes = async (world: World, team: LoadTeam, crowd: Crowd, times: number): Promise<Change> => {
  const pid = world.servers[0]?.child.pid;
  const deliveries = crowd.count * times;
  await crowd.assistant.ask('expect', deliveries);
  const cpu = cpuSecondsOf(pid);
  await fillQueue(world.database, team, { rows: times, readyAt: IN_AN_HOUR });
  const { seconds, sample } = await crowd.assistant.ask<{ seconds: number; sample: string }>('untilAll');
  const used = cpuSecondsOf(pid) - cpu;
  return { numbers: { deliveries: deliveries / seconds, cpu: perDelivery(used, deliveries) }, sample };
};

const rawChanges = async (server: Assistant, crowd: Crowd, times: number, text: string): Promise<Numbers> => {
  const deliveries = crowd.count * times;
  await crowd.assistant.ask('expect', deliveries);
  const cpu = cpuSecondsOf(server.pid);
  await server.ask('broadcast', { times, text });
  const { seconds } = await crowd.assistant.ask<{ seconds: number }>('untilAll');
  return { deliveries: deliveries / seconds, cpu: perDelivery(cpuSecondsOf(server.pid) - cpu, deliveries) };
};

/** What a change cost, and what one of them got. */
interface Change {
  readonly numbers: Numbers;
  readonly sample: string;
}

interface Growth {
  readonly points: Curve['points'];
  /** What one of them got. */
  readonly sample: string;
}

/** The same changes for ever more subscribers. */
const grow = async (
  world: World,
  team: LoadTeam,
  crowd: Assistant,
  sizes: readonly number[],
  times: number,
): Promise<Growth> => {
  const url = `${world.url.replace('http', 'ws')}/graphql`;
  const target = {
    url,
    token: team.admin.token,
    query: SUBSCRIPTION,
    variables: { workspaceId: team.workspaceId },
  };
  const points: Curve['points'][number][] = [];
  let sample = '';
  for (const count of sizes) {
    await crowd.ask('open', { ...target, count });
    await pause(OPENING_MS);
    await changes(world, team, { assistant: crowd, count }, times);
    const all: Change[] = [];
    for (let round = 0; round < 2; round += 1) all.push(await changes(world, team, { assistant: crowd, count }, times));
    sample = all[0]?.sample ?? '';
    const found = (what: string): number[] => all.map(({ numbers }) => numbers[what] ?? Number.NaN);
    const values = {
      'deliveries/s': spreadOf(found('deliveries')).most,
      'CPU µs/delivery': spreadOf(found('cpu')).least,
    };
    points.push({ at: count, values });
  }
  return { points, sample };
};

/** So many subscribers of one workspace that each get every change. */
export const live = async (bed: Bed, { quick, rounds }: Plan): Promise<Figure> => {
  const sizes = quick ? [100, 1000] : [10, 100, 1000];
  const times = quick ? 10 : 100;
  const world = await bed.world({ env: { HELIOGRAPH_ROLE: 'api' } });
  const [crowd, rawCrowd, raw] = await Promise.all([
    Assistant.start('subscribers'),
    Assistant.start('subscribers'),
    Assistant.start('raw-broadcast'),
  ]);
  try {
    const team = await openTeam(world, 'LIVE', 20);
    const { points, sample } = await grow(world, team, crowd, sizes, times);
    const count = sizes.at(-1) ?? 0;
    await rawCrowd.ask('open', { url: await raw.ask<string>('url'), count });
    const contenders: Contender[] = [
      {
        name: OURS,
        round: async () => (await changes(world, team, { assistant: crowd, count }, times)).numbers,
      },
      { name: RAW, round: () => rawChanges(raw, { assistant: rawCrowd, count }, times, sample) },
    ];
    const reading = await interleave(contenders, rounds);
    const deliveries = (of: string) => reading(of, 'deliveries', '/s');
    const cpuOf = (point: Curve['points'][number] | undefined): number =>
      point?.values['CPU µs/delivery'] ?? Number.NaN;
    const growth: Ratio = {
      of: `${count} subscribers`,
      over: `${sizes[0]}`,
      what: 'CPU of a delivery',
      perRound: [cpuOf(points.at(-1)) / cpuOf(points[0])],
      better: 'lower',
      goal: { atMost: 1.2 },
    };
    return {
      name: 'live',
      setup: [
        `${count} sockets with one subscription each of one workspace; ${times} changes in one transaction, each delivered to all.`,
        `${RAW}: ws sends the very same string (${sample.length} bytes) to as many sockets; it knows no viewer, no cursor, no resuming.`,
      ],
      readings: [OURS, RAW].flatMap((of) => [deliveries(of), reading(of, 'cpu', 'µs/delivery')]),
      ratios: [ratioOf(deliveries(OURS), deliveries(RAW), { atLeast: 0.5 }), growth],
      curves: [{ of: 'a change for each of', along: 'subscribers', points }],
    };
  } finally {
    await Promise.all([crowd.stop(), rawCrowd.stop(), raw.stop()]);
    await world.stop();
  }
};
