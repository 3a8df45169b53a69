import { AsyncLocalStorage } from 'node:async_hooks';
import { TopLevelError } from './top-level-error.ts';

export interface BatcherOptions {
  readonly maxBatch: number;
  /** Batches on their way at once, where the ones before are held up. */
  readonly maxInFlight: number;
  /** Beyond this many waiting, callers are told to come back: memory is bounded. */
  readonly maxWaiting: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** What a batch waits for so long, a lock of somebody's, may not concern the next one. */
const HELD_UP_MS = 50;

/** Data exceptions (22), broken constraints (23) and refused moves come back however often they are repeated. */
export const isDataError = (error: unknown): boolean => /^2[23]/.test((error as { code?: string }).code ?? '');

/**
 * Lets concurrent callers share a transaction, each answered after its own commit. While one is on its way the next
 * gathers: what a transaction costs hardly depends on how many share it, and two of them would wait for each other's
 * locks. A batch that the database refuses for its data is written one by one, so that a bad item fails alone.
 */
export class Batcher<Item, Result> {
  readonly #waiting: Waiting<Item, Result>[] = [];
  /** A batch belongs to none of its callers: what is logged and traced in it must not name the first of them. */
  readonly #outside = AsyncLocalStorage.snapshot();
  #inFlight = 0;
  #heldUp = 0;
  #isTurnComing = false;

  constructor(
    private readonly write: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly options: BatcherOptions,
  ) {}

  add(item: Item): Promise<Result> {
    if (this.#waiting.length >= this.options.maxWaiting) {
      const message = 'Too many requests wait for the database; nothing of this one was stored. Repeat it in a moment.';
      return Promise.reject(new TopLevelError('SERVICE_UNAVAILABLE', message, { retryable: true }));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#isTurnComing) return;
      this.#isTurnComing = true;
      // All requests that are read in the same turn of the event loop go together.
      setImmediate(() => {
        this.#isTurnComing = false;
        this.#next();
      });
    });
  }

  #next(): void {
    const isGathering = this.#inFlight > this.#heldUp || this.#inFlight >= this.options.maxInFlight;
    if (isGathering || this.#waiting.length === 0) return;
    const batch = this.#waiting.splice(0, this.options.maxBatch);
    void this.#outside(() => this.#timed(() => this.#settle(batch))).finally(() => this.#next());
  }

  async #timed(work: () => Promise<void>): Promise<void> {
    let isHeldUp = false;
    const timer = setTimeout(() => {
      isHeldUp = true;
      this.#heldUp += 1;
      this.#next();
    }, HELD_UP_MS);
    this.#inFlight += 1;
    try {
      await work();
    } finally {
      clearTimeout(timer);
      this.#inFlight -= 1;
      if (isHeldUp) this.#heldUp -= 1;
    }
  }

  async #settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.write(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      if (batch.length > 1 && isDataError(error)) {
        for (const one of batch) await this.#settle([one]);
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }
}
