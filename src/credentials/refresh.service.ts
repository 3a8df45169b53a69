import { setTimeout as pause } from 'node:timers/promises';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { CredentialId, RevocationId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import type { Secret } from '../platform/secret.ts';
import { untilStored } from '../platform/until-stored.ts';
import type { RefreshedGrant, SlackGateway } from '../slack/gateway.ts';
import type { CredentialRepository } from './credential.repository.ts';
import type { CredentialVault } from './credential-vault.service.ts';
import type { Principal } from './principal.policy.ts';
import { REFRESH_BEFORE_SECONDS, refreshResult, restSeconds, type RefreshResult } from './refresh.policy.ts';
import type { RefreshLease, RefreshRepository, RefreshRow } from './refresh.repository.ts';
import type { RevocationService } from './revocation.service.ts';

/** What became of a token that is too old. */
export type RefreshOutcome =
  /** A newer one, committed; refreshed by us or by somebody else. */
  | { readonly kind: 'fresh'; readonly token: Secret }
  /** Slack gives no new one: a person has to authorize again. */
  | { readonly kind: 'ended'; readonly problemCode: string; readonly since: Date }
  | { readonly kind: 'forgotten' }
  /** This grant does not rotate, so there is nothing to refresh with. */
  | { readonly kind: 'lasting' }
  /** Slack could not be asked; nothing is known of the grant. */
  | { readonly kind: 'later'; readonly seconds: number };

const CALL_TIMEOUT_MS = 5000;
/** A call that has not left by then is not made: its lease may be over before Slack's answer is stored. */
const START_WITHIN_MS = 4000;
/** A call that leaves in time is over, and its answer stored, before another process may begin one. */
const LEASE_SECONDS = 10;
/** An answer holds the only copy of the next pair: it is not given up because the database is away for a moment. */
const STORE_WITHIN_MS = 60_000;
/** Longer than a lease: whoever waits sees its end, also that of a process that died. */
const WAIT_MS = 12_000;
/** A first failure is mostly over by then: whoever waits already waits that long, and nobody else notices. */
const LONGEST_PAUSE_WAITED_SECONDS = 2;
/** Only a person mends what cannot be opened: by connecting again, or by giving back the key. */
const UNREADABLE_PAUSE_SECONDS = 300;
const FIRST_LOOK_MS = 40;
const LONGEST_LOOK_MS = 400;

export type RefreshCount = Exclude<RefreshResult['kind'], 'retry'> | 'superseded' | 'unreadable' | Retry['result'];
type Retry = Extract<RefreshResult, { kind: 'retry' }>;

/**
 * Replaces tokens that expire, one refresh at a time per credential across all processes: a lease on the row says who is
 * at it. No transaction is open during the call, and a new pair is committed before anybody uses it.
 */
export class RefreshService {
  readonly #open = new Map<CredentialId, Promise<RefreshOutcome>>();
  readonly #working = new Set<Promise<unknown>>();

  constructor(
    private readonly database: Database,
    private readonly rows: RefreshRepository,
    private readonly credentials: CredentialRepository,
    private readonly vault: CredentialVault,
    private readonly revocations: RevocationService,
    private readonly slack: SlackGateway,
    private readonly clock: Clock,
    private readonly logger: Logger,
    /** Names this process in leases. */
    private readonly owner: string,
    private readonly onRefresh: (result: RefreshCount) => void,
  ) {}

  /** A newer token than `used`, which is expired or refused: whoever comes with an old one joins the refresh under way. */
  async refresh(id: CredentialId, used: Secret): Promise<RefreshOutcome> {
    for (;;) {
      const outcome = await (this.#open.get(id) ?? this.#begin(id, used));
      // Whoever came later may have been refused the very token that the refresh under way was to bring.
      if (outcome.kind !== 'fresh' || outcome.token.reveal() !== used.reveal()) return outcome;
    }
  }

  /** For a token that still works: nobody waits. */
  refreshSoon(id: CredentialId, used: Secret): void {
    if (this.#open.has(id)) return;
    this.#begin(id, used).catch((error: unknown) => {
      this.logger.error({ err: error, credentialId: id }, 'A token could not be refreshed; it is tried again.');
    });
  }

  /** Refreshes what expires soon, also where nobody uses it; answers with how many were due. */
  async refreshDue(limit: number): Promise<number> {
    const leasedAtMs = this.clock.monotonicMs();
    const rows = await this.rows.leaseDue(this.#lease, REFRESH_BEFORE_SECONDS, limit);
    await Promise.all(rows.map((row) => this.#track(this.#call(row, leasedAtMs))));
    return rows.length;
  }

  /** Waits for the calls that are on their way: an answer that nobody stores is a token lost. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#working);
  }

  get #lease(): RefreshLease {
    return { owner: this.owner, seconds: LEASE_SECONDS };
  }

  #begin(id: CredentialId, used: Secret): Promise<RefreshOutcome> {
    const outcome = this.#settle(id, used).finally(() => this.#open.delete(id));
    this.#open.set(id, outcome);
    return outcome;
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => this.#working.delete(tracked));
    this.#working.add(tracked);
    return tracked;
  }

  /** Looks until the row answers: with another token, with its end, or with a lease that is ours to take. */
  async #settle(id: CredentialId, used: Secret): Promise<RefreshOutcome> {
    const untilMs = this.clock.monotonicMs() + WAIT_MS;
    for (let lookMs = FIRST_LOOK_MS; this.clock.monotonicMs() < untilMs;) {
      const row = await this.rows.find(id);
      const known = this.#known(row, used);
      if (known?.kind === 'later' && known.seconds <= LONGEST_PAUSE_WAITED_SECONDS) {
        await pause(known.seconds * 1000);
        continue;
      }
      if (known !== undefined || row === undefined) return known ?? { kind: 'forgotten' };
      if (row.isLeased) {
        await pause(lookMs);
        lookMs = Math.min(lookMs * 2, LONGEST_LOOK_MS);
        continue;
      }
      const leasedAtMs = this.clock.monotonicMs();
      const leased = await this.rows.lease(row, this.#lease);
      if (leased !== undefined) await this.#track(this.#call(leased, leasedAtMs));
    }
    return { kind: 'later', seconds: 1 };
  }

  /** What the row says by itself; undefined where only Slack can say more. */
  #known(row: RefreshRow | undefined, used: Secret): RefreshOutcome | undefined {
    if (row === undefined || row.accessToken === null) return { kind: 'forgotten' };
    if (row.problemCode !== null) {
      return { kind: 'ended', problemCode: row.problemCode, since: row.problemSince ?? row.now };
    }
    const token = this.vault.openField(row, 'access_token', row.accessToken);
    if (token === undefined) return { kind: 'later', seconds: UNREADABLE_PAUSE_SECONDS };
    if (token.reveal() !== used.reveal()) return { kind: 'fresh', token };
    if (row.refreshToken === null) return { kind: 'lasting' };
    // A token that Slack refuses needs no rest; one that failed to refresh does.
    return row.failures > 0 && row.pauseSeconds > 0 ? { kind: 'later', seconds: row.pauseSeconds } : undefined;
  }

  /** With the lease in hand: asks Slack, and writes down what it says. */
  async #call(row: RefreshRow, leasedAtMs: number): Promise<void> {
    if (row.refreshToken === null) return;
    const used = this.vault.openField(row, 'refresh_token', row.refreshToken);
    if (used === undefined) {
      this.onRefresh('unreadable');
      return this.rows.postpone(row, this.owner, UNREADABLE_PAUSE_SECONDS);
    }
    // A process that was paused since must not act on a lease that another one may hold by now. Nor may it keep others
    // from it: on a busy machine getting the lease alone can take as long.
    if (this.clock.monotonicMs() - leasedAtMs > START_WITHIN_MS) return this.rows.release(row, this.owner);
    const answer = await this.slack.refresh(used, { timeoutMs: CALL_TIMEOUT_MS });
    const result = refreshResult(answer, row, row.failures);
    const counted = await this.#write(row, used, result);
    this.onRefresh(counted);
    this.#log(row, result, counted);
  }

  async #write(row: RefreshRow, used: Secret, result: RefreshResult): Promise<RefreshCount> {
    switch (result.kind) {
      case 'refreshed':
        return (await this.#keep(row, used, result.granted)) ? 'refreshed' : 'superseded';
      case 'ended':
        return (await this.#end(row, used, result.error)) ? 'ended' : 'superseded';
      case 'foreign':
        if (result.principal) await this.#giveBack(result.principal, result.granted);
        await this.rows.postpone(row, this.owner, result.afterSeconds);
        return 'foreign';
      case 'retry':
        await this.rows.postpone(row, this.owner, result.afterSeconds);
        return result.result;
    }
  }

  /** False where the row has moved on: a disconnect or a reinstall stands, and our new pair is given back. */
  async #keep(row: RefreshRow, used: Secret, granted: RefreshedGrant): Promise<boolean> {
    const { kept, revocations } = await this.#untilStored(() =>
      this.database.transaction((em) => this.#store(em, row, used, granted)),
    );
    this.revocations.attemptSoon(revocations);
    return kept;
  }

  async #store(
    em: EntityManager,
    row: RefreshRow,
    used: Secret,
    granted: RefreshedGrant,
  ): Promise<{ kept: boolean; revocations: readonly RevocationId[] }> {
    const [credential] = await this.credentials.lock(em, [row.id]);
    // Stored already, by a commit whose answer was lost.
    if (credential && this.vault.holdsRefreshToken(credential, granted.refreshToken))
      return { kept: true, revocations: [] };
    // The token is compared and not the version: sealing anew or another note on the row takes nothing from us.
    if (!credential || !this.vault.holdsRefreshToken(credential, used)) {
      return { kept: false, revocations: await this.revocations.discard(em, [refused(row, granted)]) };
    }
    const scopes = granted.scopes.length > 0 ? granted.scopes : credential.scopes;
    const pair = { ...granted, scopes, restSeconds: restSeconds(granted.expiresInSeconds) };
    // The lease was taken before the call, so the time that Slack gives cannot end later than we think.
    await this.vault.storeRefreshed(em, credential, pair, row.now);
    return { kept: true, revocations: [] };
  }

  #end(row: RefreshRow, used: Secret, slackError: string): Promise<boolean> {
    return this.#untilStored(() => this.vault.markUnrefreshable(row.id, used, slackError));
  }

  async #giveBack(principal: Principal, granted: RefreshedGrant): Promise<void> {
    const grant = refused(principal, granted);
    const ids = await this.database.transaction((em) => this.revocations.discard(em, [grant]));
    this.revocations.attemptSoon(ids);
  }

  #untilStored<T>(store: () => Promise<T>): Promise<T> {
    const onFailure = (error: unknown): void =>
      this.logger.error({ err: error }, 'Storing what Slack answered to a refresh failed; it is tried again.');
    return untilStored(store, { clock: this.clock, withinMs: STORE_WITHIN_MS, onFailure });
  }

  #log({ id, teamId, kind }: RefreshRow, result: RefreshResult, counted: RefreshCount): void {
    const about = { credentialId: id, teamId, principalKind: kind, result: counted };
    if (result.kind === 'refreshed') this.logger.info(about, 'A token was refreshed.');
    else if (result.kind === 'foreign') {
      this.logger.error(about, 'A refresh brought a token of somebody else; it is not stored.');
    } else this.logger.warn({ ...about, slackError: result.error }, 'A token could not be refreshed.');
  }
}

const refused = ({ appId, teamId, slackUserId, kind }: Principal, { token, refreshToken }: RefreshedGrant) => ({
  principal: { appId, teamId, slackUserId, kind },
  tokens: [token, refreshToken],
});
