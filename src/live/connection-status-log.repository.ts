import type { ConnectionStatus } from '../connections/connection.policy.ts';
import type { Database } from '../platform/database.ts';
import type { AuthorizationId, ConnectionId, UserId, WorkspaceId } from '../platform/ids.ts';
import type { ConnectionChange } from './connection-status-log.entity.ts';
import type { LogPosition } from './cursor.policy.ts';
import type { FollowedLog, LogEnd } from './followed-log.ts';
import {
  AFTER,
  newestAfter,
  place,
  SETTLED,
  toPosition,
  waitingSeconds,
  type StatusLogRepository,
} from './status-log.repository.ts';

interface Row {
  readonly epoch: number;
  readonly stamp: string;
  readonly seq: string;
  readonly connection_id: ConnectionId;
  readonly authorization_id: AuthorizationId | null;
  readonly workspace_id: WorkspaceId;
  readonly user_id: UserId | null;
  readonly to_status: ConnectionStatus;
  readonly problem_code: string | null;
  readonly channel_id: string | null;
  readonly slack_error: string | null;
  readonly failures: number | null;
  readonly at: Date;
}

const toChange = (row: Row): ConnectionChange => ({
  position: toPosition(row),
  connectionId: row.connection_id,
  authorizationId: row.authorization_id,
  workspaceId: row.workspace_id,
  userId: row.user_id,
  to: row.to_status,
  problemCode: row.problem_code,
  channelId: row.channel_id,
  slackError: row.slack_error,
  failures: row.failures,
  at: row.at,
});

/** The log of connections and authorizations; its positions are of the same epochs and stamps as the notifications' log. */
export class ConnectionStatusLogRepository implements FollowedLog<ConnectionChange> {
  constructor(
    private readonly database: Database,
    private readonly notifications: StatusLogRepository,
  ) {}

  async readAfter(position: LogPosition, limit: number): Promise<ConnectionChange[]> {
    const rows = await this.database.query<Row>(
      {
        name: 'connection_status_tail',
        text: `select * from connection_status_log log where ${AFTER} and ${SETTLED}
          order by log.epoch, log.stamp, log.seq limit $4`,
      },
      [...place(position), limit],
    );
    return rows.map(toChange);
  }

  async replayAfter(position: LogPosition, workspaceId: WorkspaceId, limit: number): Promise<ConnectionChange[]> {
    const rows = await this.database.query<Row>(
      {
        name: 'connection_status_replay',
        text: `select * from connection_status_log log where log.workspace_id = $4 and ${AFTER} and ${SETTLED}
          order by log.epoch, log.stamp, log.seq limit $5`,
      },
      [...place(position), workspaceId, limit],
    );
    return rows.map(toChange);
  }

  /**
   * Deletes what nobody can resume from any more, but for the latest change of each holder: the next is compared with it.
   * An hour more: a cursor may be a little newer than changes that come after it.
   */
  async deleteOlderThan(days: number, limit: number): Promise<number> {
    const rows = await this.database.query(
      {
        name: 'connection_status_delete',
        text: `delete from connection_status_log where (epoch, stamp, seq) in (
            select epoch, stamp, seq from connection_status_log log
            where log.at < now() - make_interval(days => $1, hours => 1) and exists (
              select from connection_status_log later
              where later.connection_id = log.connection_id and later.seq > log.seq
                and later.authorization_id is not distinct from log.authorization_id)
            limit $2)
          returning seq`,
      },
      [days, limit],
    );
    return rows.length;
  }

  waitingSeconds(position: LogPosition): Promise<number> {
    return waitingSeconds(this.database, 'connection_status_log', position);
  }

  newestAfter(position: LogPosition): Promise<LogPosition | undefined> {
    return newestAfter(this.database, 'connection_status_log', position);
  }

  end(): Promise<LogEnd> {
    return this.notifications.end();
  }

  ensureEpoch(): Promise<number> {
    return this.notifications.ensureEpoch();
  }
}
