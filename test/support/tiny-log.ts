import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Batch, SharedLog } from '../../src/graphql/shared-log.ts';

/** What a place of the log holds where it holds no event. */
export const NOTHING = '';

export interface TinyEvent {
  readonly place: number;
  readonly kind: string;
}

/** A log in memory that a test writes, ends and breaks; `turns` makes a read as slow as the test likes. */
export class TinyLog implements SharedLog<TinyEvent, number> {
  readonly events: TinyEvent[] = [];
  followers = 0;
  /** From here on nobody knows what was kept. */
  brokenAt = Infinity;
  #held: Promise<void> | undefined;
  #end: { readonly error?: Error } | undefined;
  #wakes = new Set<() => void>();

  constructor(private readonly turns: () => number = () => 1) {}

  append(...kinds: string[]): void {
    for (const kind of kinds) this.events.push({ place: this.events.length + 1, kind });
    this.#wake();
  }

  end(error?: Error): void {
    this.#end = error ? { error } : {};
    this.#wake();
  }

  /** What is read from now on is answered once this is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return resolve;
  }

  async read(after: number, limit: number): Promise<readonly TinyEvent[]> {
    const page = this.events.filter(({ place, kind }) => place > after && kind !== NOTHING).slice(0, limit);
    await this.#pause();
    await this.#held;
    return page;
  }

  follow(): { from: number; batches: AsyncIterableIterator<Batch<TinyEvent, number>> } {
    const from = this.events.length;
    const stopping = new AbortController();
    const batches = this.#batches(from, stopping.signal);
    const stop = () => {
      stopping.abort();
      this.#wake();
      return batches.return();
    };
    return { from, batches: { next: () => batches.next(), return: stop, [Symbol.asyncIterator]: () => batches } };
  }

  placeOf({ place }: TinyEvent): number {
    return place;
  }

  nameOf(place: number): string {
    return `${place}`;
  }

  isAfter(a: number, b: number): boolean {
    return a > b;
  }

  requireUnbroken(from: number, to: number): void {
    if (from < this.brokenAt && to >= this.brokenAt) throw new Error('broken');
  }

  async *#batches(from: number, signal: AbortSignal): AsyncGenerator<Batch<TinyEvent, number>, void> {
    this.followers += 1;
    try {
      for (let place = from; !signal.aborted;) {
        await this.#pause();
        const batch = this.events.slice(place, place + 7);
        place += batch.length;
        if (batch.length > 0) yield { events: batch.filter(({ kind }) => kind !== NOTHING), place };
        else if (this.#end?.error) throw this.#end.error;
        else if (this.#end || signal.aborted) return;
        else await new Promise<void>((resolve) => this.#wakes.add(resolve));
      }
    } finally {
      this.followers -= 1;
    }
  }

  async #pause(): Promise<void> {
    for (let turn = this.turns(); turn > 0; turn -= 1) await nextTurn();
  }

  #wake(): void {
    for (const wake of this.#wakes) wake();
    this.#wakes.clear();
  }
}
