import { isDataError } from '../platform/batcher.ts';
import type { Settled } from './settled-row.ts';

/**
 * Time in which finished sends gather, while Slack is to answer others: completions one by one cost several times the CPU of
 * completions in batches. Shorter where many finish: those gather while the batch before them is stored. Longer where more is
 * ready than is sent: the next claim has them stored, and there are as many transactions as claims.
 */
const GATHER_MS = 10;
const BUSY_GATHER_MS = 5;
const CLAIM_GATHER_MS = 40;
const BUSY_FROM = 8;
const RETRY_MS = 200;
const MAX_BATCH = 500;

/**
 * Writes finished work in batches. What Slack answered is not forgotten when the database is away: a batch is repeated
 * until it is stored, and a batch that the database refuses is written row by row, so that a bad one fails alone.
 */
export class SettlementBatcher {
  #waiting: { settled: Settled; done: () => void }[] = [];
  #isWriting = false;
  #isHurried = false;
  #lastSize = 0;
  #goOn: () => void = () => {};

  constructor(
    private readonly write: (batch: readonly Settled[]) => Promise<unknown>,
    private readonly onError: (error: unknown, batch: readonly Settled[]) => void,
    private readonly expectsMore: () => boolean,
    private readonly isMoreReady: () => boolean,
  ) {}

  /** Resolves when the settlement is committed, or given up after the database refused that very row. */
  settle(settled: Settled): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ settled, done });
      if (!this.#isWriting) void this.#run();
      else if (!this.expectsMore()) this.#goOn();
    });
  }

  /** Whether anything waits to be stored: it gathers no longer. */
  storeNow(): boolean {
    if (this.#waiting.length === 0) return false;
    this.#isHurried = true;
    this.#goOn();
    return true;
  }

  async #run(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      await this.#gather();
      this.#isHurried = false;
      const batch = this.#waiting.splice(0, MAX_BATCH);
      this.#lastSize = batch.length;
      await this.#store(batch.map(({ settled }) => settled));
      for (const { done } of batch) done();
    }
    this.#isWriting = false;
  }

  async #gather(): Promise<void> {
    if (this.#isHurried || !this.expectsMore()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#gatherMs());
      this.#goOn = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #gatherMs(): number {
    if (this.#lastSize < BUSY_FROM) return GATHER_MS;
    return this.isMoreReady() ? CLAIM_GATHER_MS : BUSY_GATHER_MS;
  }

  async #store(batch: readonly Settled[]): Promise<void> {
    for (;;) {
      try {
        await this.write(batch);
        return;
      } catch (error) {
        this.onError(error, batch);
        if (isDataError(error)) return this.#storeOneByOne(batch);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  async #storeOneByOne(batch: readonly Settled[]): Promise<void> {
    if (batch.length < 2) return;
    for (const settled of batch) await this.#store([settled]);
  }
}
