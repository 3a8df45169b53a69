import { Loop, type Stoppable } from '../platform/lifecycle.ts';
import type { Logger } from '../platform/logger.ts';
import { END_OF_STAMP, type LogPosition } from './cursor.policy.ts';
import type { FollowedLog, LoggedChange } from './followed-log.ts';

/** The poll is the truth; a notification only makes it sooner. */
const POLL_MS = 250;
const BATCH = 1000;

type Listener<Change> = (changes: readonly Change[]) => void;

/** Follows a log once for the whole process and hands each batch to whoever listens. */
export class StatusTail<Change extends LoggedChange> implements Stoppable {
  readonly #listeners = new Set<Listener<Change>>();
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

  wake(): void {
    this.#loop.wake();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Calls the listener with every batch from now on; returns how to end it. */
  listen(listener: Listener<Change>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
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
      for (const listener of this.#listeners) listener(changes);
      if (changes.length < BATCH) return;
    }
  }
}
