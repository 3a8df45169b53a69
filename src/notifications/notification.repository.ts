import type { EntityManager } from '@mikro-orm/postgresql';
import type { ConnectionScope } from '../connections/dependents.ts';
import type { Database, Sql } from '../platform/database.ts';
import type { NotificationId, UserId, WorkspaceId } from '../platform/ids.ts';
import type { Notification } from './notification.entity.ts';
import { endedBy, notificationColumns } from './notification.sql.ts';

export interface IdempotencyBinding {
  readonly workspaceId: WorkspaceId;
  readonly requestedBy: UserId;
  readonly key: string;
  readonly inputHash: Buffer;
  readonly notificationId: NotificationId;
}

/** How long a key is remembered. */
const KEY_LIFETIME = `interval '7 days'`;

const COLUMNS = notificationColumns('notifications');

export class NotificationRepository {
  constructor(private readonly database: Database) {}

  async findAll(ids: readonly NotificationId[], sql: Sql = this.database): Promise<Map<NotificationId, Notification>> {
    const statement = {
      name: 'notifications_by_id',
      text: `select ${COLUMNS} from notifications where id = any($1::uuid[])`,
    };
    const rows = await sql.query<Notification>(statement, [ids]);
    return new Map(rows.map((notification) => [notification.id, notification]));
  }

  async find(id: NotificationId, sql: Sql = this.database): Promise<Notification | undefined> {
    // However it was written: the database gives ids in lower case.
    return (await this.findAll([id], sql)).get(id.toLowerCase() as NotificationId);
  }

  async findResends(ids: readonly NotificationId[]): Promise<Map<NotificationId, Notification>> {
    const statement = {
      name: 'notifications_resent',
      text: `select ${COLUMNS} from notifications where resend_of = any($1::uuid[])`,
    };
    const rows = await this.database.query<Notification>(statement, [ids]);
    return new Map(rows.flatMap((row) => (row.resendOf === null ? [] : [[row.resendOf, row] as const])));
  }

  /** Whether its connection, or its person's authorization, still has the grant that it was posted with. */
  async hasGrant({ connectionId, authorizationId, credentialId }: Notification): Promise<boolean> {
    const statement = {
      name: 'notifications_grant',
      text: `select from connections where $2::uuid is null and id = $1 and credential_id = $3
        union all select from authorizations where id = $2 and credential_id = $3`,
    };
    return (await this.database.query(statement, [connectionId, authorizationId, credentialId])).length > 0;
  }

  /** Binds keys to notifications; where one is bound already, answers with what it is bound to. Each key once. */
  async bindKeys(sql: Sql, bindings: readonly IdempotencyBinding[]): Promise<IdempotencyBinding[]> {
    const columns = [
      bindings.map(({ workspaceId }) => workspaceId),
      bindings.map(({ requestedBy }) => requestedBy),
      bindings.map(({ key }) => key),
    ];
    await sql.query(
      {
        name: 'idempotency_bind',
        text: `insert into idempotency_keys as bound (workspace_id, requested_by, key, input_hash, notification_id)
          select * from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::uuid[]) as given(workspace_id, requested_by, key)
          order by 1, 2, 3
          on conflict (workspace_id, requested_by, key) do update
            set input_hash = excluded.input_hash, notification_id = excluded.notification_id, created_at = now()
            where bound.created_at < now() - ${KEY_LIFETIME}`,
      },
      [...columns, bindings.map(({ inputHash }) => inputHash), bindings.map(({ notificationId }) => notificationId)],
    );
    return sql.query<IdempotencyBinding>(
      {
        name: 'idempotency_bound',
        text: `select workspace_id as "workspaceId", requested_by as "requestedBy", key, input_hash as "inputHash",
            notification_id as "notificationId"
          from idempotency_keys join unnest($1::text[], $2::text[], $3::text[]) as given(workspace_id, requested_by, key)
          using (workspace_id, requested_by, key)`,
      },
      columns,
    );
  }

