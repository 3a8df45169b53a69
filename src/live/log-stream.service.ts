import type { WorkspaceId } from '../platform/ids.ts';
import {
  decodeCursor,
  encodeCursor,
  END_OF_STAMP,
  isAfter,
  requireReplayable,
  type LogPosition,
} from './cursor.policy.ts';
import type { FollowedLog, LoggedChange } from './followed-log.ts';

/** What follows a log for the whole process: calls the listener with every batch; returns how to end it. */
export interface ChangeSource<Change> {
  listen(listener: (changes: readonly Change[]) => void): () => void;
}

const REPLAY_PAGE = 500;
/** Changes that wait in memory for one subscriber; one that falls further behind reads the log instead. */
const MAX_WAITING = 1000;

type AnyLog = Pick<FollowedLog<LoggedChange>, 'end'>;

/** A cursor of everything from now on. */
export const cursorOfNow = async (log: AnyLog): Promise<string> => encodeCursor(await positionOfNow(log));

/** Changes that the tail handed over and the subscriber has not taken yet: bounded, never cut silently. */
class Handover<Change> {
  #waiting: Change[] = [];
  #overflowed = false;
  #arrived: (() => void) | undefined;

  push(changes: readonly Change[]): void {
    if (this.#overflowed) return;
    this.#waiting.push(...changes);
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting = [];
      this.#overflowed = true;
    }
    this.#arrived?.();
  }

  /** What arrived since the last call, or BEHIND where it was too much to keep; empty once `signal` ended the wait. */
  async take(signal: AbortSignal): Promise<readonly Change[] | 'BEHIND'> {
    if (this.#waiting.length === 0 && !this.#overflowed && !signal.aborted) await this.#arrival(signal);
    if (this.#overflowed) return 'BEHIND';
    return this.#waiting.splice(0);
  }

  restart(): void {
    this.#waiting = [];
    this.#overflowed = false;
  }

  #arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener('abort', done);
        this.#arrived = undefined;
        resolve();
      };
      this.#arrived = done;
      signal.addEventListener('abort', done);
    });
  }
}

/** Streams of one log: every change that a subscriber is concerned by once, in order, without a gap. */
export class LogStream<Change extends LoggedChange> {
  constructor(
    private readonly log: FollowedLog<Change>,
    private readonly tail: ChangeSource<Change>,
    private readonly keptDays: number,
  ) {}

  /** The place that `after` names, or now; one that cannot be replayed from is refused. */
  async begin(after: string | null | undefined): Promise<LogPosition> {
    if (after === null || after === undefined) return positionOfNow(this.log);
    const position = decodeCursor(after);
    requireReplayable(position, await this.log.end(), this.keptDays);
    return position;
  }

  /** `concerns` is asked only for changes of the workspace. */
  follow(
    from: LogPosition,
    workspaceId: WorkspaceId,
    concerns: (change: Change) => boolean,
  ): AsyncIterableIterator<Change> {
    const stopping = new AbortController();
    const isWanted = (change: Change): boolean => change.workspaceId === workspaceId && concerns(change);
    return stoppable(this.#changes(from, workspaceId, isWanted, stopping.signal), stopping);
  }

  async *#changes(
    from: LogPosition,
    workspaceId: WorkspaceId,
    concerns: (change: Change) => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<Change, void> {
    const handover = new Handover<Change>();
    const stopListening = this.tail.listen((changes) => handover.push(changes.filter(concerns)));
    try {
      let position = from;
      let behind = true;
      while (!signal.aborted) {
        const batch: readonly Change[] | 'BEHIND' = behind
          ? await this.#replay(position, workspaceId, handover)
          : await handover.take(signal);
        behind = batch === 'BEHIND' || (behind && batch.length === REPLAY_PAGE);
        for (const change of batch === 'BEHIND' ? [] : batch) {
          // The seam: what the replay gave already comes by the tail once more.
          if (!isAfter(change.position, position)) continue;
          position = change.position;
          if (concerns(change)) yield change;
        }
      }
    } finally {
      stopListening();
    }
  }

  /** A page of the log. The handover begins before it is read, so that nothing falls between the page and the tail. */
  #replay(position: LogPosition, workspaceId: WorkspaceId, handover: Handover<Change>): Promise<Change[]> {
    handover.restart();
    return this.log.replayAfter(position, workspaceId, REPLAY_PAGE);
  }
}

const positionOfNow = async (log: AnyLog): Promise<LogPosition> => {
  const { epoch, horizon, atMs } = await log.end();
  return { epoch, stamp: horizon - 1n, seq: END_OF_STAMP, atMs };
};

/** A generator that waits for a change cannot hear `return()`; ending the wait first lets it run its cleanup. */
const stoppable = <T>(source: AsyncGenerator<T, void>, stopping: AbortController): AsyncIterableIterator<T> => ({
  next: () => source.next(),
  return: () => {
    stopping.abort();
    return source.return();
  },
  throw: (error: unknown) => {
    stopping.abort();
    return source.throw(error);
  },
  [Symbol.asyncIterator]() {
    return this;
  },
});
