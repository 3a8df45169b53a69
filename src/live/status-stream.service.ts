import { maySeeNotification, requireRole } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { NotificationService } from '../notifications/notification.service.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import { notFound } from '../platform/top-level-error.ts';
import {
  decodeCursor,
  encodeCursor,
  END_OF_STAMP,
  isAfter,
  requireReplayable,
  type LogPosition,
} from './cursor.policy.ts';
import type { StatusChange } from './status-log.entity.ts';
import type { StatusLogRepository } from './status-log.repository.ts';

/** What follows the log for the whole process: calls the listener with every batch; returns how to end it. */
export interface ChangeSource {
  listen(listener: (changes: readonly StatusChange[]) => void): () => void;
}

export interface StreamRequest {
  readonly workspaceId: WorkspaceId;
  readonly notificationId?: string | null | undefined;
  readonly after?: string | null | undefined;
}

const REPLAY_PAGE = 500;
/** Changes that wait in memory for one subscriber; one that falls further behind reads the log instead. */
const MAX_WAITING = 1000;

/** A cursor of everything from now on. */
export const cursorOfNow = async (log: StatusLogRepository): Promise<string> => encodeCursor(await positionOfNow(log));

/** Changes of one workspace that the tail handed over and the subscriber has not taken yet: bounded, never cut silently. */
class Handover {
  #waiting: StatusChange[] = [];
  #overflowed = false;
  #arrived: (() => void) | undefined;

  push(changes: readonly StatusChange[]): void {
    if (this.#overflowed) return;
    this.#waiting.push(...changes);
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting = [];
      this.#overflowed = true;
    }
    this.#arrived?.();
  }

  /** What arrived since the last call, or BEHIND where it was too much to keep; empty once `signal` ended the wait. */
  async take(signal: AbortSignal): Promise<readonly StatusChange[] | 'BEHIND'> {
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

/** The stream of status changes that one viewer may see in a workspace: every change once, in order, without a gap. */
export class StatusStreamService {
  constructor(
    private readonly log: StatusLogRepository,
    private readonly tail: ChangeSource,
    private readonly notifications: NotificationService,
    private readonly keptDays: number,
  ) {}

  /** Checks the request and begins; what is refused is refused here, before the first change. */
  async subscribe(viewer: Viewer, request: StreamRequest): Promise<AsyncIterableIterator<StatusChange>> {
    requireRole(viewer, request.workspaceId);
    if (request.notificationId) {
      const notification = await this.notifications.find(viewer, request.notificationId);
      if (notification?.workspaceId !== request.workspaceId) throw notFound('notification');
    }
    const from = await this.#begin(request.after);
    const stopping = new AbortController();
    const changes = this.#changes(viewer, request, from, stopping.signal);
    return stoppable(changes, stopping);
  }

  async #begin(after: string | null | undefined): Promise<LogPosition> {
    if (after === null || after === undefined) return positionOfNow(this.log);
    const position = decodeCursor(after);
    requireReplayable(position, await this.log.end(), this.keptDays);
    return position;
  }

  async *#changes(
    viewer: Viewer,
    { workspaceId, notificationId }: StreamRequest,
    from: LogPosition,
    signal: AbortSignal,
  ): AsyncGenerator<StatusChange, void> {
    const concerns = (change: StatusChange): boolean =>
      change.workspaceId === workspaceId &&
      (!notificationId || change.notificationId === notificationId) &&
      maySeeNotification(viewer, change);
    const handover = new Handover();
    const stopListening = this.tail.listen((changes) => handover.push(changes.filter(concerns)));
    try {
      let position = from;
      let behind = true;
      while (!signal.aborted) {
        const batch: readonly StatusChange[] | 'BEHIND' = behind
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
  #replay(position: LogPosition, workspaceId: WorkspaceId, handover: Handover): Promise<StatusChange[]> {
    handover.restart();
    return this.log.replayAfter(position, workspaceId, REPLAY_PAGE);
  }
}

const positionOfNow = async (log: StatusLogRepository): Promise<LogPosition> => {
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
