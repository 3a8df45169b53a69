import { setTimeout as pause } from 'node:timers/promises';
import path from 'node:path';
import type { Program } from '../../test/support/processes.ts';
import { openDesk } from '../../test/support/desk.ts';
import { Assistant, BENCH_FOLDER } from '../assistant.ts';
import type { Bed } from '../bed.ts';
import { residentKb } from '../cpu.ts';
import type { Curve, Figure, Plan } from '../figures.ts';
import { ratioOf } from '../ratios.ts';
import { SUBSCRIPTION } from './live.ts';

const OURS = 'heliograph';
const BARE = 'bare graphql-ws';
const REPORTER = { NODE_OPTIONS: `--import=${path.resolve(BENCH_FOLDER, '../test/support/heap-reporter.mjs')}` };

interface Memory {
  readonly heapKb: number;
  readonly residentKb: number;
}

/** After a collection of what is no longer used. */
const memoryOf = async (program: Program): Promise<Memory> => {
  const seen = program.lines.length;
  program.kill('SIGWINCH');
  for (;;) {
    const line = program.lines.slice(seen).find((each) => each.startsWith('{"heapReport"'));
    if (line !== undefined)
      return {
        heapKb: (JSON.parse(line) as { heapUsed: number }).heapUsed / 1024,
        residentKb: residentKb(program.child.pid),
      };
    await pause(20);
  }
};

interface Target {
  readonly url: string;
  readonly token: string | undefined;
  readonly query: string;
  readonly variables: object;
}

/** What each subscription more costs, from some that have warmed it up. */
const grow = async (
  program: Program,
  target: Target,
  sizes: readonly number[],
): Promise<{ at: number; each: Memory }[]> => {
  const crowd = await Assistant.start('subscribers');
  try {
    const warm = 50;
    await crowd.ask('open', { ...target, count: warm });
    await pause(500);
    const before = await memoryOf(program);
    const found: { at: number; each: Memory }[] = [];
    for (const at of sizes) {
      await crowd.ask('open', { ...target, count: at });
      await pause(1500);
      const now = await memoryOf(program);
      const each = (what: keyof Memory): number => (now[what] - before[what]) / (at - warm);
      found.push({ at, each: { heapKb: each('heapKb'), residentKb: each('residentKb') } });
    }
    return found;
  } finally {
    await crowd.stop();
  }
};

/** Memory of subscriptions in which nothing happens. */
export const liveIdle = async (bed: Bed, { quick }: Plan): Promise<Figure> => {
  const sizes = quick ? [1000] : [1000, 10_000];
  const world = await bed.world({ env: { HELIOGRAPH_ROLE: 'api', ...REPORTER } });
  const bare = await Assistant.start('bare-graphql-ws', {}, REPORTER);
  try {
    const desk = await openDesk(world, 'idle');
    const { workspaceId, admin } = desk;
    const [server] = world.servers;
    if (!server) throw new Error('There is no server.');
    const url = `${world.url.replace('http', 'ws')}/graphql`;
    const ours = await grow(
      server,
      { url, token: admin.token, query: SUBSCRIPTION, variables: { workspaceId } },
      sizes,
    );
    const bareTarget = {
      url: await bare.ask<string>('url'),
      token: 'none',
      query: 'subscription { ticked }',
      variables: {},
    };
    const theirs = await grow(bare.program, bareTarget, sizes);
    const points: Curve['points'] = sizes.map((at, index) => ({
      at,
      values: {
        'KiB of RAM each': ours[index]?.each.residentKb ?? Number.NaN,
        'KiB of heap each': ours[index]?.each.heapKb ?? Number.NaN,
        'bare: KiB of RAM each': theirs[index]?.each.residentKb ?? Number.NaN,
        'bare: KiB of heap each': theirs[index]?.each.heapKb ?? Number.NaN,
      },
    }));
    const reading = (of: string, found: typeof ours, what: keyof Memory, atMost?: number) => ({
      of,
      what: what === 'heapKb' ? 'heap of a subscription' : 'RAM of a subscription',
      unit: 'KiB',
      values: [found.at(-1)?.each[what] ?? Number.NaN],
      ...(atMost === undefined ? {} : { goal: { atMost } }),
    });
    const ram = [reading(OURS, ours, 'residentKb', 24), reading(BARE, theirs, 'residentKb')] as const;
    const heap = [reading(OURS, ours, 'heapKb'), reading(BARE, theirs, 'heapKb')] as const;
    return {
      name: 'live, idle',
      setup: [
        `${sizes.at(-1)} sockets with one subscription each in which nothing happens; after a garbage collection.`,
      ],
      readings: [...ram, ...heap],
      ratios: [ratioOf(ram[0], ram[1]), ratioOf(heap[0], heap[1])],
      curves: [{ of: 'memory', along: 'subscriptions', points }],
    };
  } finally {
    await bare.stop();
    await world.stop();
  }
};
