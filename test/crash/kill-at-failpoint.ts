import { FAILPOINTS, type Failpoint } from '../../src/config/failpoint-script.ts';
import { Torture } from '../support/torture.ts';
import type { Chance } from '../support/seeded.ts';

/** Passed only where an answer was lost. */
const NEEDS_LOST_ANSWERS: Failpoint = 'during-confirmation';
const BATCH = 10;

const loseAnswers = (torture: Torture): Promise<void> =>
  torture.world.slack.fault({ match: { method: 'chat.postMessage' }, fault: { type: 'reset_after' }, times: 3 });

const PAIR = 2;

/** Two deaths at one moment of a delivery, each at a random passing of it; messages come in until both have struck. */
const dieAt = async (torture: Torture, failpoint: Failpoint): Promise<void> => {
  const { chance, fleet } = torture;
  const start = () => fleet.add('delivery', { HELIOGRAPH_FAILPOINTS: `${failpoint}=kill@${chance.between(1, 3)}` });
  const victims = await Promise.all(Array.from({ length: PAIR }, start));
  const alive = new Set(victims);
  for (const victim of victims) void victim.exited().then(() => alive.delete(victim));
  while (alive.size > 0) {
    if (failpoint === NEEDS_LOST_ANSWERS) await loseAnswers(torture);
    const first = torture.accepted.size + 1;
    await torture.sendAll(first, first + BATCH - 1, { spreadMs: 200 });
  }
  for (const victim of victims) fleet.members.splice(fleet.members.indexOf(victim), 1);
};

/** kill -9 of processes exactly at each failpoint in turn, so many times each, beside a process that lives on. */
export const killAtFailpoints = async (chance: Chance, times: number): Promise<string> => {
  const torture = await Torture.start({ chance, roles: ['api', 'delivery'], channels: 6, latencyMs: 50 });
  try {
    for (const failpoint of FAILPOINTS) {
      for (let time = 0; time < times; time += PAIR) await dieAt(torture, failpoint);
    }
    await torture.world.slack.clearFaults();
    const restMs = await torture.untilAtRest(30_000);
    return `${await torture.expectClean()}; at rest ${restMs} ms after the last death`;
  } finally {
    await torture.stop();
  }
};
