import type { Clock } from '../platform/clock.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { Refusal } from '../platform/user-error.ts';
import type { NotificationRepository } from './notification.repository.ts';

interface Count {
  /** Counted, plus what this process accepted since. */
  waiting: number;
  /** Of the places that it left free, so many may be taken on this count, and so many be on their way at once. */
  readonly share: number;
  /** What is left of the share. */
  trusted: number;
  readonly atMs: number;
}

/**
 * A count is trusted for this share of the places that it left free, and for this long: the fuller the queue, the oftener
 * it is counted, so that several processes, of which none sees what the others are storing, stay within 1 %.
 */
const TRUSTED_SHARE = 1 / 16;
const TRUSTED_MS = 1000;
const RETRY_AFTER_SECONDS = 5;
const MAX_WORKSPACES = 10_000;

/** Places in a workspace's queue, held until what they were taken for is committed, or is not. */
export interface Places {
  /** Fewer than wanted where the queue is full. */
  readonly granted: number;
  /** What the others are told. */
  readonly refusal: Refusal;
  release(): void;
}

/** How much one workspace may have waiting. Scheduled notifications do not count until they are due. */
export class QueueLimit {
  readonly #counts = new Map<WorkspaceId, Count>();
  readonly #counting = new Map<WorkspaceId, Promise<Count>>();
  /** Taken and not committed yet, so that no count in the database has them: many callers at once must not overshoot. */
  readonly #inFlight = new Map<WorkspaceId, number>();
  readonly #releases = new Map<WorkspaceId, PromiseWithResolvers<void>>();

  constructor(
    private readonly notifications: Pick<NotificationRepository, 'countQueued'>,
    private readonly max: number,
    private readonly clock: Clock,
  ) {}

  /** `holdsOthers`: the caller has places of another workspace, so it must not be kept waiting for somebody's commit. */
  async take(workspaceId: WorkspaceId, wanted: number, holdsOthers = false): Promise<Places> {
    let granted = 0;
    let waiting = 0;
    const release = (): void => this.#addInFlight(workspaceId, -granted);
    while (granted < wanted) {
      const count = await this.#count(workspaceId).catch((error: unknown) => {
        // Nobody else knows of them: they would stand for something on its way for ever.
        release();
        throw error;
      });
      waiting = count.waiting;
      const isCrowded = (this.#inFlight.get(workspaceId) ?? 0) >= count.share;
      // Also where it is full: nobody is refused for what may not be stored in the end, or be the same send.
      if (isCrowded && granted === 0 && !holdsOthers) {
        await this.#nextRelease(workspaceId);
        continue;
      }
      if (waiting >= this.max) break;
      const more = Math.max(0, Math.min(wanted - granted, this.max - count.waiting, count.trusted));
      count.waiting += more;
      count.trusted -= more;
      this.#addInFlight(workspaceId, more);
      granted += more;
    }
    return { granted, refusal: queueFull(waiting), release };
  }

  /** The refusal, where the queue of the workspace is full. */
  async look(workspaceId: WorkspaceId): Promise<Refusal | undefined> {
    const { waiting } = await this.#count(workspaceId);
    return waiting >= this.max ? queueFull(waiting) : undefined;
  }

  #count(workspaceId: WorkspaceId): Promise<Count> {
    const known = this.#counts.get(workspaceId);
    if (known && known.trusted > 0 && this.clock.monotonicMs() - known.atMs < TRUSTED_MS) return Promise.resolve(known);
    // All who ask meanwhile share one count: with one each, none would see what the others take.
    const counting = this.#counting.get(workspaceId) ?? this.#countAnew(workspaceId);
    this.#counting.set(workspaceId, counting);
    return counting;
  }

  async #countAnew(workspaceId: WorkspaceId): Promise<Count> {
    try {
      const count = await this.#read(workspaceId);
      if (this.#counts.size >= MAX_WORKSPACES) this.#counts.clear();
      this.#counts.set(workspaceId, count);
      return count;
    } finally {
      this.#counting.delete(workspaceId);
    }
  }

  async #read(workspaceId: WorkspaceId): Promise<Count> {
    // Before the statement: what is committed while it runs is then counted twice for a moment, rather than not at all.
    const inFlight = this.#inFlight.get(workspaceId) ?? 0;
    const waiting = inFlight + (await this.notifications.countQueued(workspaceId, this.max));
    const share = Math.max(1, Math.floor((this.max - waiting) * TRUSTED_SHARE));
    return { waiting, share, trusted: share, atMs: this.clock.monotonicMs() };
  }

  #addInFlight(workspaceId: WorkspaceId, places: number): void {
    const inFlight = (this.#inFlight.get(workspaceId) ?? 0) + places;
    if (inFlight > 0) this.#inFlight.set(workspaceId, inFlight);
    else this.#inFlight.delete(workspaceId);
    if (places > 0) return;
    this.#releases.get(workspaceId)?.resolve();
    this.#releases.delete(workspaceId);
  }

  #nextRelease(workspaceId: WorkspaceId): Promise<void> {
    const next = this.#releases.get(workspaceId) ?? Promise.withResolvers<void>();
    this.#releases.set(workspaceId, next);
    return next.promise;
  }
}

const queueFull = (waiting: number): Refusal => ({
  code: 'QUEUE_FULL',
  message: `${waiting} notifications of this workspace wait already; nothing was stored.`,
  remedy: `Repeat it after ${RETRY_AFTER_SECONDS} s; if it stays full, see what holds the queue in the history.`,
  details: { kind: 'queueFull', retryAfterSeconds: RETRY_AFTER_SECONDS },
});
