import { FAILPOINTS, type Failpoint } from '../../src/config/failpoint-script.ts';
import { Torture } from '../support/torture.ts';
import type { Chance } from '../support/seeded.ts';

/** Passed only where an answer was lost. */
const NEEDS_LOST_ANSWERS: Failpoint = 'during-confirmation';
const BATCH = 10;

const loseAnswers = (torture: Torture): Promise<void> =>
  torture.world.slack.fault({ match: { method: 'chat.postMessage' }, fault: { type: 'reset_after' }, times: 3 });

/** One death at one moment of a delivery, at a random passing of it; messages come in until it has struck. */
const dieAt = async (torture: Torture, failpoint: Failpoint): Promise<void> => {
  const { chance, fleet } = torture;
  const victim = await fleet.add('delivery', { HELIOGRAPH_FAILPOINTS: `${failpoint}=kill@${chance.between(1, 3)}` });
  let dead = false;
  void victim.exited().then(() => (dead = true));
  while (!dead) {
    if (failpoint === NEEDS_LOST_ANSWERS) await loseAnswers(torture);
    const first = torture.accepted.size + 1;
    await torture.sendAll(first, first + BATCH - 1, { spreadMs: 200 });
  }
  fleet.members.splice(fleet.members.indexOf(victim), 1);
};

/** kill -9 of a process exactly at each failpoint in turn, beside a process that lives on. */
export const killAtFailpoints = async (chance: Chance, times: number): Promise<string> => {
  const torture = await Torture.start({ chance, roles: ['api', 'delivery'], channels: 6, latencyMs: 50 });
  try {
    for (const failpoint of FAILPOINTS) {
      for (let time = 0; time < times; time += 1) await dieAt(torture, failpoint);
    }
    await torture.world.slack.clearFaults();
    const restMs = await torture.untilAtRest(30_000);
    return `${await torture.expectClean()}; at rest ${restMs} ms after the last death`;
  } finally {
    await torture.stop();
  }
};
