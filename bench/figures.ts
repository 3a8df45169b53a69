/** What a figure should be at least or at most, where a goal is set. */
export interface Goal {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What one contender did, once in every round. */
export interface Reading {
  readonly of: string;
  readonly what: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly goal?: Goal;
}

/** Two readings of the same rounds, one divided by the other: what holds on any machine. */
export interface Ratio {
  readonly of: string;
  readonly over: string;
  readonly what: string;
  readonly perRound: readonly number[];
  readonly better: 'higher' | 'lower';
  readonly goal?: Goal;
}

/** How a cost grows with what there is. */
export interface Curve {
  readonly of: string;
  readonly along: string;
  readonly points: readonly { readonly at: number; readonly values: Readonly<Record<string, number>> }[];
}

export interface Figure {
  readonly name: string;
  /** What was done, and how each contender was set up. */
  readonly setup: readonly string[];
  readonly readings: readonly Reading[];
  readonly ratios: readonly Ratio[];
  readonly curves?: readonly Curve[];
  /** What must be said beside the numbers: what is missing, and what fell short. */
  readonly notes?: readonly string[];
}

/** A figure as it was measured: with what else the machine did. */
export interface MeasuredFigure extends Figure {
  readonly seconds: number;
  /** Load averages of one minute, before and after. */
  readonly load: readonly [number, number];
}

export interface MachineLimits {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryGb: number;
  readonly node: string;
  readonly postgres: string;
  /** Whether Postgres has its shared buffers in them: `on` where the system has set enough aside, `off` where not. */
  readonly hugePages: string;
  readonly sha256MbPerSecond: number;
  readonly fsyncsPerSecond: number;
  readonly httpEchoesPerSecond: number;
  readonly commitsPerSecond: number;
}

export interface BenchReport {
  readonly at: string;
  readonly mode: 'quick' | 'full';
  readonly limits: MachineLimits;
  readonly figures: readonly MeasuredFigure[];
}

/** How much is done. A quick run shows that nothing is broken; the figures that are quoted come from a full one. */
export interface Plan {
  readonly quick: boolean;
  readonly rounds: number;
  readonly historyRows: number;
}
