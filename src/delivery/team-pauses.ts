import { LRUCache } from 'lru-cache';
import type { Clock } from '../platform/clock.ts';
import type { TeamId } from '../platform/ids.ts';

const TEAMS = 10_000;

/**
 * Teams that Slack told this process to leave alone, by the rule of `PAUSE_TEAMS`: a second channel's 429 while the first's
 * wait runs. No claim brings what is to be posted there; this is for what was claimed before and stands in line.
 */
export class TeamPauses {
  readonly #limited: LRUCache<TeamId, string>;
  readonly #paused: LRUCache<TeamId, true>;

  constructor(clock: Clock) {
    const options = { max: TEAMS, perf: { now: () => clock.monotonicMs() }, ttlResolution: 0 };
    this.#limited = new LRUCache(options);
    this.#paused = new LRUCache(options);
  }

  rateLimited(team: TeamId, laneId: string, seconds: number): void {
    const other = this.#limited.get(team);
    const ttl = Math.max(seconds * 1000, this.#limited.getRemainingTTL(team), 1);
    if (other !== undefined && other !== laneId) this.#paused.set(team, true, { ttl });
    this.#limited.set(team, laneId, { ttl });
  }

  isPaused(team: TeamId): boolean {
    return this.#paused.has(team);
  }
}
