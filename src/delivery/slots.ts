import pLimit, { type LimitFunction } from 'p-limit';
import type { Clock } from '../platform/clock.ts';

/** As long as two claims take under load: what leaves its slot within this time finds a successor in line. */
const AHEAD_MS = 75;
/** The longest line, in slots. */
const LONGEST_LINE = 2;

/**
 * Who speaks to Slack, never more at once than there are slots, and the line of those that wait for one: rows are claimed
 * before a slot is free, or it would stand empty for as long as a claim takes.
 */
export class Slots {
  readonly #limit: LimitFunction;
  /** When rows left their slots, lately. */
  #leftAtMs: number[] = [];

  constructor(
    private readonly count: number,
    private readonly clock: Clock,
  ) {
    this.#limit = pLimit(count);
  }

  inSlot<T>(work: () => Promise<T> | T): Promise<T> {
    return this.#limit(work);
  }

  /** Slack has answered, and the next in line goes. */
  left(): void {
    this.#leftAtMs.push(this.clock.monotonicMs());
  }

  /**
   * Rows to claim, beside those that Slack has not answered yet: for the slots that are free, and for a line as long as
   * Slack is quick; where it answers nobody there is none. A claim costs hardly more for many rows than for few, so while
   * some wait in line they are claimed by halves of it, unless that is along with something else.
   */
  wanted(unanswered: number, isAlong: boolean): number {
    const sinceMs = this.clock.monotonicMs() - AHEAD_MS;
    this.#leftAtMs = this.#leftAtMs.filter((leftAtMs) => leftAtMs >= sinceMs);
    const line = Math.min(this.#leftAtMs.length, this.count * LONGEST_LINE);
    const wanted = this.count + line - unanswered;
    const isEnough = !isAlong && unanswered > this.count && wanted < line / 2;
    return isEnough ? 0 : Math.max(0, wanted);
  }
}
