import { expect } from 'vitest';
import { fillQueue, openTeams, postRequests, report, untilAtRest, wholeLedger } from '../support/load.ts';
import type { Chance } from '../support/seeded.ts';
import { World } from '../support/world.ts';

export interface PacePlan {
  readonly perSecond: number;
  readonly seconds: number;
}

const BURST = 3;

/** One channel that always has something waiting, at the rate that Slack enforces to the message. */
export const keepPace = async (name: string, chance: Chance, { perSecond, seconds }: PacePlan): Promise<void> => {
  const world = await World.start({
    env: { CHANNEL_MESSAGES_PER_SECOND: `${perSecond}`, CHANNEL_BURST: `${BURST}`, TEAM_MESSAGES_PER_MINUTE: '0' },
    simulator: ['--seed', `${chance.seed}`],
  });
  try {
    await world.slack.config({ channelPostsPerSecond: perSecond, channelBurst: BURST, latencyMs: 20 });
    const [team] = await openTeams(world, { PACE: 1 });
    if (!team) throw new Error('There is no team.');
    const total = perSecond * seconds + BURST;
    // Straight into the queue: an API that is slow to accept must not pass for a channel that is slow to send.
    await fillQueue(world.database, team, { rows: total });
    await untilAtRest(world.database, seconds * 1000 + 20_000);
    const ledger = await wholeLedger(world);
    const requests = await postRequests(world);
    // The burst goes first; what is paced is what follows it.
    const times = ledger.map(({ at }) => at).slice(BURST - 1);
    const tookSeconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    const share = (times.length - 1) / (tookSeconds * perSecond);
    const limited = requests.filter(({ status }) => status === 429).length / requests.length;
    const late = times.slice(1).map((at, index) => at - (times[0] ?? 0) - ((index + 1) * 1000) / perSecond);
    report(name, {
      'of the allowed rate': `${(share * 100).toFixed(1)} %`,
      'answered 429': `${(limited * 100).toFixed(1)} %`,
      posts: ledger.length,
      'behind the ideal at the end': `${Math.round(late.at(-1) ?? 0)} ms`,
    });
    expect(ledger.map(({ text }) => text)).toEqual(Array.from({ length: total }, (_, index) => `filling ${index + 1}`));
    expect(share).toBeGreaterThanOrEqual(0.97);
    expect(limited).toBeLessThan(0.01);
  } finally {
    await world.stop();
  }
};
