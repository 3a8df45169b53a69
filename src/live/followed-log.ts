import type { WorkspaceId } from '../platform/ids.ts';
import type { LogPosition } from './cursor.policy.ts';

/** Where the readable part of a log ends: every row below `horizon` is visible, and none will be added there. */
export interface LogEnd {
  readonly epoch: number;
  readonly horizon: bigint;
  /** The newest transaction id given out. */
  readonly end: bigint;
  readonly atMs: number;
}

export interface LoggedChange {
  readonly position: LogPosition;
  readonly workspaceId: WorkspaceId;
}

/** The changes up to a place; none where a new epoch begins. */
export interface LogBatch<Change> {
  readonly events: readonly Change[];
  readonly place: LogPosition;
}

/** An append-only log in the order of positions, written by the database in the transactions that it tells of. */
export interface FollowedLog<Change extends LoggedChange> {
  /** Changes after a position, of all workspaces. */
  readAfter(position: LogPosition, limit: number): Promise<Change[]>;
  /** The place of the newest change after a position, if there is one. */
  newestAfter(position: LogPosition): Promise<LogPosition | undefined>;
  /** Changes after a position, of one workspace. */
  replayAfter(position: LogPosition, workspaceId: WorkspaceId, limit: number): Promise<Change[]>;
  /** For how long the first change after a position has been committed, read or not; 0 where there is none. */
  waitingSeconds(position: LogPosition): Promise<number>;
  end(): Promise<LogEnd>;
  /** The epoch of the cluster that answers, which begins with this where the cluster is another than before. */
  ensureEpoch(): Promise<number>;
}
