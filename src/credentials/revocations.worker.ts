import { Loop, within, type Stoppable } from '../platform/lifecycle.ts';
import type { Logger } from '../platform/logger.ts';
import type { RevocationService } from './revocation.service.ts';

const POLL_MS = 5000;
const BATCH = 20;

/** The durable job: revokes at Slack what could not be revoked at once. Any number of processes may run it. */
export const startRevocationsWorker = (revocations: RevocationService, logger: Logger): Stoppable =>
  new Loop(
    (stopping) => revocations.attemptDue(BATCH, stopping),
    POLL_MS,
    (error) => logger.error({ err: error }, 'The revocations job failed; it goes on with its next round.'),
  ).start(within(POLL_MS));
