import { expect } from 'vitest';
import { UNPACED } from '../support/desk.ts';
import {
  fillQueue,
  isNoSlower,
  openTeams,
  postRequests,
  report,
  requestsOf,
  sendFor,
  spread,
  type LoadTeam,
} from '../support/load.ts';
import { inSomeRound } from '../support/rounds.ts';
import type { Chance } from '../support/seeded.ts';
import { World } from '../support/world.ts';

export interface HangingPlan {
  readonly phaseMs: number;
  readonly timeoutMs: number;
}

const CONCURRENCY = 10;
const ROUNDS = 3;

const countOf = (requests: readonly { readonly team: string | null }[], { team }: LoadTeam): number =>
  requests.filter((request) => request.team === team).length;

const requestsBy = async (world: World, team: LoadTeam): Promise<number> =>
  countOf(await requestsOf(world, () => true), team);

/** As if it had never failed, until as much of it hangs as may. What is measured then is the hanging, not its beginning. */
const untilHanging = async (world: World, team: LoadTeam, before: number): Promise<void> => {
  await world.database.query(
    `update delivery_teams set failures_in_a_row = 0, paused_until = '-infinity', turn_at = now() where team_id = $1`,
    [team.team],
  );
  await expect.poll(() => requestsBy(world, team)).toBeGreaterThanOrEqual(before + CONCURRENCY);
};

const putToRest = (world: World, { team }: LoadTeam): Promise<object[]> =>
  world.database.query(
    `update delivery_teams set paused_until = now() + interval '1 hour', turn_at = 'infinity' where team_id = $1`,
    [team],
  );

/** Slack never answers one team, which has something waiting in each of 50 channels; another team is quiet. */
export const hangBeside = async (name: string, chance: Chance, { phaseMs, timeoutMs }: HangingPlan): Promise<void> => {
  const limits = { TEAM_CONCURRENCY: `${CONCURRENCY}`, DELIVERY_CONCURRENCY: '50' };
  const world = await World.start({
    env: { ...UNPACED, ...limits, SLACK_TIMEOUT_MS: `${timeoutMs}` },
    simulator: { seed: chance.seed },
  });
  try {
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 20 });
    const [hanging, quiet] = await openTeams(world, { HANGING: 50, QUIET: 3 });
    if (!hanging || !quiet) throw new Error('There are no teams.');
    const phase = (label: string, ms = phaseMs): Promise<number[]> => sendFor(world, quiet, { ms, gapMs: 40, label });
    await phase('warm', phaseMs / 4);
    let before = await phase('alone');
    await world.slack.fault({ match: { method: '*', team: hanging.team }, fault: { type: 'hang' }, times: 0 });
    let requests = await requestsBy(world, hanging);
    await fillQueue(world.database, hanging, { rows: 500 });
    const isFair = await inSomeRound(ROUNDS, async (round) => {
      await untilHanging(world, hanging, requests);
      const beside = await phase(`beside ${round}`);
      await putToRest(world, hanging);
      const after = await phase(`alone again ${round}`);
      const alone = [...before, ...after];
      before = after;
      requests = await requestsBy(world, hanging);
      report(`${name}, round ${round}`, { alone: spread(alone), beside: spread(beside) });
      return isNoSlower(beside, alone);
    });
    const posts = countOf(await postRequests(world), hanging);
    report(name, { 'hanging posts': posts });
    expect(posts).toBeGreaterThanOrEqual(CONCURRENCY);
    expect(isFair).toBe(true);
  } finally {
    await world.slack.clearFaults();
    await world.stop();
  }
};
