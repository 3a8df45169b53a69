/** Time for the simulator. Tokens and codes read their own clock, which `/control/advance` moves. */
export interface SimulatorClock {
  nowMs(): number;
  monotonicMs(): number;
  tokenNowMs(): number;
  advanceTokens(ms: number): void;
  resetTokens(offsetMs: number): void;
  tokenOffsetMs(): number;
}

export function createClock(aheadMs: () => number): SimulatorClock {
  let offset = 0;
  return {
    nowMs: () => Date.now() + aheadMs(),
    monotonicMs: () => performance.now(),
    tokenNowMs: () => Date.now() + offset,
    advanceTokens: (ms) => {
      offset += ms;
    },
    resetTokens: (offsetMs) => {
      offset = offsetMs;
    },
    tokenOffsetMs: () => offset,
  };
}
