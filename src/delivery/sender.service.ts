import type { Clock } from '../platform/clock.ts';
import type { ClaimedRow } from './claimed-row.ts';
import type { Messenger } from './messenger.ts';
import type { SendLog } from './send-log.ts';
import { settlementOf, type Settlement } from './settlement.policy.ts';

/** One try to post one claimed notification, up to what is to be written about it. Times are the clock's, monotonic. */
export class Sender {
  constructor(
    private readonly messenger: Messenger,
    private readonly laneHoldSeconds: number,
    private readonly random: () => number,
    private readonly log: SendLog,
    private readonly clock: Clock,
  ) {}

  async send(row: ClaimedRow, deadlineMs: number, expiresMs: number): Promise<Settlement> {
    const result = await this.messenger.post(row, deadlineMs);
    const { laneHoldSeconds } = this;
    const settlement = settlementOf(result, {
      tries: row.tries,
      remainingMs: expiresMs - this.clock.monotonicMs(),
      laneHoldSeconds,
      heldSeconds: (row.unsent_ms ?? 0) / 1000,
      random: this.random(),
    });
    this.log(row, settlement);
    return settlement;
  }
}
