import type { FailureCode } from '../connections/failure.policy.ts';
import type { IdentityKind } from '../identities/identity.entity.ts';
import type { DeliveryStatus } from '../notifications/notification.states.ts';
import type { Database, Sql } from '../platform/database.ts';
import type { NotificationId, UserId, WorkspaceId } from '../platform/ids.ts';
import { TopLevelError } from '../platform/top-level-error.ts';
import type { LogPosition } from './cursor.policy.ts';
import type { FollowedLog, LogEnd } from './followed-log.ts';
import type { StatusChange } from './status-log.entity.ts';

interface Row {
  readonly epoch: number;
  readonly stamp: string;
  readonly seq: string;
  readonly notification_id: NotificationId;
  readonly workspace_id: WorkspaceId;
  readonly identity_kind: IdentityKind | null;
  readonly requested_by: UserId;
  readonly selected_by: UserId | null;
  readonly from_status: DeliveryStatus | null;
  readonly to_status: DeliveryStatus;
  readonly attempt: number | null;
  readonly failure_code: FailureCode | null;
  readonly failure_slack_error: string | null;
  readonly failure_detail: string | null;
  readonly at: Date;
  readonly open_from?: string | null;
}

type PlacedRow = Pick<Row, 'epoch' | 'stamp' | 'seq' | 'at' | 'open_from'>;

export const toPosition = ({ epoch, stamp, seq, at, open_from: openFrom }: PlacedRow): LogPosition => ({
  epoch,
  stamp: BigInt(stamp),
  seq: BigInt(seq),
  atMs: at.getTime(),
  ...(typeof openFrom === 'string' ? { openFrom: BigInt(openFrom) } : {}),
});

const toChange = (row: Row): StatusChange => ({
  position: toPosition(row),
  notificationId: row.notification_id,
  workspaceId: row.workspace_id,
  identityKind: row.identity_kind,
  requestedBy: row.requested_by,
  selectedBy: row.selected_by,
  from: row.from_status,
  to: row.to_status,
  attempt: row.attempt,
  failureCode: row.failure_code,
  failureSlackError: row.failure_slack_error,
  failureDetail: row.failure_detail,
  at: row.at,
});

/**
 * Below the oldest running transaction nothing can be added any more: reading up to there never skips a change. Said as one
 * comparison, which ends what is read of an index: what somebody holds back is not read again with each look.
 */
export const SETTLED = `(log.epoch, log.stamp) < ((select max(epoch) from log_epochs), (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint))`;
export const AFTER = `(log.epoch, log.stamp, log.seq) > ($1::int, $2::bigint, $3::bigint)`;

export class StatusLogRepository implements FollowedLog<StatusChange> {
  #timeline: Timeline = 'log';

  constructor(private readonly database: Database) {}

  async readAfter(position: LogPosition, limit: number): Promise<StatusChange[]> {
    const rows = await this.database.query<Row>(
      {
        name: 'status_log_tail',
        text: `select * from status_log log where ${AFTER} and ${SETTLED} order by log.epoch, log.stamp, log.seq limit $4`,
      },
      [...place(position), limit],
    );
    return rows.map(toChange);
  }

  async replayAfter(position: LogPosition, workspaceId: WorkspaceId, limit: number): Promise<StatusChange[]> {
    const rows = await this.database.query<Row>(
      {
        name: 'status_log_replay',
        text: `select * from status_log log where log.workspace_id = $4 and ${AFTER} and ${SETTLED}
          order by log.epoch, log.stamp, log.seq limit $5`,
      },
      [...place(position), workspaceId, limit],
    );
    return rows.map(toChange);
  }

  waitingSeconds(position: LogPosition): Promise<number> {
    return waitingSeconds(this.database, 'status_log', position);
  }

  newestAfter(position: LogPosition): Promise<LogPosition | undefined> {
    return newestAfter(this.database, 'status_log', position);
  }

  async timelines(ids: readonly NotificationId[]): Promise<StatusChange[]> {
    const rows = await this.database.query<Row>(
      {
        name: 'status_log_timelines',
        text: `select *, case when not ${SETTLED} then pg_snapshot_xmin(pg_current_snapshot())::text end as open_from
          from status_log log where notification_id = any($1::uuid[]) order by epoch, stamp, seq`,
      },
      [ids],
    );
    return rows.map(toChange);
  }

  async end(sql: Sql = this.database): Promise<LogEnd> {
    const rows = await sql.query<{ epoch: number; horizon: string; end: string; at_ms: number }>({
      name: 'status_log_end',
      text: `select (select max(epoch) from log_epochs) as epoch,
          pg_snapshot_xmin(pg_current_snapshot())::text as horizon, pg_snapshot_xmax(pg_current_snapshot())::text as end,
          (extract(epoch from now()) * 1000)::float8 as at_ms`,
    });
    const [row] = rows;
    if (!row) throw new Error('The status log has no epoch.');
    return { epoch: row.epoch, horizon: BigInt(row.horizon), end: BigInt(row.end), atMs: row.at_ms };
  }

