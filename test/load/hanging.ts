import { expect } from 'vitest';
import { UNPACED } from '../support/desk.ts';
import { fillQueue, isNoSlower, openTeams, postRequests, report, sendFor, spread } from '../support/load.ts';
import type { Chance } from '../support/seeded.ts';
import { World } from '../support/world.ts';

export interface HangingPlan {
  readonly phaseMs: number;
  readonly timeoutMs: number;
}

/** Slack never answers one team, which has something waiting in each of 50 channels; another team is quiet. */
export const hangBeside = async (name: string, chance: Chance, { phaseMs, timeoutMs }: HangingPlan): Promise<void> => {
  const world = await World.start({
    env: { ...UNPACED, SLACK_TIMEOUT_MS: `${timeoutMs}`, TEAM_CONCURRENCY: '10', DELIVERY_CONCURRENCY: '50' },
    simulator: ['--seed', `${chance.seed}`],
  });
  try {
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 20 });
    const [hanging, quiet] = await openTeams(world, { HANGING: 50, QUIET: 3 });
    if (!hanging || !quiet) throw new Error('There are no teams.');
    await sendFor(world, quiet, { ms: phaseMs / 4, gapMs: 40, label: 'warm' });
    const before = await sendFor(world, quiet, { ms: phaseMs, gapMs: 40, label: 'alone' });
    await world.slack.fault({ match: { method: '*', team: hanging.team }, fault: { type: 'hang' }, times: 0 });
    await fillQueue(world.database, hanging, { rows: 500 });
    const beside = await sendFor(world, quiet, { ms: phaseMs, gapMs: 40, label: 'beside' });
    const requests = (await postRequests(world)).filter(({ team }) => team === hanging.team);
    await world.database.query(
      `update delivery_teams set paused_until = now() + interval '1 hour', turn_at = 'infinity' where team_id = $1`,
      [hanging.team],
    );
    const after = await sendFor(world, quiet, { ms: phaseMs, gapMs: 40, label: 'alone again' });
    const alone = [...before, ...after];
    report(name, { alone: spread(alone), beside: spread(beside), 'hanging posts': requests.length });
    expect(requests.length).toBeGreaterThanOrEqual(10);
    expect(isNoSlower(beside, alone)).toBe(true);
  } finally {
    await world.slack.clearFaults();
    await world.stop();
  }
};
