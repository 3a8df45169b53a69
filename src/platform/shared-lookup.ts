import { Batcher } from './batcher.ts';

const LIMITS = { maxBatch: 200, maxInFlight: 2, maxWaiting: 5000 };

/**
 * Lets concurrent look-ups by a key share a statement: the trip, and what a session does around a statement, cost several
 * times what finding a row or two does. Nothing is remembered: a look-up sees what was committed when it was asked for.
 */
export class SharedLookup<Key, Row> {
  readonly #batcher: Batcher<Key, Row | undefined>;

  /** `read` finds all of some distinct keys, by what `nameOf` calls each. */
  constructor(nameOf: (key: Key) => string, read: (keys: readonly Key[]) => Promise<ReadonlyMap<string, Row>>) {
    this.#batcher = new Batcher(async (keys) => {
      const distinct = new Map(keys.map((key) => [nameOf(key), key]));
      const rows = await read([...distinct.values()]);
      return keys.map((key) => rows.get(nameOf(key)));
    }, LIMITS);
  }

  find(key: Key): Promise<Row | undefined> {
    return this.#batcher.add(key);
  }
}
