import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../platform/logger.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import {
  beforeWhatWasOpen,
  decodeCursor,
  encodeCursor,
  END_OF_STAMP,
  isAfter,
  requireReplayable,
  requireSameEpoch,
  type LogPosition,
} from './cursor.policy.ts';
import type { FollowedLog, LogBatch, LoggedChange } from './followed-log.ts';
import { Handover } from './handover.ts';

/** What follows a log for the whole process. */
export interface ChangeSource<Change> {
  /** Calls the listener with the changes of a workspace up to each new `position()`, and with none as an epoch begins. */
  listen(
    workspaceId: WorkspaceId,
    listener: (changes: readonly Change[]) => void,
  ): { readonly position: () => LogPosition; readonly stop: () => void };
}

/** What a subscription is: a place in the log of a workspace, and who may see what of it. */
export interface LogSubscription<Change> {
  readonly log: WorkspaceLog<Change & LoggedChange>;
  readonly from: LogPosition;
  readonly audience: { readonly key: string; concerns(change: Change): boolean };
}

const BATCH_CHANGES = 100;
const RETRY_MS = 500;

type AnyLog = Pick<FollowedLog<LoggedChange>, 'end'>;

/** A cursor of everything from now on. */
export const cursorOfNow = async (log: AnyLog): Promise<string> => encodeCursor(await positionOfNow(log));

const positionOfNow = async (log: AnyLog): Promise<LogPosition> => {
  const { epoch, horizon, atMs } = await log.end();
  return { epoch, stamp: horizon - 1n, seq: END_OF_STAMP, atMs };
};

/** Where subscriptions of one log begin, and what they read. */
export class LogStream<Change extends LoggedChange> {
  constructor(
    private readonly log: FollowedLog<Change>,
    private readonly tail: ChangeSource<Change>,
    private readonly keptDays: number,
    private readonly logger: Logger,
  ) {}

  /**
   * The place that `after` names, or now; one that cannot be replayed from is refused. For more than `ofOne` notification
   * it is before all that was open when its row was read: that is told now, and what came since perhaps once more.
   */
  async begin(after: string | null | undefined, { ofOne }: { readonly ofOne: boolean }): Promise<LogPosition> {
    if (after === null || after === undefined) return positionOfNow(this.log);
    const position = decodeCursor(after);
    requireReplayable(position, await this.log.end(), this.keptDays);
    return ofOne ? position : beforeWhatWasOpen(position);
  }

  of(workspaceId: WorkspaceId): WorkspaceLog<Change> {
    return new WorkspaceLog(this.log, this.tail, workspaceId, this.logger);
  }
}

/** The changes of one workspace: every one once, in order, without a gap. */
export class WorkspaceLog<Change extends LoggedChange> {
  readonly isAfter = isAfter;
  readonly requireUnbroken = requireSameEpoch;

  constructor(
    private readonly log: FollowedLog<Change>,
    private readonly tail: ChangeSource<Change>,
    private readonly workspaceId: WorkspaceId,
    private readonly logger: Logger,
  ) {}

  placeOf({ position }: Change): LogPosition {
    return position;
  }

  nameOf({ epoch, stamp, seq }: LogPosition): string {
    return `${epoch}:${stamp}:${seq}`;
  }

  /** Waits for a database that is away: who follows is late then, and misses nothing. */
  async read(after: LogPosition, limit: number, signal?: AbortSignal): Promise<readonly Change[]> {
    for (;;) {
      try {
        return await this.log.replayAfter(after, this.workspaceId, limit);
      } catch (error) {
        // The tail has said so already, once for everybody.
        this.logger.debug({ err: error }, 'reading the status log failed; it is tried again');
        await pause(RETRY_MS, undefined, signal && { signal });
      }
    }
  }

  follow(): { readonly from: LogPosition; readonly batches: AsyncIterableIterator<LogBatch<Change>> } {
    const stopping = new AbortController();
    const handover = new Handover<Change>();
    const { position, stop } = this.tail.listen(this.workspaceId, (changes) => handover.push(changes));
    stopping.signal.addEventListener('abort', stop);
    const from = position();
    return { from, batches: stoppable(this.#batches(from, position, handover, stopping.signal), stopping) };
  }

  async *#batches(
    from: LogPosition,
    passed: () => LogPosition,
    handover: Handover<Change>,
    signal: AbortSignal,
  ): AsyncGenerator<LogBatch<Change>, void> {
    let place = from;
    let behind = false;
    while (!signal.aborted) {
      const taken: readonly Change[] | 'BEHIND' = behind
        ? await this.#replay(place, handover, signal)
        : await handover.take(BATCH_CHANGES, signal);
      if (taken === 'BEHIND') {
        behind = true;
        continue;
      }
      behind &&= taken.length === BATCH_CHANGES;
      // The seam: what the replay gave already comes by the tail once more.
      const events = taken.filter((change) => isAfter(change.position, place));
      const reached = events.at(-1)?.position ?? (handover.isEmpty ? passed() : place);
      if (!isAfter(reached, place) || signal.aborted) continue;
      const isAnotherEpoch = reached.epoch > place.epoch;
      place = reached;
      yield { events, place };
      // Events reach those whom they concern; of another epoch everybody is told.
      if (isAnotherEpoch && events.length > 0) yield { events: [], place };
    }
  }

  /** A page of the log. The handover begins before it is read, so that nothing falls between the page and the tail. */
  #replay(from: LogPosition, handover: Handover<Change>, signal: AbortSignal): Promise<readonly Change[]> {
    handover.restart();
    return this.read(from, BATCH_CHANGES, signal);
  }
}

/** A generator that waits for a change cannot hear `return()`; ending the wait first lets it come to its end. */
const stoppable = <T>(source: AsyncGenerator<T, void>, stopping: AbortController): AsyncIterableIterator<T> => ({
  next: () => source.next(),
  return: () => {
    stopping.abort();
    return source.return();
  },
  [Symbol.asyncIterator]() {
    return this;
  },
});
