import { AsyncLocalStorage } from 'node:async_hooks';
import type { ClaimAlong, Entered } from '../notifications/notification-queue.ts';
import type { Clock } from '../platform/clock.ts';
import { TRANSACTION_IS_ABORTED, type Sql } from '../platform/database.ts';
import type { TeamId } from '../platform/ids.ts';
import { Loop, type Stoppable } from '../platform/lifecycle.ts';
import type { Claim, ClaimLimits, Stored } from './delivery.repository.ts';

/** The poll is the truth; wake-ups only make it sooner. */
const POLL_MS = 200;
/** A look whose turn it is reads; only a claim shows that one can be made. */
const CLAIM_AT_LEAST_EVERY_MS = 1000;
const MIN_PAUSE_MS = 1;
const BUSY_PAUSE_MS = 20;

export interface ClaimsOptions {
  readonly claim: (limits: ClaimLimits) => Promise<Claim>;
  /** The same, by a transaction of somebody else's. */
  readonly claimBy: (sql: Sql, limits: ClaimLimits) => Promise<Claim>;
  /** In how many milliseconds it is some team's turn; before that a claim brings nothing. */
  readonly nextTurnMs: () => Promise<number | undefined>;
  /** Rows to claim now, if any; `isAlong`: at next to no cost, along with answers that are stored. */
  readonly wanted: (isAlong: boolean) => number;
  readonly open: () => ClaimLimits['open'];
  /** Begins what was claimed, by a transaction that began at that time or later. */
  readonly begin: (claim: Claim, startedMs: number) => void;
  /** Stores at once what Slack has answered; whether there is any. */
  readonly storeNow: () => boolean;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** Stores answers. Once their locks are had it asks `claim` what to claim as well, if anything. */
export type StoreAndClaim = (claim: () => ClaimLimits | undefined) => Promise<Stored>;

/** Of the loop, to those who store answers: a claim that they are to make. */
interface ClaimRequest {
  /** With the pause that follows the claim, or without one where it was not made. */
  readonly end: (pauseMs?: number) => void;
  readonly givenUp: NodeJS.Timeout;
}

interface Entering {
  readonly teams: readonly TeamId[];
  readonly rows: number;
  readonly over: PromiseWithResolvers<void>;
  /** Whether something else was claimed meanwhile, and none of these teams. */
  isPassedOver: boolean;
}

interface Taken {
  readonly request: ClaimRequest;
  readonly limits: ClaimLimits;
  readonly startedMs: number;
}

/**
 * When to claim: as soon as something is wanted and may be ready, and along with answers that are stored at that time. A
 * transaction of its own costs as much as a score of messages in it, and the channels whose answers are stored are those
 * that have a next message.
 */
export class Claims implements Stoppable {
  readonly #loop: Loop;
  #request: ClaimRequest | undefined;
  /** Since when answers are being stored that have not got their locks yet. */
  #storingSinceMs: number | undefined;
  #isClaiming = false;
  /** What enters and is claimed by one transaction, which is under way. */
  #entering: Entering | undefined;
  /** What is claimed along with a send is none of the work of whoever sent it: neither its logs nor its trace. */
  readonly #outside = AsyncLocalStorage.snapshot();
  /** Whether a free slot is all that a claim waits for; else one brings nothing until a lane is released or enters. */
  #isMoreReady = true;
  /** Whether the last claim found nothing that is due soon, and nobody has called since it began. */
  #isQuiet = false;
  /** When a claim was answered last, or none was wanted. */
  #aliveAtMs: number;

  constructor(private readonly options: ClaimsOptions) {
    this.#aliveAtMs = options.clock.monotonicMs();
    this.#loop = new Loop(() => this.#claim(), POLL_MS, options.onError);
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#loop.stop(), this.#entering?.over.promise]);
  }

  /** Something may have become ready. */
  wake(): void {
    this.#isQuiet = false;
    this.#loop.wake();
  }

  get isMoreReady(): boolean {
    return this.#isMoreReady;
  }

