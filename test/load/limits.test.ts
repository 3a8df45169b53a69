import { afterEach, expect, test } from 'vitest';
import {
  countWaiting,
  fillQueue,
  mostIn,
  openTeams,
  report,
  requestsOf,
  untilAtRest,
  wholeLedger,
} from '../support/load.ts';
import { inSomeRound } from '../support/rounds.ts';
import { send, World } from '../support/world.ts';
import { startLimited, times } from './limited-world.ts';

let world: World;
afterEach(() => world.stop());

const start = async (env: Record<string, string>, servers = 1): Promise<void> => {
  world = await startLimited('limits', env, servers);
};

test(
  'a full queue is overfilled by 1 % at most, however many call three processes at once',
  { timeout: 60_000 },
  async () => {
    const MAX = 10_000;
    const CALLERS = 600;
    await start({ QUEUE_MAX_PER_WORKSPACE: `${MAX}`, HELIOGRAPH_ROLE: 'api' }, 3);
    const [team] = await openTeams(world, { FULL: 20 });
    if (!team) throw new Error('There is no team.');
    await fillQueue(world.database, team, { rows: MAX - 200 });
    const admins = await Promise.all(world.urls.map((url) => world.as(team.admin.userId, { full: 'ADMIN' }, url)));
    const refused: number[] = [];
    const call = async (caller: number): Promise<void> => {
      const channelId = team.channels[caller % team.channels.length] ?? '';
      const { userErrors } = await send(admins[caller % admins.length] ?? team.admin, team.message({ channelId }));
      expect(userErrors.map(({ code }) => code).filter((code) => code !== 'QUEUE_FULL')).toEqual([]);
      refused.push(...userErrors.map(() => caller));
    };
    await Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)));
    const stored = await countWaiting(world.database);
    report('a full queue', { stored, of: MAX, refused: refused.length });
    expect(stored).toBe(MAX - 200 + CALLERS - refused.length);
    expect(stored).toBeLessThanOrEqual(MAX * 1.01);
    expect(stored).toBeGreaterThanOrEqual(MAX * 0.99);
  },
);

test('looks are had out of one budget of the team, over all processes together', { timeout: 60_000 }, async () => {
  const PER_SECOND = 2;
  const BURST = 20;
  const LOST = 30;
  const env = { SLACK_HISTORY_PER_MINUTE: `${PER_SECOND * 60}`, SLACK_TIMEOUT_MS: '2000', CONFIRM_SETTLE_SECONDS: '1' };
  await start({ ...env, TEAM_CONCURRENCY: '0' }, 2);
  const [team] = await openTeams(world, { LOST: LOST + 1 });
  if (!team) throw new Error('There is no team.');
  const [answered = '', ...lost] = team.channels;
  for (const channel of lost) {
    await world.slack.membership({ team: team.team, channel, user: 'bot', member: true });
    await world.slack.fault({ match: { method: 'chat.postMessage', channel }, fault: { type: 'reset_after' } });
  }
  // One channel goes on all the time: Slack answers, so no breaker slows the looks down.
  await fillQueue(world.database, { ...team, channels: [answered] }, { rows: 30 });
  await fillQueue(world.database, { ...team, channels: lost }, { rows: LOST });
  await untilAtRest(world.database, 40_000);
  const looks = times(await requestsOf(world, (method) => method === 'conversations.history'));
  const ends = await world.database.query('select status, count(*)::int as count from notifications group by 1');
  report('looks', { had: looks.length, 'most in a second': mostIn(1000, looks) });
  expect(ends).toEqual([{ status: 'DELIVERED', count: LOST + 30 }]);
  expect(looks.length).toBeGreaterThanOrEqual(LOST);
  // The budget is the database's; what is judged is when a look arrived, and the first may have been late by a second.
  for (const [index, from] of looks.entries())
    for (const until of looks.slice(index))
      expect(mostIn(until - from + 1, looks)).toBeLessThanOrEqual(BURST + PER_SECOND * ((until - from) / 1000 + 1) + 1);
});

/** The gaps between the posts of a channel that was answered a 429, and between those of the channel beside it. */
const gapsAfter429 = async (round: number): Promise<{ strict: number[]; free: number[] }> => {
  const [team] = await openTeams(world, { [`STRICT${round}`]: 2 });
  const [strict, free] = team?.channels ?? [];
  if (!team || !strict || !free) throw new Error('There is no team.');
  const limit = {
    match: { method: 'chat.postMessage', channel: strict },
    fault: { type: 'ratelimit', retryAfter: '1' },
  };
  await world.slack.fault(limit);
  await fillQueue(world.database, team, { rows: 10 });
  await untilAtRest(world.database, 20_000);
  const posts = await wholeLedger(world);
  const gaps = (channel: string): number[] => {
    const at = posts.filter((post) => post.channel === channel).map((post) => post.at);
    return at.slice(1).map((time, index) => time - (at[index] ?? 0));
  };
  return { strict: gaps(strict), free: gaps(free) };
};

test('a channel that got a 429 has no burst any more; the next one has', async () => {
  const GAP_MS = 500;
  world = await World.start({
    env: { CHANNEL_MESSAGES_PER_SECOND: '2', CHANNEL_BURST: '3', TEAM_MESSAGES_PER_MINUTE: '0' },
  });
  await world.slack.config({ channelPostsPerSecond: 0 });
  const isPaced = await inSomeRound(3, async (round) => {
    const { strict, free } = await gapsAfter429(round);
    report('after a 429', { gaps: strict.join(' '), 'beside it': free.join(' ') });
    // What the way to Slack differs from one message to the next is no burst.
    return Math.min(...strict) > GAP_MS / 2 && Math.min(...free) < GAP_MS / 2;
  });
  expect(isPaced).toBe(true);
});
