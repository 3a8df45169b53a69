import type { ClaimedRow } from './claimed-row.ts';
import type { Messenger } from './messenger.ts';
import type { SendLog } from './send-log.ts';
import { settlementOf, type Settlement } from './settlement.policy.ts';

/** One try to post one claimed notification, up to what is to be written about it. */
export class Sender {
  constructor(
    private readonly messenger: Messenger,
    private readonly laneHoldSeconds: number,
    private readonly random: () => number,
    private readonly log: SendLog,
  ) {}

  async send(row: ClaimedRow, deadlineMs: number): Promise<Settlement> {
    const result = await this.messenger.post(row, deadlineMs);
    const { laneHoldSeconds } = this;
    const settlement = settlementOf(result, {
      tries: row.tries,
      remainingMs: row.remaining_ms,
      laneHoldSeconds,
      heldSeconds: (row.unsent_ms ?? 0) / 1000,
      random: this.random(),
    });
    this.log(row, settlement);
    return settlement;
  }
}
