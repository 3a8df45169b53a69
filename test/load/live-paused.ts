import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { NotificationHistoryDocument } from '../generated/graphql.ts';
import { residentKiB } from '../support/crowd.ts';
import { Follower } from '../support/follower.ts';
import { LogWriter } from '../support/log-writer.ts';
import type { Chance } from '../support/seeded.ts';
import { World } from '../support/world.ts';

export interface PausedPlan {
  readonly warmUp: number;
  readonly changes: number;
  readonly others: number;
  /** Changes in one transaction, and the time between two. */
  readonly slice: number;
  readonly everyMs: number;
}

const WORKSPACE = 'paused';

const p95 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] as number;

interface Scene {
  readonly world: World;
  readonly writer: LogWriter;
  readonly slow: Follower;
  /** At the same process as the slow one, and at another that has none. */
  readonly beside: readonly Follower[];
  readonly elsewhere: readonly Follower[];
}

const openScene = async (chance: Chance, { others }: PausedPlan): Promise<Scene> => {
  const world = await World.start({ env: { HELIOGRAPH_ROLE: 'api' }, servers: 2 });
  const admin = await world.as('ana', { [WORKSPACE]: 'ADMIN' });
  const { notificationHistory } = await admin.run(NotificationHistoryDocument, { workspaceId: WORKSPACE, first: 1 });
  const followerAt = (url = ''): Follower =>
    new Follower({
      url: () => url,
      token: admin.token ?? '',
      workspaceId: WORKSPACE,
      cursor: notificationHistory.liveCursor,
      chance: () => chance.next(),
    });
  const [here, there] = world.urls;
  return {
    world,
    writer: new LogWriter(world.database, WORKSPACE),
    slow: followerAt(here),
    beside: Array.from({ length: others }, () => followerAt(here)),
    elsewhere: Array.from({ length: others }, () => followerAt(there)),
  };
};

/** Writes changes at a steady pace until everybody who reads has them; says how late they came and what was held. */
const run = async (
  { world, writer, beside, elsewhere }: Scene,
  readers: readonly Follower[],
  changes: number,
  { slice, everyMs }: PausedPlan,
) => {
  const lagsOf = (followers: readonly Follower[]): number[] => {
    const lags: number[] = [];
    for (const follower of followers) follower.onChange = ({ at }) => lags.push(Date.now() - Date.parse(at));
    return lags;
  };
  const lags = [lagsOf(beside), lagsOf(elsewhere)] as const;
  const all = readers.map((reader) => reader.until(reader.got.length + changes));
  const pids = world.servers.map(({ child }) => child.pid ?? 0);
  let peaksMiB = [0, 0];
  for (let written = 0; written < changes; written += slice) {
    await Promise.all([writer.write(slice), pause(everyMs)]);
    peaksMiB = peaksMiB.map((peak, server) => Math.max(peak, residentKiB(pids[server] ?? 0) / 1024));
  }
  await Promise.all(all);
  return { besideMs: p95(lags[0]), elsewhereMs: p95(lags[1]), peaksMiB };
};

/** One socket that is not read: what it costs its process, and the others there; and that it gets everything after. */
export const pauseOne = async (name: string, chance: Chance, plan: PausedPlan) => {
  const scene = await openScene(chance, plan);
  const { world, writer, slow, beside, elsewhere } = scene;
  const others = [...beside, ...elsewhere];
  try {
    // What a busy process holds anyhow is held before anything is measured.
    const before = await run(scene, [slow, ...others], plan.warmUp, plan);
    slow.pause();
    const { peaksMiB, besideMs, elsewhereMs } = await run(scene, others, plan.changes, plan);
    const missed = plan.warmUp + plan.changes - slow.got.length;
    slow.resume();
    await slow.until(plan.warmUp + plan.changes);
    const marks = (await writer.logged()).map(({ mark }) => mark);
    for (const one of [slow, ...others]) expect(one.got).toEqual(marks);
    expect(slow.connections).toBe(1);
    expect(world.servers[0]?.lines.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
    const [growthMiB = 0, growthElsewhereMiB = 0] = peaksMiB.map(
      (peak, server) => peak - (before.peaksMiB[server] ?? 0),
    );
    const lagRatio = besideMs / elsewhereMs;
    process.stdout.write(
      `${name}: ${missed} changes past a paused socket, its process grew by ${growthMiB.toFixed(1)} MiB, another that has ` +
        `none by ${growthElsewhereMiB.toFixed(1)}; p95 lag of the others there ${besideMs} ms, at the other ${elsewhereMs} ms ` +
        `(${lagRatio.toFixed(2)})\n`,
    );
    return { growthMiB, ownGrowthMiB: growthMiB - growthElsewhereMiB, lagRatio };
  } finally {
    await Promise.all([slow, ...others].map((one) => one.stop()));
    await world.stop();
  }
};
