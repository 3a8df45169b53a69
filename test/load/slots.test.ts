import { expect, test } from 'vitest';
import { BREAKER_FAILURES } from '../../src/delivery/pace.policy.ts';
import { UNPACED } from '../support/desk.ts';
import { CLEAN, fillQueue, judge, openTeams, postRequests, report, untilAtRest } from '../support/load.ts';
import { chanceOf } from '../support/seeded.ts';
import { World } from '../support/world.ts';

const SLOTS = 20;
const ROWS = 1200;

const countAttempts = async ({ database }: World, outcome: string): Promise<number> => {
  const [row] = await database.query<{ count: number }>(
    'select count(*)::int as count from delivery_attempts where outcome = $1',
    [outcome],
  );
  return row?.count ?? 0;
};

/** A team with a hundred channels on so many slots, in the midst of being sent to. */
const startSending = async (env: Record<string, string>, seed: number): Promise<World> => {
  const world = await World.start({
    env: { ...UNPACED, TEAM_CONCURRENCY: '0', DELIVERY_CONCURRENCY: `${SLOTS}`, ...env },
    simulator: { seed },
  });
  await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 20 });
  const [team] = await openTeams(world, { BUSY: 100 });
  if (!team) throw new Error('There is no team.');
  const join = { team: team.team, user: 'bot', member: true };
  await Promise.all(team.channels.map((channel) => world.slack.membership({ ...join, channel })));
  await fillQueue(world.database, team, { rows: ROWS });
  await expect.poll(() => countAttempts(world, 'DELIVERED')).toBeGreaterThan(ROWS / 10);
  return world;
};

test(
  'what was claimed for a slot that Slack, silent all of a sudden, does not free is not posted late, keeps its place, and is sent once',
  { timeout: 90_000 },
  async () => {
    const { seed } = chanceOf('slots');
    // Looks for what was lost come one after the other, and are not what is counted here.
    const impatient = { SLACK_TIMEOUT_MS: '2000', CONFIRM_SETTLE_SECONDS: '1', SLACK_HISTORY_PER_MINUTE: '6000' };
    const world = await startSending(impatient, seed);
    try {
      await world.slack.fault({ match: { method: 'chat.postMessage' }, fault: { type: 'hang' }, times: 0 });
      await expect.poll(() => countAttempts(world, 'UNKNOWN'), { timeout: 10_000 }).toBeGreaterThan(0);
      await expect.poll(() => countAttempts(world, 'IN_FLIGHT'), { timeout: 10_000 }).toBe(0);
      const lost = await countAttempts(world, 'UNKNOWN');
      const backInLine = await countAttempts(world, 'RETRYABLE');
      report('a sudden silence', { slots: SLOTS, lost, 'back in line': backInLine });
      await world.slack.clearFaults();
      expect(lost).toBeLessThanOrEqual(SLOTS + BREAKER_FAILURES);
      expect(backInLine).toBeGreaterThan(0);
      await untilAtRest(world.database, 60_000);
      expect(await judge(world)).toEqual(CLEAN);
      // What went back in line was not at Slack: each message is one request, and a lost one another.
      expect((await postRequests(world)).length).toBe(ROWS + (await countAttempts(world, 'CONFIRMED_ABSENT')));
    } finally {
      await world.slack.clearFaults();
      await world.stop();
    }
  },
);

test('what was claimed before Slack limited the whole team is not posted, keeps its place, and is sent once', async () => {
  const world = await startSending({}, chanceOf('a team that is limited').seed);
  try {
    const limited = { type: 'ratelimit', retryAfter: '2' };
    await world.slack.fault({ match: { method: 'chat.postMessage' }, fault: limited, times: 2 });
    await expect.poll(() => countAttempts(world, 'RATE_LIMITED')).toBe(2);
    await expect.poll(() => countAttempts(world, 'IN_FLIGHT')).toBe(0);
    const backInLine = await countAttempts(world, 'RETRYABLE');
    report('a team that is limited', { slots: SLOTS, 'back in line': backInLine });
    expect(backInLine).toBeGreaterThan(0);
    await untilAtRest(world.database, 60_000);
    expect(await judge(world)).toEqual(CLEAN);
    expect(await postRequests(world)).toHaveLength(ROWS + 2);
  } finally {
    await world.stop();
  }
});