  async findKey(
    { workspaceId, requestedBy, key }: Pick<IdempotencyBinding, 'workspaceId' | 'requestedBy' | 'key'>,
    sql: Sql = this.database,
  ): Promise<Pick<IdempotencyBinding, 'notificationId' | 'inputHash'> | undefined> {
    const rows = await sql.query<{ notification_id: NotificationId; input_hash: Buffer }>(
      {
        name: 'idempotency_find',
        text: `select notification_id, input_hash from idempotency_keys
          where workspace_id = $1 and requested_by = $2 and key = $3 and created_at >= now() - ${KEY_LIFETIME}`,
      },
      [workspaceId, requestedBy, key],
    );
    const [row] = rows;
    return row && { notificationId: row.notification_id, inputHash: row.input_hash };
  }

  /** Ids that wait in the queue and that the disconnect of a connection, or of one person's authorization, ended; oldest first. */
  async findEnded(scope: ConnectionScope, limit: number): Promise<NotificationId[]> {
    const { holders, column, id } = columnOf(scope);
    const rows = await this.database.query<{ id: NotificationId }>(
      {
        name: `notifications_ended_${column}`,
        text: `select n.id from ${holders} holder join notifications n on n.${column} = holder.id
          where holder.id = $1 and n.status in ('QUEUED', 'RETRYING') and ${endedBy('holder', 'n')}
          order by n.id limit $2`,
      },
      [id, limit],
    );
    return rows.map((row) => row.id);
  }

  async countCanceledByDisconnect(scope: ConnectionScope, since: Date): Promise<number> {
    const { column, id } = columnOf(scope);
    const rows = await this.database.query<{ count: number }>(
      {
        name: `notifications_canceled_${column}`,
        text: `select count(*)::int as count from notifications
          where ${column} = $1 and finished_at >= $2 and failure_code = 'CANCELED_BY_DISCONNECT'`,
      },
      [id, since],
    );
    return rows[0]?.count ?? 0;
  }

  /** How many wait in a workspace, counted up to the limit; those scheduled for later do not count. */
  async countQueued(workspaceId: WorkspaceId, limit: number): Promise<number> {
    const rows = await this.database.query<{ count: number }>(
      {
        name: 'notifications_count_queued',
        text: `select count(*)::int as count from (
            select from notifications
            where workspace_id = $1 and status in ('QUEUED', 'RETRYING') and wait_reason is distinct from 'SCHEDULED' limit $2
          ) queued`,
      },
      [workspaceId, limit],
    );
    return rows[0]?.count ?? 0;
  }

  /** What a person saw; empty where it is not UNCONFIRMED (any more). */
  async resolveUnconfirmed(sql: Sql, id: NotificationId, messageIsThere: boolean): Promise<Notification[]> {
    const statement = messageIsThere
      ? {
          name: 'notification_resolve_present',
          text: `update notifications set status = 'DELIVERED', failure_code = null, failure_detail = null, failure_slack_error = null,
            delivered_at = coalesce(sent_at, now()), finished_at = now() where id = $1 and status = 'UNCONFIRMED' returning ${COLUMNS}`,
        }
      : {
          name: 'notification_resolve_absent',
          text: `update notifications set status = 'FAILED', failure_detail = 'A person looked in Slack and it is not there.',
            finished_at = now() where id = $1 and status = 'UNCONFIRMED' returning ${COLUMNS}`,
        };
    return sql.query<Notification>(statement, [id]);
  }

  async countWaiting(em: EntityManager, scope: ConnectionScope): Promise<number> {
    const { column, id } = columnOf(scope);
    const rows = await em.execute<{ count: number }[]>(
      `select count(*)::int as count from notifications
       where ${column} = ? and status in ('QUEUED', 'SENDING', 'RETRYING')`,
      [id],
    );
    return rows[0]?.count ?? 0;
  }

  async storePermalink(id: NotificationId, permalink: string): Promise<void> {
    const statement = { name: 'notification_permalink', text: 'update notifications set permalink = $2 where id = $1' };
    await this.database.query(statement, [id, permalink]);
  }
}

const columnOf = (scope: ConnectionScope) =>
  'connectionId' in scope
    ? ({ holders: 'connections', column: 'connection_id', id: scope.connectionId } as const)
    : ({ holders: 'authorizations', column: 'authorization_id', id: scope.authorizationId } as const);
