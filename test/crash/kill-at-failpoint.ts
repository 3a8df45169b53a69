import { setTimeout as pause } from 'node:timers/promises';
import { FAILPOINTS, type Failpoint } from '../../src/config/failpoint-script.ts';
import { Torture } from '../support/torture.ts';
import type { Chance } from '../support/seeded.ts';

const PAIR = 2;
const BATCH = 10;
/** Lost of all answers: without any nothing is ever looked up. Few, so that Slack is not taken to be down. */
const LOST = 0.15;
/** No more comes in while so many wait: what is measured is how they end, not how long a pile takes. */
const MOST_WAITING = 60;

const sendBatch = async (torture: Torture): Promise<void> => {
  if ((await torture.waiting()) > MOST_WAITING) return pause(100);
  const first = torture.accepted.size + 1;
  await torture.sendAll(first, first + BATCH - 1, { spreadMs: 200 });
};

/** Dies at a random passing of the failpoint; perhaps before it is ready, over what another one left. */
const dieAt = async ({ chance, fleet }: Torture, failpoint: Failpoint): Promise<void> => {
  const env = { HELIOGRAPH_FAILPOINTS: `${failpoint}=kill@${chance.between(1, 3)}` };
  const victim = await fleet.add('delivery', env).catch((error: unknown) => {
    if (!String(error).includes('ended with SIGKILL')) throw error;
  });
  await victim?.exited();
};

/** Two deaths at every moment of a delivery, all under the same messages; these come in until the last has struck. */
const strikeEverywhere = async (torture: Torture): Promise<void> => {
  const over = new AbortController();
  const deaths = Promise.all(
    FAILPOINTS.flatMap((failpoint) => Array.from({ length: PAIR }, () => dieAt(torture, failpoint))),
  ).finally(() => over.abort());
  // Looked at below; until then an error must not count as one that nobody handles.
  deaths.catch(() => undefined);
  while (!over.signal.aborted) await sendBatch(torture);
  await deaths;
};

/** kill -9 of processes exactly at each failpoint, so many times each, beside a process that lives on. */
export const killAtFailpoints = async (chance: Chance, times: number): Promise<string> => {
  const torture = await Torture.start({ chance, roles: ['api', 'delivery'], channels: 6, latencyMs: 50 });
  try {
    const lose = { match: { method: 'chat.postMessage' }, fault: { type: 'reset_after' } };
    await torture.world.slack.fault({ ...lose, times: 0, probability: LOST });
    for (let time = 0; time < times; time += PAIR) await strikeEverywhere(torture);
    await torture.world.slack.clearFaults();
    const restMs = await torture.untilAtRest(30_000);
    return `${await torture.expectClean()}; at rest ${restMs} ms after the last death`;
  } finally {
    await torture.stop();
  }
};
