import type { Logger } from '../platform/logger.ts';
import type { Settled } from './delivery.repository.ts';
import type { FailingChannelsRepository } from './failing-channels.repository.ts';

/** With this many in a row it is no accident. */
const PERSISTENT_FAILURES = 5;
/** How soon a process learns of failures that others met. */
const KNOWN_FOR_MS = 5000;
const MAX_KNOWN = 10_000;

/**
 * Notices channels where message after message fails. Beside the deliveries and never before them: nothing waits for it,
 * and a delivery costs a statement only in a channel where something failed.
 */
export class FailingChannels {
  #known: Set<string> | undefined;
  #knownAtMs = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(
    private readonly rows: FailingChannelsRepository,
    private readonly nowMs: () => number,
    private readonly logger: Logger,
    private readonly onPersistent: () => void,
  ) {}

  /** In the order of the calls, so that a lane's failures and deliveries count as they came. */
  observe(batch: readonly Settled[]): void {
    const ends = batch.filter(({ status }) => status === 'FAILED' || status === 'DELIVERED');
    if (ends.length === 0) return;
    this.#last = this.#last.then(() => this.#count(ends));
  }

  /** Never throws: a count that is lost is no message lost. */
  async #count(ends: readonly Settled[]): Promise<void> {
    try {
      const known = await this.#failing();
      const mended = ends.filter(({ status, row }) => status === 'DELIVERED' && known.has(row.lane_id));
      if (mended.length > 0) await this.rows.clear(mended.map(({ row }) => row.lane_id));
      for (const { row } of mended) known.delete(row.lane_id);
      for (const { status, row, failure } of ends) {
        if (status !== 'FAILED') continue;
        known.add(row.lane_id);
        if ((await this.rows.count(row.lane_id)) !== PERSISTENT_FAILURES) continue;
        this.onPersistent();
        this.logger.warn(
          { teamId: row.team_id, channelId: row.channel_id, failures: PERSISTENT_FAILURES, failureCode: failure?.code },
          'Every message to a channel fails: see its failure and remedy in the history.',
        );
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'Failures in a row could not be counted.');
    }
  }

  async #failing(): Promise<Set<string>> {
    const now = this.nowMs();
    if (this.#known === undefined || now - this.#knownAtMs > KNOWN_FOR_MS) {
      this.#known = new Set(await this.rows.lanes(MAX_KNOWN));
      this.#knownAtMs = now;
    }
    return this.#known;
  }
}
