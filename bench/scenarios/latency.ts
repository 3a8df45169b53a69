import { sendFor } from '../../test/support/load.ts';
import { openTeam, type Bed } from '../bed.ts';
import type { Figure, Plan } from '../figures.ts';
import { quantileOf } from '../ratios.ts';

const GAP_MS = 50;

/** One message after another, with nothing else to do: from being accepted to being at Slack. */
export const latency = async (bed: Bed, { quick, rounds }: Plan): Promise<Figure> => {
  const world = await bed.world();
  try {
    await world.slack.config({ channelPostsPerSecond: 0, keepMessagesPerChannel: 10 });
    const team = await openTeam(world, 'IDLE', 20);
    await sendFor(world, team, { ms: 1500, gapMs: GAP_MS, label: 'warm' });
    const perRound: number[][] = [];
    for (let round = 0; round < rounds; round += 1)
      perRound.push(await sendFor(world, team, { ms: quick ? 1500 : 10_000, gapMs: GAP_MS, label: `round ${round}` }));
    const reading = (what: string, share: number, atMost?: number) => ({
      of: 'heliograph',
      what,
      unit: 'ms',
      values: perRound.map((values) => quantileOf(values, share)),
      ...(atMost === undefined ? {} : { goal: { atMost } }),
    });
    return {
      name: 'latency',
      setup: [
        `Idle but for a message every ${GAP_MS} ms; from the time of its transaction (before the commit) to its arrival at Slack; role all.`,
      ],
      readings: [reading('accepted to Slack, p50', 0.5, 15), reading('accepted to Slack, p99', 0.99, 60)],
      ratios: [],
    };
  } finally {
    await world.stop();
  }
};
