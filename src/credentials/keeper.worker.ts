import { Loop, within, type Stoppable } from '../platform/lifecycle.ts';
import type { Logger } from '../platform/logger.ts';
import type { RefreshService } from './refresh.service.ts';

const POLL_MS = 5000;
/** Slack allows about 600 of these calls a minute for the whole app: a batch every half second stays below. */
const BATCH = 4;
const BETWEEN_BATCHES_MS = 500;

/** Keeps tokens alive that nobody uses: a refresh token that waits too long may not open anything any more. */
export const startKeeper = (refreshes: RefreshService, logger: Logger): Stoppable => {
  const work = async () => ((await refreshes.refreshDue(BATCH)) < BATCH ? POLL_MS : BETWEEN_BATCHES_MS);
  return new Loop(work, POLL_MS, (error) =>
    logger.error({ err: error }, 'Refreshing idle tokens failed; it goes on with the next round.'),
  ).start(within(POLL_MS));
};
