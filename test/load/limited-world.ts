import type { RequestEntry } from '../../simulator/ledger.ts';
import { UNPACED } from '../support/desk.ts';
import { chanceOf } from '../support/seeded.ts';
import { World } from '../support/world.ts';

export const LATENCY_MS = 250;

/** Heliograph with these limits, before a Slack that has none and takes its time. */
export const startLimited = async (name: string, env: Record<string, string>, servers = 1): Promise<World> => {
  const { seed } = chanceOf(name);
  const world = await World.start({ env: { ...UNPACED, ...env }, servers, simulator: { seed } });
  await world.slack.config({ channelPostsPerSecond: 0, latencyMs: LATENCY_MS });
  return world;
};

export const times = (requests: readonly RequestEntry[]): number[] => requests.map(({ at }) => at);
