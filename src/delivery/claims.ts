import type { Clock } from '../platform/clock.ts';
import { Loop, type Stoppable } from '../platform/lifecycle.ts';
import type { Claim, ClaimLimits, Stored } from './delivery.repository.ts';

/** The poll is the truth; wake-ups only make it sooner. */
const POLL_MS = 200;
const MIN_PAUSE_MS = 1;
const BUSY_PAUSE_MS = 20;

export interface ClaimsOptions {
  readonly claim: (limits: ClaimLimits) => Promise<Claim>;
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
  /** Whether a free slot is all that a claim waits for; else one brings nothing until a lane is released or enters. */
  #isMoreReady = true;
  #answeredAtMs: number;

  constructor(private readonly options: ClaimsOptions) {
    this.#answeredAtMs = options.clock.monotonicMs();
    this.#loop = new Loop(() => this.#claim(), POLL_MS, options.onError);
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Something may have become ready. */
  wake(): void {
    this.#loop.wake();
  }

  get isMoreReady(): boolean {
    return this.#isMoreReady;
  }

  slotIsFree(): void {
    if (this.#isMoreReady) this.#loop.wake();
  }

  /** Milliseconds since the database last answered a claim. */
  heartbeatAgeMs(): number {
    return this.options.clock.monotonicMs() - this.#answeredAtMs;
  }

  /** Stores answers, and claims by the same transaction what is wanted once their lanes are released. */
  async along(store: StoreAndClaim): Promise<Stored> {
    let taken: Taken | undefined;
    this.#storingSinceMs = this.options.clock.monotonicMs();
    this.#loop.wake();
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
      if (!taken) this.#loop.wake();
    }
  }

  async #claim(): Promise<number> {
    const { claim, clock, wanted, open } = this.options;
    if (wanted(this.#storingSinceMs !== undefined) <= 0) return POLL_MS;
    const pauseMs = this.#canGoAlong() ? await this.#goAlong() : undefined;
    if (pauseMs !== undefined) return pauseMs;
    const rows = wanted(false);
    if (rows <= 0) return POLL_MS;
    // Taken before the claim: the deadline of a try may only be earlier than what the database recorded as its start.
    const startedMs = clock.monotonicMs();
    return this.#begin(await claim({ rows, open: open() }), rows, startedMs);
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
    const rows = this.options.wanted(true);
    if (rows <= 0) return undefined;
    clearTimeout(request.givenUp);
    return { request, limits: { rows, open: this.options.open() }, startedMs };
  }

  /** Milliseconds until the next look. */
  #begin(claim: Claim, wanted: number, startedMs: number): number {
    this.#answeredAtMs = this.options.clock.monotonicMs();
    this.options.begin(claim, startedMs);
    const { rows, nextTurnMs: next } = claim;
    this.#isMoreReady = rows.length >= wanted || (next !== undefined && next <= 0);
    if (rows.length >= wanted) return MIN_PAUSE_MS;
    if (next === undefined) return POLL_MS;
    if (next > 0) return Math.min(POLL_MS, Math.max(MIN_PAUSE_MS, next));
    // A team that is due and yet gave nothing is locked or at its limit: do not spin on it.
    return rows.length > 0 ? MIN_PAUSE_MS : BUSY_PAUSE_MS;
  }
}