  /**
   * Transaction ids restart after a restore or a failover: a cluster that is not the one the log was written by begins a
   * new epoch. Where somebody writes for too long the old one goes on, until this is asked for again.
   */
  async ensureEpoch(): Promise<number> {
    const { epoch, is_over: isOver } = await this.#latestEpoch();
    if (!isOver) return epoch;
    return this.database
      .sqlTransaction((sql) => beginEpoch(sql, this.#timeline))
      .catch((error: unknown) => {
        if (error instanceof TopLevelError && error.code === 'SERVICE_UNAVAILABLE') return epoch;
        throw error;
      });
  }

  async #latestEpoch(): Promise<{ epoch: number; is_over: boolean }> {
    try {
      return await latestEpoch(this.database, this.#timeline);
    } catch (error) {
      if (this.#timeline === 'checkpoint' || !NOT_TOLD.has((error as { code?: string }).code ?? '')) throw error;
      // A standby says the same, and behind a pooler one may be asked for a moment.
      const [here] = await this.database.query<{ isStandby: boolean }>({
        text: 'select pg_is_in_recovery() as "isStandby"',
      });
      if (here?.isStandby !== false) throw error;
      this.#timeline = 'checkpoint';
      return latestEpoch(this.database, this.#timeline);
    }
  }
}

/** All writers stand behind who waits for their table. Longer than Postgres takes to end an autovacuum that is in the way. */
const WAIT_FOR_WRITERS = `set local lock_timeout = '2s'`;

/**
 * Of the file that is written to: what the last checkpoint says is of before a promotion for minutes. It is all that there is
 * where the log's files are nobody's business, as with Amazon's Aurora.
 */
const TIMELINES = {
  log: `('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int`,
  checkpoint: '(select timeline_id from pg_control_checkpoint())',
} as const;

type Timeline = keyof typeof TIMELINES;

/** Not supported, not in this state, no such function, not permitted. */
const NOT_TOLD = new Set(['0A000', '55000', '42883', '42501']);

/** A backup does not know the epochs that began after it: by the clock its next one is later than any of those. */
const NEXT_EPOCH = `greatest(epoch + 1, extract(epoch from clock_timestamp())::int - 1700000000)`;

const latestEpochBy = (timeline: Timeline): string => `
  select latest.epoch, here.system_identifier, here.timeline,
    (latest.system_identifier, latest.timeline) is distinct from (here.system_identifier, here.timeline) as is_over
  from (select * from log_epochs order by epoch desc limit 1) latest,
    (select system_identifier::text, ${TIMELINES[timeline]} as timeline from pg_control_system()) here`;

const latestEpoch = async (sql: Sql, timeline: Timeline): Promise<{ epoch: number; is_over: boolean }> => {
  const statement = { name: `status_log_epoch_by_${timeline}`, text: latestEpochBy(timeline) };
  const [row] = await sql.query<{ epoch: number; is_over: boolean }>(statement);
  if (!row) throw new Error('The status log has no epoch.');
  return row;
};

/**
 * Not before everybody has ended who writes with the epoch before: what they committed later would lie below the cursors
 * of the new one, and be told to nobody. Who comes after them waits for this commit, and reads the epoch then. The tables
 * are those whose triggers read it; it waits for one of them alone, holding none, so no two can wait for each other.
 */
const beginEpoch = async (sql: Sql, timeline: Timeline): Promise<number> => {
  await sql.query({ text: WAIT_FOR_WRITERS });
  await sql.query({ text: 'lock table notifications in share mode' });
  await sql.query({
    text: 'lock table connections, authorizations, credentials, repeated_failures in share mode nowait',
  });
  // Another process may have been first.
  await sql.query({
    name: `status_log_begin_epoch_by_${timeline}`,
    text: `insert into log_epochs (epoch, system_identifier, timeline)
      select ${NEXT_EPOCH}, system_identifier, timeline from (${latestEpochBy(timeline)}) latest where is_over
      on conflict (epoch) do nothing`,
  });
  return (await latestEpoch(sql, timeline)).epoch;
};

export const place = ({ epoch, stamp, seq }: LogPosition): unknown[] => [epoch, stamp.toString(), seq.toString()];

type Log = 'status_log' | 'connection_status_log';

export const newestAfter = async (
  database: Sql,
  table: Log,
  position: LogPosition,
): Promise<LogPosition | undefined> => {
  const [row] = await database.query<PlacedRow>(
    {
      name: `${table}_newest`,
      text: `select log.epoch, log.stamp, log.seq, log.at from ${table} log where ${AFTER} and ${SETTLED}
        order by log.epoch desc, log.stamp desc, log.seq desc limit 1`,
    },
    place(position),
  );
  return row && toPosition(row);
};

/** Committed is not yet readable: a transaction that began earlier and is still open holds back what came after it. */
export const waitingSeconds = async (database: Sql, table: Log, position: LogPosition): Promise<number> => {
  const [row] = await database.query<{ seconds: number }>(
    {
      name: `${table}_waiting`,
      text: `select greatest(extract(epoch from clock_timestamp() - log.at), 0)::float8 as seconds
        from ${table} log where ${AFTER} order by log.epoch, log.stamp, log.seq limit 1`,
    },
    place(position),
  );
  return row?.seconds ?? 0;
};