  slotIsFree(): void {
    if (this.#isMoreReady) this.wake();
  }

  /** For how many milliseconds the database has kept a claim waiting; none is made where Slack keeps all slots waiting. */
  heartbeatAgeMs(): number {
    return this.options.clock.monotonicMs() - this.#aliveAtMs;
  }

  /** Stores answers, and claims by the same transaction what is wanted once their lanes are released. */
  async along(store: StoreAndClaim): Promise<Stored> {
    let taken: Taken | undefined;
    this.#storingSinceMs = this.options.clock.monotonicMs();
    this.wake();
    try {
      const stored = await store(() => {
        taken ??= this.#take();
        this.#storingSinceMs = undefined;
        return taken?.limits;
      });
      if (taken && stored.claim) taken.request.end(this.#begin(stored.claim, taken.limits.rows, taken.startedMs));
      return stored;
    } catch (error) {
      if (!taken) throw error;
      // It may be the claim that failed: what Slack answered must not be lost with it.
      this.options.onError(error);
      return await store(() => undefined);
    } finally {
      this.#storingSinceMs = undefined;
      (taken?.request ?? this.#request)?.end();
      if (!taken) this.wake();
    }
  }

  /**
   * Stores what enters, a message of each of these teams. At rest it is claimed by the same transaction, which is the sooner
   * by a commit and a trip; by turn and by what else is ready, as always, where anything is under way already.
   */
  async entering<T>(teams: readonly TeamId[], store: (claim?: ClaimAlong) => Promise<T>): Promise<Entered<T>> {
    const rows = this.#isAtRest() ? Math.min(teams.length, this.options.wanted(false)) : 0;
    if (rows <= 0) return { stored: await store(), isBegun: false };
    const entering = { teams: [...new Set(teams)], rows, over: Promise.withResolvers<void>(), isPassedOver: false };
    this.#entering = entering;
    try {
      const { stored, claim } = await this.#storeAndClaim(entering, store);
      // One that was ready before may have gone first: what is left has its turn now.
      const isMoreDue = claim?.nextTurnMs !== undefined && claim.nextTurnMs <= 0;
      return { stored, isBegun: claim?.rows.length === teams.length && !isMoreDue };
    } finally {
      this.#entering = undefined;
      entering.over.resolve();
      if (entering.isPassedOver) this.wake();
    }
  }

  async #storeAndClaim<T>({ teams, rows }: Entering, store: (claim?: ClaimAlong) => Promise<T>) {
    const startedMs = this.options.clock.monotonicMs();
    const limits = { rows, open: this.options.open(), only: teams };
    let claim: Claim | undefined;
    let failure: unknown;
    try {
      const stored = await store(async (sql) => {
        // It may be repeated: what an earlier run had taken was rolled back.
        [claim, failure] = [undefined, undefined];
        claim = await this.options.claimBy(sql, limits).catch((error: unknown) => {
          if ((error as { code?: string }).code !== TRANSACTION_IS_ABORTED) failure = error;
          throw error;
        });
      });
      if (claim) this.#outside(this.options.begin, claim, startedMs);
      return { stored, claim };
    } catch (error) {
      if (failure === undefined) throw error;
      this.options.onError(failure);
      return { stored: await store(), claim: undefined };
    }
  }

  /** Nothing is open, and no claim is under way that knows nothing of what this one takes. */
  #isAtRest(): boolean {
    const isClaiming = this.#isClaiming || this.#request !== undefined || this.#entering !== undefined;
    return !isClaiming && this.#storingSinceMs === undefined && this.options.open().size === 0;
  }

  async #claim(): Promise<number> {
    if (this.#wanted(this.#storingSinceMs !== undefined) <= 0) return this.#rest();
    if (await this.#isNothingDue()) return POLL_MS;
    this.#isQuiet = true;
    const pauseMs = this.#canGoAlong() ? await this.#goAlong() : undefined;
    if (pauseMs !== undefined) return pauseMs;
    const rows = this.#wanted(false);
    if (rows <= 0) return this.#rest();
    // Taken before the claim: the deadline of a try may only be earlier than what the database recorded as its start.
    const startedMs = this.options.clock.monotonicMs();
    this.#isClaiming = true;
    try {
      return this.#begin(await this.options.claim(this.#limits(rows)), rows, startedMs);
    } finally {
      this.#isClaiming = false;
    }
  }

  /** At rest a look will do: it is one statement, and a claim that brings nothing a transaction of four. */
  async #isNothingDue(): Promise<boolean> {
    if (!this.#isQuiet || this.heartbeatAgeMs() >= CLAIM_AT_LEAST_EVERY_MS) return false;
    const nextMs = await this.options.nextTurnMs();
    return this.#isQuiet && (nextMs === undefined || nextMs >= POLL_MS);
  }

  #rest(): number {
    this.#aliveAtMs = this.options.clock.monotonicMs();
    return POLL_MS;
  }

  /** Beside what may be taken along with what enters. */
  #wanted(isAlong: boolean): number {
    return this.options.wanted(isAlong) - (this.#entering?.rows ?? 0);
  }

  /** Teams that another transaction claims from at this moment have open sends that nobody knows the number of yet. */
  #limits(rows: number): ClaimLimits {
    const open = this.options.open();
    if (!this.#entering) return { rows, open };
    this.#entering.isPassedOver = true;
    return { rows, open, without: this.#entering.teams };
  }

  /**
   * Not with answers that have waited for their locks for long: somebody may hold one for seconds, and all other channels
   * would stand still; and what is claimed has begun when the transaction did.
   */
  #canGoAlong(): boolean {
    const sinceMs = this.#storingSinceMs;
    return sinceMs === undefined ? this.options.storeNow() : this.options.clock.monotonicMs() - sinceMs < POLL_MS;
  }

  async #goAlong(): Promise<number | undefined> {
    const { promise, resolve: end } = Promise.withResolvers<number | undefined>();
    this.#request = { end, givenUp: setTimeout(() => end(undefined), POLL_MS) };
    const pauseMs = await promise;
    clearTimeout(this.#request?.givenUp);
    this.#request = undefined;
    return pauseMs;
  }

  #take(): Taken | undefined {
    const [request, startedMs] = [this.#request, this.#storingSinceMs];
    if (!request || startedMs === undefined) return undefined;
    const rows = this.#wanted(true);
    if (rows <= 0) return undefined;
    clearTimeout(request.givenUp);
    return { request, limits: this.#limits(rows), startedMs };
  }

  /** Milliseconds until the next look. */
  #begin(claim: Claim, wanted: number, startedMs: number): number {
    this.#aliveAtMs = this.options.clock.monotonicMs();
    this.options.begin(claim, startedMs);
    const { rows, nextTurnMs: next } = claim;
    this.#isMoreReady = rows.length >= wanted || (next !== undefined && next <= 0);
    const pauseMs = pauseAfter(rows.length, wanted, next);
    if (pauseMs < POLL_MS) this.#isQuiet = false;
    return pauseMs;
  }
}

const pauseAfter = (rows: number, wanted: number, nextTurnMs: number | undefined): number => {
  if (rows >= wanted) return MIN_PAUSE_MS;
  if (nextTurnMs === undefined) return POLL_MS;
  if (nextTurnMs > 0) return Math.min(POLL_MS, Math.max(MIN_PAUSE_MS, nextTurnMs));
  // A team that is due and yet gave nothing is locked or at its limit: do not spin on it.
  return rows > 0 ? MIN_PAUSE_MS : BUSY_PAUSE_MS;
};
