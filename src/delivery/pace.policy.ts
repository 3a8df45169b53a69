import type { DeliveryConfig } from '../config/config.ts';
import { MAX_UNASKED_MS } from './confirmation.policy.ts';

/** Every limit of the queue as the interval and tolerance that GCRA reckons with; all in seconds. */
export interface Pace {
  readonly leaseSeconds: number;
  readonly teamConcurrency: number;
  /** Between two messages of a channel. */
  readonly emissionSeconds: number;
  /** How far ahead of its pace a channel may be: the burst. */
  readonly burstToleranceSeconds: number;
  /** Between two messages of a team; 0 where there is no limit. */
  readonly teamEmissionSeconds: number;
  readonly teamToleranceSeconds: number;
  /** Between two looks at histories of a team. */
  readonly historySeconds: number;
  readonly historyToleranceSeconds: number;
  /** For how long an outcome may stay unknown, whatever Slack can be asked. */
  readonly longestHoldSeconds: number;
}

/** Outages in a row after which a team is only probed, and the time between two probes. */
export const BREAKER_FAILURES = 5;
export const BREAKER_SECONDS = 5;
/** Of so many probes one is a message, in a minute where they fail; the others are looks, where there is anything to look up. */
export const PROBES_PER_MESSAGE = 12;
/** Probes of an open breaker are counted up to here, which is a message's, and from the first after its limit again. */
export const MOST_FAILURES = BREAKER_FAILURES + 80 * PROBES_PER_MESSAGE;

/**
 * Messages do not reach Slack at exactly the distances at which they were claimed: the first one of a connection is late,
 * the next is not. Whoever uses a burst up to its last millisecond gets a 429 for that; so this much of it is left alone.
 */
const JITTER_SECONDS = 0.2;

/** A team's and a history's burst: so many seconds of its rate at once, and at least one. */
const TEAM_BURST_SECONDS = 10;
const SECONDS_PER_MINUTE = 60;

const tolerance = (perMinute: number): { interval: number; tolerance: number } => {
  if (perMinute === 0) return { interval: 0, tolerance: 0 };
  const interval = SECONDS_PER_MINUTE / perMinute;
  return { interval, tolerance: Math.max(0, TEAM_BURST_SECONDS - interval) };
};

export const paceOf = (config: DeliveryConfig): Pace => {
  const emissionSeconds = 1 / config.channelMessagesPerSecond;
  const team = tolerance(config.teamMessagesPerMinute);
  const history = tolerance(config.historyPerMinute);
  return {
    leaseSeconds: config.leaseSeconds,
    teamConcurrency: config.teamConcurrency,
    emissionSeconds,
    burstToleranceSeconds: Math.max(0, (config.channelBurst - 1) * emissionSeconds - JITTER_SECONDS),
    teamEmissionSeconds: team.interval,
    teamToleranceSeconds: team.tolerance,
    historySeconds: history.interval,
    historyToleranceSeconds: history.tolerance,
    longestHoldSeconds: config.confirmMaxHoldSeconds + MAX_UNASKED_MS / 1000,
  };
};
