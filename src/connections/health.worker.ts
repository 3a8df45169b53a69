import { Loop, type Stoppable } from '../platform/lifecycle.ts';
import type { Logger } from '../platform/logger.ts';
import type { HealthService } from './health.service.ts';

const POLL_MS = 2000;
const BATCH = 20;
const BETWEEN_BATCHES_MS = 500;

/** Any number of processes may run it. */
export const startHealthWorker = (health: HealthService, logger: Logger): Stoppable => {
  const work = async () => ((await health.checkDue(BATCH)) < BATCH ? POLL_MS : BETWEEN_BATCHES_MS);
  return new Loop(work, POLL_MS, (error) =>
    logger.error({ err: error }, 'Checking authorizations failed; it goes on with the next round.'),
  ).start();
};
