import { AsyncLocalStorage } from 'node:async_hooks';
import { TopLevelError } from './top-level-error.ts';

export interface BatcherOptions {
  readonly maxBatch: number;
  /** Batches on their way at once. While fewer are, nothing waits; while all are, the next one gathers. */
  readonly maxInFlight: number;
  /** Beyond this many waiting, callers are told to come back: memory is bounded. */
  readonly maxWaiting: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Data exceptions (22), broken constraints (23) and refused moves come back however often they are repeated. */
export const isDataError = (error: unknown): boolean => /^2[23]/.test((error as { code?: string }).code ?? '');

/**
 * Lets concurrent callers share a transaction, each answered after its own commit. A batch that the database refuses for
 * its data is written one by one, so that a bad item fails alone.
 */
export class Batcher<Item, Result> {
  readonly #waiting: Waiting<Item, Result>[] = [];
  /** A batch belongs to none of its callers: what is logged and traced in it must not name the first of them. */
  readonly #outside = AsyncLocalStorage.snapshot();
  #inFlight = 0;

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
      // Callers of the same tick go together.
      queueMicrotask(() => this.#next());
    });
  }

  #next(): void {
    if (this.#inFlight >= this.options.maxInFlight || this.#waiting.length === 0) return;
    const batch = this.#waiting.splice(0, this.options.maxBatch);
    this.#inFlight += 1;
    void this.#outside(() => this.#settle(batch)).finally(() => {
      this.#inFlight -= 1;
      this.#next();
    });
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
