import { Loop, within, type Stoppable } from '../platform/lifecycle.ts';
import type { Logger } from '../platform/logger.ts';
import type { InstallExpiryService } from './install-expiry.service.ts';

/** Unclaimed installs end within a minute after their time; this leaves room for slow rounds. */
const POLL_MS = 5000;
const BATCH = 100;

/** Any number of processes may run it. */
export const startInstallsWorker = (expiry: InstallExpiryService, logger: Logger): Stoppable =>
  new Loop(
    async () => ((await expiry.expireOverdue(BATCH)) ? 0 : POLL_MS),
    POLL_MS,
    (error) => logger.error({ err: error }, 'The expiry of installs failed; it goes on with its next round.'),
  ).start(within(POLL_MS));
