import { SealError, UnlistedKeyError } from '../credentials/sealing.ts';
import type { RefusedGrant } from '../credentials/principal.policy.ts';
import { isTooOld, MAX_AGE_DAYS } from '../credentials/revocation.policy.ts';
import type { RevocationService } from '../credentials/revocation.service.ts';
import type { Database } from '../platform/database.ts';
import { databaseNow, secondsAfter } from '../platform/database-time.ts';
import type { InstallId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import type { Install } from './install.entity.ts';
import type { InstallRepository } from './install.repository.ts';
import { refusedGrant, type PendingGrants } from './pending-grant.service.ts';

/** Another process may list the key of a grant: the first to look after this gives it back. */
const UNLISTED_KEY_PAUSE_SECONDS = 60;

/** Ends what nobody came back for, and gives unclaimed grants back to Slack. */
export class InstallExpiryService {
  constructor(
    private readonly database: Database,
    private readonly installs: InstallRepository,
    private readonly pendingGrants: PendingGrants,
    private readonly revocations: RevocationService,
    private readonly logger: Logger,
  ) {}

  /** One that cannot be ended does not keep the others from it. Says whether there may be more that can be ended now. */
  async expireOverdue(limit: number): Promise<boolean> {
    const overdue = await this.installs.overdue(this.database.em(), limit);
    let ended = 0;
    for (const id of overdue) if (await this.#tryToExpire(id)) ended += 1;
    return overdue.length === limit && ended > 0;
  }

  async #tryToExpire(id: InstallId): Promise<boolean> {
    try {
      await this.#expire(id);
      return true;
    } catch (error) {
      this.logger.error({ err: error, installId: id }, 'An overdue install could not be ended; it is tried again.');
      return false;
    }
  }

  async #expire(id: InstallId): Promise<void> {
    const revocations = await this.database.transaction(async (em) => {
      const install = await this.installs.lock(em, id);
      const now = await databaseNow(em);
      // Claimed, or claimed to be ended, since the list was read.
      if (install === null || install.finishedAt !== null || install.expiresAt > now) return [];
      const grant = this.#grantOf(install, now);
      if (grant === 'later') {
        install.expiresAt = secondsAfter(now, UNLISTED_KEY_PAUSE_SECONDS);
        return [];
      }
      Object.assign(install, { status: 'EXPIRED', grantSealed: null, finishedAt: now });
      await em.flush();
      return this.revocations.discard(em, grant);
    });
    this.revocations.attemptSoon(revocations);
  }

  /** The only copy of a living token is wiped only where nobody can open it, or nobody has been able to for long. */
  #grantOf(install: Install, now: Date): RefusedGrant[] | 'later' {
    const { grantSealed } = install;
    if (grantSealed === null) return [];
    try {
      return [refusedGrant(this.pendingGrants.open({ ...install, grantSealed }))];
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      const about = { err: error, installId: install.id };
      if (!(error instanceof UnlistedKeyError)) {
        this.logger.error(about, 'A grant cannot be opened, and so not be given back.');
        return [];
      }
      if (isTooOld(install.createdAt, now)) {
        this.logger.error(about, `No process listed the key of a grant in ${MAX_AGE_DAYS} days; given up.`);
        return [];
      }
      this.logger.warn(about, 'A grant waits for a process that lists its key, to be given back.');
      return 'later';
    }
  }
}
