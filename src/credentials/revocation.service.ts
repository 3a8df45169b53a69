import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { databaseNow, secondsAfter } from '../platform/database-time.ts';
import { newId, type CredentialId, type RevocationId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import { Secret } from '../platform/secret.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import type { Credential } from './credential.entity.ts';
import type { CredentialRepository } from './credential.repository.ts';
import type { CredentialVault } from './credential-vault.service.ts';
import type { RefusedGrant } from './principal.policy.ts';
import type { PrincipalUsers } from './principal-users.ts';
import type { Revocation } from './revocation.entity.ts';
import { isTooOld, MAX_AGE_DAYS, revokeResult, type RevokeResult } from './revocation.policy.ts';
import type { RevocationRepository } from './revocation.repository.ts';
import { revocationContext, revocationContexts } from './revoked-token.ts';
import { SealError, type Sealer } from './sealing.ts';

/**
 * What became of one attempt. `forgotten`: somebody uses the principal (again), so its token must live. `busy`: another
 * call for the same principal is on its way, as where a rotating grant has two tokens to end.
 */
export type AttemptResult = 'revoked' | 'forgotten' | 'later' | 'busy';

const REVOKE_TIMEOUT_MS = 2500;
/** A call that has not left by then is not made: its lease may be over before Slack gets it. */
const REVOKE_START_WITHIN_MS = 2000;
/** Longer than a call can take, and than Slack may take to apply one whose answer was lost: a person who installs anew waits. */
export const REVOKE_LEASE_SECONDS = 10;
/** The first attempt is made at once by whoever recorded the revocation; the durable job takes over after this. */
const FIRST_JOB_ATTEMPT_SECONDS = 10;
/** Until an install that waits has looked again. */
const PUT_OFF_SECONDS = 5;
/** The rest of a big workspace goes to the durable job: Slack allows about one revoke a second. */
const MAX_ATTEMPTS_AT_ONCE = 10;
/** Another process may list its key: the first to look after this takes it, and that must not always be the same one. */
const UNREADABLE_PAUSE_SECONDS = 300;
const UNREADABLE_SPREAD_SECONDS = 30;

type Begun =
  | { kind: 'call'; token: Secret; credentialId: CredentialId; attempts: number; createdAt: Date; startedAtMs: number }
  | { kind: AttemptResult };

/**
 * Ends grants at Slack, and never somebody else's: without token rotation a revoke ends the whole grant of a principal,
 * so it is called only while nobody uses that principal, and nobody starts to use it while a call may be on its way.
 */
export class RevocationService {
  readonly #open = new Set<Promise<AttemptResult>>();

  constructor(
    private readonly database: Database,
    private readonly credentials: CredentialRepository,
    private readonly revocations: RevocationRepository,
    private readonly vault: CredentialVault,
    private readonly sealer: Sealer,
    private readonly users: PrincipalUsers,
    private readonly slack: SlackGateway,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly logger: Logger,
  ) {}

  /** Grants that are not kept, or not any more. Attempt what it answers once the transaction is committed. */
  async discard(em: EntityManager, grants: readonly RefusedGrant[]): Promise<RevocationId[]> {
    const owners = new Map<CredentialId, Secret[]>();
    for (const { principal, tokens } of grants) {
      const id = await this.credentials.ensure(em, principal);
      owners.set(id, [...(owners.get(id) ?? []), ...tokens]);
    }
    const now = await databaseNow(em);
    const ids: RevocationId[] = [];
    for (const principal of await this.credentials.lock(em, [...owners.keys()])) {
      if ((await this.users.used(em, [principal.id])).size > 0) continue;
      for (const token of owners.get(principal.id) ?? []) ids.push(this.#record(em, principal, token, now));
    }
    await em.flush();
    return ids;
  }

  /**
   * For principals that have lost a user. Under their locks: the last one out wipes the tokens and records their end. All at
   * once, since each flush looks through all that the transaction has read.
   */
  async release(em: EntityManager, principals: readonly Credential[], now: Date): Promise<RevocationId[]> {
    await em.flush();
    const used = await this.users.used(
      em,
      principals.map(({ id }) => id),
    );
    const ids: RevocationId[] = [];
    for (const principal of principals.filter(({ id }) => !used.has(id))) {
      ids.push(...this.vault.tokensOf(principal).map((token) => this.#record(em, principal, token, now)));
      this.vault.wipe(principal, now);
    }
    await em.flush();
    return ids;
  }

  /** A completed install: what was waiting to be revoked is in use again. Under the principal's lock. */
  async keep(em: EntityManager, principal: Credential): Promise<void> {
    await this.revocations.removeOfPrincipal(em, principal.id);
  }

  /** An install waits for the call that may be on its way, and not for the next one as well. Under the principal's lock. */
  async putOff(em: EntityManager, principal: Credential, now: Date): Promise<void> {
    await this.revocations.putOff(em, principal.id, secondsAfter(now, PUT_OFF_SECONDS));
  }

  /** The answer that a person gets: null where nothing had to be revoked, false where it goes on in the background. */
  async attemptAll(ids: readonly RevocationId[], withinMs: number): Promise<boolean | null> {
    if (ids.length === 0) return null;
    const inTime = AbortSignal.timeout(withinMs);
    const late = new Promise<'later'>((resolve) => inTime.addEventListener('abort', () => resolve('later')));
    const now = ids.slice(0, MAX_ATTEMPTS_AT_ONCE);
    const results = await Promise.all(now.map((id) => Promise.race([this.attempt(id), late])));
    for (const [index, id] of now.entries()) {
      if (results[index] === 'busy') results[index] = await Promise.race([this.attempt(id), late]);
    }
    if (results.includes('later') || results.includes('busy') || now.length < ids.length) return false;
    return results.includes('revoked') ? true : null;
  }

  /** For whoever has nobody waiting for the answer. One after the other: tokens of one principal wait for each other. */
  attemptSoon(ids: readonly RevocationId[]): void {
    void ids.reduce<Promise<unknown>>((before, id) => before.then(() => this.attempt(id)), Promise.resolve());
  }

  /**
   * Attempts what is due, one after the other: a flood of refused installs must not become a flood of calls. What is left
   * when it is told to stop stays due.
   */
  async attemptDue(limit: number, stopping: AbortSignal): Promise<void> {
    for (const id of await this.revocations.due(this.database.em(), limit)) {
      if (stopping.aborted) return;
      await this.attempt(id, { onlyIfDue: true });
    }
  }

  /** Never throws: what went wrong is tried again by the durable job. */
  attempt(id: RevocationId, options: { onlyIfDue?: boolean } = {}): Promise<AttemptResult> {
    const attempt = this.#attempt(id, options.onlyIfDue ?? false).finally(() => this.#open.delete(attempt));
    this.#open.add(attempt);
    return attempt;
  }

  /** Waits for the calls that are on their way: an answer that nobody writes down is a call made twice. */
  async drain(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  async #attempt(id: RevocationId, onlyIfDue: boolean): Promise<AttemptResult> {
    try {
      const begun = await this.#begin(id, onlyIfDue);
      return begun.kind === 'call' ? await this.#call(id, begun) : begun.kind;
    } catch (error) {
      this.logger.error({ err: error, revocationId: id }, 'A revocation could not be attempted; it is tried again.');
      return 'later';
    }
  }

  /** Sealed for this row, or still sealed as the credential held it. */
  #record(em: EntityManager, principal: Credential, token: Secret | Uint8Array, now: Date): RevocationId {
    const id = newId<RevocationId>();
    const tokenSealed = token instanceof Secret ? this.sealer.seal(token, revocationContext(id, principal)) : token;
    this.revocations.add(em, {
      id,
      credentialId: principal.id,
      tokenSealed,
      nextAttemptAt: secondsAfter(now, FIRST_JOB_ATTEMPT_SECONDS),
      createdAt: now,
    });
    return id;
  }

  /** Decides under the principal's lock and marks the call as being on its way; the call itself comes after the commit. */
  #begin(id: RevocationId, onlyIfDue: boolean): Promise<Begun> {
    const startedAtMs = this.clock.monotonicMs();
    return this.database.transaction(async (em): Promise<Begun> => {
      const found = await this.revocations.find(em, id);
      const [principal] = found === null ? [] : await this.credentials.lock(em, [found.credentialId]);
      // Read again under the lock: an install may have completed meanwhile, or another process may be at it.
      const row = await this.revocations.find(em, id);
      if (principal === undefined || row === null) return { kind: 'forgotten' };
      const now = await databaseNow(em);
      if (onlyIfDue && row.nextAttemptAt > now) return { kind: 'later' };
      if (principal.revokingUntil !== null && principal.revokingUntil > now) return this.#wait(em, row, principal);
      if ((await this.users.used(em, [principal.id])).size > 0) {
        await this.revocations.removeOfPrincipal(em, principal.id);
        return { kind: 'forgotten' };
      }
      const token = this.#opened(row, principal);
      if (token === undefined) return this.#putOff(em, row, now);
      row.attempts += 1;
      row.nextAttemptAt = secondsAfter(now, REVOKE_LEASE_SECONDS);
      principal.revokingUntil = secondsAfter(now, REVOKE_LEASE_SECONDS);
      await em.flush();
      const { attempts, createdAt } = row;
      return { kind: 'call', token, credentialId: principal.id, attempts, createdAt, startedAtMs };
    });
  }

  #opened({ id, tokenSealed }: Revocation, principal: Credential): Secret | undefined {
    try {
      return this.sealer.openFrom(tokenSealed, revocationContexts(id, principal));
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      return undefined;
    }
  }

  /** The key may be given back; what was tampered with is given up in the end. */
  async #putOff(em: EntityManager, row: Revocation, now: Date): Promise<{ kind: 'later' }> {
    this.logger.error({ revocationId: row.id }, 'A token that is to be revoked cannot be opened.');
    row.nextAttemptAt = secondsAfter(now, UNREADABLE_PAUSE_SECONDS + this.random() * UNREADABLE_SPREAD_SECONDS);
    await em.flush();
    if (isTooOld(row.createdAt, now)) await this.#giveUp(em, row.id, 'unreadable');
    return { kind: 'later' };
  }

  async #wait(em: EntityManager, row: Revocation, principal: Credential): Promise<{ kind: 'busy' }> {
    if (principal.revokingUntil !== null) row.nextAttemptAt = principal.revokingUntil;
    await em.flush();
    return { kind: 'busy' };
  }

  async #call(id: RevocationId, begun: Extract<Begun, { kind: 'call' }>): Promise<AttemptResult> {
    // A process that was paused since the decision must not act on it: the lease protects nobody any more.
    if (this.clock.monotonicMs() - begun.startedAtMs > REVOKE_START_WITHIN_MS) return 'later';
    const answer = await this.slack.revoke(begun.token, { timeoutMs: REVOKE_TIMEOUT_MS });
    const result = revokeResult(answer, begun.attempts);
    await this.database.transaction((em) => this.#end(em, id, begun, result));
    return result.kind === 'revoked' ? 'revoked' : 'later';
  }

  async #end(
    em: EntityManager,
    id: RevocationId,
    begun: { credentialId: CredentialId; createdAt: Date },
    result: RevokeResult,
  ): Promise<void> {
    const [principal] = await this.credentials.lock(em, [begun.credentialId]);
    const row = await this.revocations.find(em, id);
    const now = await databaseNow(em);
    if (principal !== undefined && (result.kind === 'revoked' || result.settled)) principal.revokingUntil = now;
    if (row !== null && result.kind === 'retry') {
      row.lastError = result.error;
      row.nextAttemptAt = secondsAfter(now, result.afterSeconds);
    }
    await em.flush();
    if (result.kind === 'revoked') await this.revocations.remove(em, id);
    else if (isTooOld(begun.createdAt, now)) await this.#giveUp(em, id, result.error);
  }

  async #giveUp(em: EntityManager, id: RevocationId, error: string): Promise<void> {
    await this.revocations.remove(em, id);
    this.logger.error(
      { revocationId: id, slackError: error },
      `Slack did not revoke a token in ${MAX_AGE_DAYS} days; given up.`,
    );
  }
}
