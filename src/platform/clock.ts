/** Time as an argument. Decisions about stored times are the database's (`now()`); this serves deadlines inside one process. */
export interface Clock {
  now(): Date;
  /** Milliseconds that only ever grow, whatever happens to the wall clock. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};
