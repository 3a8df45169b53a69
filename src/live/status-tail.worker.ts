import { Loop, type Stoppable } from '../platform/lifecycle.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import { END_OF_STAMP, type LogPosition } from './cursor.policy.ts';
import type { FollowedLog, LoggedChange } from './followed-log.ts';

/** The poll is the truth; a notification only makes it sooner. */
const POLL_MS = 250;
const BATCH = 1000;

type Listener<Change> = (changes: readonly Change[]) => void;

/** Follows a log once for the whole process and hands each batch to whoever listens. */
export class StatusTail<Change extends LoggedChange> implements Stoppable {
  readonly #listeners = new Map<WorkspaceId, Set<Listener<Change>>>();
  readonly #loop: Loop;
  #position: LogPosition | undefined;
  /** False after anything went wrong: what answers next may be another cluster. */
  #isSameCluster = true;

  constructor(
    private readonly log: FollowedLog<Change>,
    logger: Logger,
  ) {
    this.#loop = new Loop(
      () => this.#follow(),
      POLL_MS,
      (error) => {
        this.#isSameCluster = false;
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

  /** Where nobody listens the poll will do. */
  wake(): void {
    if (this.#listeners.size > 0) this.#loop.wake();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Calls the listener with every batch of a workspace after `from`, which is where the tail is now. */
  listen(workspaceId: WorkspaceId, listener: Listener<Change>): { from: LogPosition; stop: () => void } {
    if (!this.#position) throw new Error('The tail of a status log was listened to before it was started.');
    // Until now nobody woke it.
    if (this.#listeners.size === 0) this.#loop.wake();
    const listeners = this.#listeners.get(workspaceId) ?? new Set();
    this.#listeners.set(workspaceId, listeners.add(listener));
    const stop = (): void => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(workspaceId);
    };
    return { from: this.#position, stop };
  }

  /** For how long the oldest change that is committed has been waiting to be read. */
  async lagSeconds(): Promise<number> {
    return this.#position ? this.log.waitingSeconds(this.#position) : 0;
  }

  async #follow(): Promise<void> {
    if (!this.#isSameCluster) {
      await this.log.ensureEpoch();
      this.#isSameCluster = true;
    }
    for (;;) {
      if (!this.#position) return;
      const changes = await this.log.readAfter(this.#position, BATCH);
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
