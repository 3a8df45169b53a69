import type { ConnectionScope } from '../connections/dependents.ts';
import type { Database, Sql } from '../platform/database.ts';
import type { NotificationId, UserId, WorkspaceId } from '../platform/ids.ts';
import type { Notification } from './notification.entity.ts';

export interface IdempotencyBinding {
  readonly workspaceId: WorkspaceId;
  readonly requestedBy: UserId;
  readonly key: string;
  readonly inputHash: Buffer;
  readonly notificationId: NotificationId;
}

/** How long a key is remembered. */
const KEY_LIFETIME = `interval '7 days'`;

const camelNames = new Map<string, string>();
const camel = (name: string): string => {
  const known = camelNames.get(name) ?? name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  camelNames.set(name, known);
  return known;
};

/** A row of the table as the entity names its fields. */
export const toNotification = (row: object): Notification =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [camel(name), value])) as unknown as Notification;

export class NotificationRepository {
  constructor(private readonly database: Database) {}

  async findAll(ids: readonly NotificationId[], sql: Sql = this.database): Promise<Map<NotificationId, Notification>> {
    const statement = { name: 'notifications_by_id', text: 'select * from notifications where id = any($1::uuid[])' };
    const rows = await sql.query(statement, [ids]);
    return new Map(rows.map(toNotification).map((notification) => [notification.id, notification]));
  }

  async find(id: NotificationId, sql: Sql = this.database): Promise<Notification | undefined> {
    return (await this.findAll([id], sql)).get(id);
  }

  async findResends(ids: readonly NotificationId[]): Promise<Map<NotificationId, Notification>> {
    const statement = {
      name: 'notifications_resent',
      text: 'select * from notifications where resend_of = any($1::uuid[])',
    };
    const rows = (await this.database.query(statement, [ids])).map(toNotification);
    return new Map(
      rows.flatMap((row) => (row.resendOf === null ? [] : [[row.resendOf as NotificationId, row] as const])),
    );
  }

  /** Binds the key to this notification, unless it is bound already: then answers with what it is bound to. */
  async bindKey(
    sql: Sql,
    binding: IdempotencyBinding,
  ): Promise<Pick<IdempotencyBinding, 'notificationId' | 'inputHash'>> {
    const values = [binding.workspaceId, binding.requestedBy, binding.key];
    const bound = await sql.query<{ notification_id: NotificationId }>(
      {
        name: 'idempotency_bind',
        text: `insert into idempotency_keys as bound (workspace_id, requested_by, key, input_hash, notification_id)
          values ($1, $2, $3, $4, $5)
          on conflict (workspace_id, requested_by, key) do update
            set input_hash = excluded.input_hash, notification_id = excluded.notification_id, created_at = now()
            where bound.created_at < now() - ${KEY_LIFETIME}
          returning notification_id`,
      },
      [...values, binding.inputHash, binding.notificationId],
    );
    if (bound.length > 0) return binding;
    const existing = await this.findKey(binding, sql);
    if (!existing) throw new Error('An idempotency key conflicted and then was not there.');
    return existing;
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

  /** Ids that wait in the queue of a connection, or of one person's authorization, oldest first. */
  async findWaiting(scope: ConnectionScope, limit: number): Promise<NotificationId[]> {
    const { column, id } = columnOf(scope);
    const rows = await this.database.query<{ id: NotificationId }>(
      {
        name: `notifications_waiting_${column}`,
        text: `select id from notifications where ${column} = $1 and status in ('QUEUED', 'RETRYING') order by id limit $2`,
      },
      [id, limit],
    );
    return rows.map((row) => row.id);
  }

  async countWaiting(scope: ConnectionScope): Promise<number> {
    const { column, id } = columnOf(scope);
    const rows = await this.database.query<{ count: number }>(
      {
        name: `notifications_count_waiting_${column}`,
        text: `select count(*)::int as count from notifications
          where ${column} = $1 and status in ('QUEUED', 'SENDING', 'RETRYING')`,
      },
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
    ? ({ column: 'connection_id', id: scope.connectionId } as const)
    : ({ column: 'authorization_id', id: scope.authorizationId } as const);
