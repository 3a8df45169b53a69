import type { Forecast } from '../notifications/delivery-forecast.ts';
import type { Pace } from './pace.policy.ts';

/** A lane and its team as they are now; times as seconds from now, never negative. */
export interface LineNow {
  readonly pausedSeconds: number;
  readonly isProbed: boolean;
  readonly teamArrivalSeconds: number;
  readonly heldSeconds: number;
  readonly arrivalSeconds: number;
  /** After a 429: no burst. */
  readonly isStrict: boolean;
  /** Messages that go before. */
  readonly ahead: number;
  /** The longest that one of them waits by itself, for a backoff or a look-up. */
  readonly aheadWaitSeconds: number;
}

/**
 * When a message that enters the line now has its turn: after those before it, each taking its share of the channel's
 * pace, the burst used up first. What other channels of the team will send in between is not foreseen.
 */
export const forecastOf = (line: LineNow, pace: Pace): Forecast => {
  const freeSeconds = Math.max(line.pausedSeconds, line.heldSeconds, line.aheadWaitSeconds);
  const burst = line.isStrict ? 0 : pace.burstToleranceSeconds;
  const arrival = Math.max(line.arrivalSeconds, freeSeconds) + line.ahead * pace.emissionSeconds;
  const teamTurn = pace.teamEmissionSeconds === 0 ? 0 : line.teamArrivalSeconds - pace.teamToleranceSeconds;
  const delaySeconds = Math.ceil(Math.max(freeSeconds, arrival - burst, teamTurn, 0));
  return { delaySeconds, hold: holdOf(line) };
};

const holdOf = ({ pausedSeconds, isProbed, heldSeconds }: LineNow): Forecast['hold'] => {
  if (pausedSeconds > 0) return isProbed ? 'TEAM_SILENT' : 'TEAM_LIMITED';
  return heldSeconds > 0 ? 'CHANNEL_LIMITED' : null;
};
