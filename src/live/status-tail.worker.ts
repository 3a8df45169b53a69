import type { Clock } from '../platform/clock.ts';
import { Loop, type Stoppable } from '../platform/lifecycle.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import type { WakeUps } from '../platform/wake-ups.ts';
import { END_OF_STAMP, type LogPosition } from './cursor.policy.ts';
import type { FollowedLog, LoggedChange } from './followed-log.ts';

/** The poll is the truth; a notification only makes it sooner. */
const POLL_MS = 250;
/** Where nobody listens nothing is read; who begins to listen wakes it. */
const POLLS_UNHEARD = 4;
const BATCH = 1000;
/** Connections of the pool may come to lead to another cluster one by one, and no error here tells of it. */
const EPOCH_CHECK_MS = 1000;

type Listener<Change> = (changes: readonly Change[]) => void;

/** Follows a log once for the whole process and hands each batch to whoever listens. */
export class StatusTail<Change extends LoggedChange> implements Stoppable {
  readonly #listeners = new Map<WorkspaceId, Set<Listener<Change>>>();
  readonly #loop: Loop;
  #position: LogPosition | undefined;
  #epochCheckedAt = -Infinity;

  constructor(
    private readonly log: FollowedLog<Change>,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    wakeUps: WakeUps,
    logger: Logger,
    private readonly pollMs = POLL_MS,
  ) {
    // Where nobody listens the poll will do.
    wakeUps.on('heliograph_status', () => {
      if (this.#listeners.size > 0) this.#loop.wake();
    });
    this.#loop = new Loop(
      () => this.#follow(),
      pollMs,
      (error) => {
        // What answers next may be another cluster.
        this.#epochCheckedAt = -Infinity;
        logger.error({ err: error }, 'reading the status log failed; it is tried again');
      },
    );
  }

  async start(): Promise<this> {
    await this.log.ensureEpoch();
    const { epoch, horizon, atMs } = await this.log.end();
    this.#position = { epoch, stamp: horizon - 1n, seq: END_OF_STAMP, atMs };
    this.#loop.start();
    return this;
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Calls the listener with every batch of a workspace after where the tail is now; with none as an epoch begins. */
  listen(workspaceId: WorkspaceId, listener: Listener<Change>): { position: () => LogPosition; stop: () => void } {
    this.#started();
    // Until now nobody woke it.
    if (this.#listeners.size === 0) this.#loop.wake();
    const listeners = this.#listeners.get(workspaceId) ?? new Set();
    this.#listeners.set(workspaceId, listeners.add(listener));
    const stop = (): void => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(workspaceId);
    };
    return { position: () => this.#started(), stop };
  }

  /** For how long the oldest change that is committed has been waiting to be read. */
  async lagSeconds(): Promise<number> {
    return this.#position ? this.log.waitingSeconds(this.#position) : 0;
  }

  #started(): LogPosition {
    if (!this.#position) throw new Error('The tail of a status log was listened to before it was started.');
    return this.#position;
  }

  /**
   * The epoch is looked up before the log is read: what an epoch has left comes before the next one begins. Where another
   * process began it since, its first row is what tells of it.
   */
  async #follow(): Promise<number> {
    const before = this.#started().epoch;
    const epoch = await this.#currentEpoch();
    await (this.#listeners.size > 0 ? this.#readAll() : this.#passOver());
    const { epoch: read, atMs } = this.#started();
    if (epoch > read) this.#position = { epoch, stamp: 0n, seq: 0n, atMs };
    if (Math.max(epoch, read) > before) this.#tellAll();
    return this.#listeners.size > 0 ? this.pollMs : this.pollMs * POLLS_UNHEARD;
  }

  async #currentEpoch(): Promise<number> {
    if (this.clock.monotonicMs() - this.#epochCheckedAt < EPOCH_CHECK_MS) return this.#started().epoch;
    const epoch = await this.log.ensureEpoch();
    this.#epochCheckedAt = this.clock.monotonicMs();
    return epoch;
  }

  /** Also where nothing happens any more: who follows from an epoch before has to begin anew. */
  #tellAll(): void {
    for (const listener of [...this.#listeners.values()].flatMap((theirs) => [...theirs])) listener([]);
  }

  /** Where nobody listens no row is read: most processes of role delivery have no listener ever. */
  async #passOver(): Promise<void> {
    const newest = await this.log.newestAfter(this.#started());
    // Whoever began to listen meanwhile was told the place before, and woke the loop.
    if (newest && this.#listeners.size === 0) this.#position = newest;
  }

  async #readAll(): Promise<void> {
    for (;;) {
      const changes = await this.log.readAfter(this.#started(), BATCH);
      const last = changes.at(-1);
      if (!last) return;
      this.#position = last.position;
      this.#hand(changes);
      if (changes.length < BATCH) return;
    }
  }

  #hand(changes: readonly Change[]): void {
    for (const [workspaceId, theirs] of Map.groupBy(changes, (change) => change.workspaceId)) {
      for (const listener of this.#listeners.get(workspaceId) ?? []) listener(theirs);
    }
  }
}
