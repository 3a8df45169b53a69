import type { Clock } from '../platform/clock.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { Refusal } from '../platform/user-error.ts';
import type { NotificationRepository } from './notification.repository.ts';

interface Count {
  /** Counted, plus what this process accepted since. */
  waiting: number;
  /** How many more may be accepted on this count. */
  trusted: number;
  readonly atMs: number;
}

/** A count is trusted for this share of the limit and for this long: several processes together stay within 1 %. */
const TRUSTED_SHARE = 0.002;
const TRUSTED_MS = 1000;
const RETRY_AFTER_SECONDS = 5;
const MAX_WORKSPACES = 10_000;

/** How much one workspace may have waiting. Scheduled notifications do not count until they are due. */
export class QueueLimit {
  readonly #counts = new Map<WorkspaceId, Count>();

  constructor(
    private readonly notifications: NotificationRepository,
    private readonly max: number,
    private readonly clock: Clock,
  ) {}

  /** The refusal, where the queue of the workspace is full. */
  async check(workspaceId: WorkspaceId): Promise<Refusal | undefined> {
    const count = await this.#count(workspaceId);
    if (count.waiting >= this.max) return queueFull(count.waiting);
    count.waiting += 1;
    count.trusted -= 1;
    return undefined;
  }

  /** The same answer without taking a place. */
  async look(workspaceId: WorkspaceId): Promise<Refusal | undefined> {
    const { waiting } = await this.#count(workspaceId);
    return waiting >= this.max ? queueFull(waiting) : undefined;
  }

  async #count(workspaceId: WorkspaceId): Promise<Count> {
    const known = this.#counts.get(workspaceId);
    if (known && known.trusted > 0 && this.clock.monotonicMs() - known.atMs < TRUSTED_MS) return known;
    const waiting = await this.notifications.countQueued(workspaceId, this.max);
    const trusted = Math.max(1, Math.floor(this.max * TRUSTED_SHARE));
    const count = { waiting, trusted, atMs: this.clock.monotonicMs() };
    if (this.#counts.size >= MAX_WORKSPACES) this.#counts.clear();
    this.#counts.set(workspaceId, count);
    return count;
  }
}

const queueFull = (waiting: number): Refusal => ({
  code: 'QUEUE_FULL',
  message: `${waiting} notifications of this workspace wait already; nothing was stored.`,
  remedy: `Repeat it after ${RETRY_AFTER_SECONDS} s; if it stays full, see what holds the queue in the history.`,
  details: { kind: 'queueFull', retryAfterSeconds: RETRY_AFTER_SECONDS },
});
