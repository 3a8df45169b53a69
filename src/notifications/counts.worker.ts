import { Loop, within, type Stoppable } from '../platform/lifecycle.ts';
import type { Logger } from '../platform/logger.ts';
import type { CountsRepository } from './counts.repository.ts';

const POLL_MS = 1000;
const BATCH = 5000;

/** Adds up the changes of the statistics. Any number of processes may run it, or none: then statistics take longer. */
export const startCountsWorker = (counts: CountsRepository, logger: Logger): Stoppable =>
  new Loop(
    async () => ((await counts.addUp(BATCH)) < BATCH ? POLL_MS : 0),
    POLL_MS,
    (error) => logger.error({ err: error }, 'Adding up the statistics failed; it goes on with the next round.'),
  ).start(within(POLL_MS));
