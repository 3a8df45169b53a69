import type { CountMoves } from '../notifications/notification.states.ts';
import { confirmationOf, knownOutcome, type ConfirmationLimits } from './confirmation.policy.ts';
import type { ClaimedRow } from './claimed-row.ts';
import type { Messenger, Seen } from './messenger.ts';
import type { Settlement } from './settlement.policy.ts';

/** What the confirmer asks of the database. */
export interface ConfirmationStore {
  /** Messages found on the way whose notifications had been given up as UNCONFIRMED; how many of these are DELIVERED now. */
  settleFound(laneId: string, found: readonly Seen[]): Promise<number>;
}

/** Settles what became of a message whose answer was lost, by looking for it where it was posted to. */
export class Confirmer {
  constructor(
    private readonly messenger: Messenger,
    private readonly store: ConfirmationStore,
    private readonly limits: ConfirmationLimits,
    private readonly onResult: (result: string) => void,
    private readonly countMoves: CountMoves,
  ) {}

  /** `isStopping`: nobody waits for the look any more; the next process begins anew. */
  async confirm(row: ClaimedRow, claimedMs: number, isStopping: () => boolean): Promise<Settlement> {
    const posted = { channelId: row.attempt_channel_id, ts: row.attempt_ts };
    const { attempt_outcome: outcome, attempt_hold_seconds: holdSeconds } = row;
    const known = outcome && knownOutcome({ outcome, posted, holdSeconds });
    if (known) return known;
    const { lookup, others } = await this.messenger.confirm(row, claimedMs, isStopping);
    this.countMoves('DELIVERED', await this.store.settleFound(row.lane_id, others));
    this.onResult(lookup.kind);
    // Left open by a process that died: nobody has counted it yet.
    const isUncounted = outcome === 'IN_FLIGHT';
    const context = {
      tries: row.tries + (isUncounted ? 1 : 0),
      attemptAgeMs: row.attempt_age_ms,
      confirmingMs: row.confirming_ms ?? 0,
      unaskedMs: row.unasked_ms,
      policy: row.on_unknown_outcome,
    };
    return { ...confirmationOf(lookup, context, this.limits), countsAsTry: isUncounted };
  }
}
