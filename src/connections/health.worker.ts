import { Loop, within, type Stoppable } from '../platform/lifecycle.ts';
import type { Logger } from '../platform/logger.ts';
import type { HealthService } from './health.service.ts';
import type { RepeatedFailures } from './repeated-failures.service.ts';

const POLL_MS = 2000;
const BATCH = 20;
const BETWEEN_BATCHES_MS = 500;
const FORGET_EVERY_MS = 600_000;

/** Checks authorizations, and forgets failures that nobody repeats. Any number of processes may run it. */
export const startHealthWorker = (health: HealthService, failures: RepeatedFailures, logger: Logger): Stoppable => {
  const failed = (error: unknown) =>
    logger.error({ err: error }, 'Checking authorizations failed; it goes on with the next round.');
  const check = async () => ((await health.checkDue(BATCH)) < BATCH ? POLL_MS : BETWEEN_BATCHES_MS);
  const loops = [
    new Loop(check, POLL_MS, failed).start(within(POLL_MS)),
    new Loop(() => failures.forgetOld(), FORGET_EVERY_MS, failed).start(within(POLL_MS)),
  ];
  return { stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))) };
};
