import { expect } from 'vitest';
import { RetentionRepository } from '../../src/notifications/retention.repository.ts';
import { NotificationRepository } from '../../src/notifications/notification.repository.ts';
import { StatusLogRepository } from '../../src/live/status-log.repository.ts';
import type { Database, Sql } from '../../src/platform/database.ts';
import type { NotificationId, UserId, WorkspaceId } from '../../src/platform/ids.ts';
import type { TestDatabase } from '../support/database.ts';
import { Explaining } from '../support/explained.ts';
import { COMMON } from '../support/history-fill.ts';

const SLICE = 100;
/** What a slice finds, and what goes with each of its rows. */
const MOST_BUFFERS = 5000;
const LARGE: readonly string[] = ['notifications', 'notification_words', 'idempotency_keys', 'status_log'];

/** What the triggers would have kept beside the rows. */
const fillLogAndKeys = (database: TestDatabase): Promise<unknown> =>
  database.query(`set session_replication_role = replica;
    insert into status_log (epoch, stamp, seq, notification_id, workspace_id, requested_by, to_status, at)
    select (select max(epoch) from log_epochs), -row_number() over (order by created_at desc), 0, id, workspace_id,
      requested_by, status, created_at from notifications;
    insert into idempotency_keys (workspace_id, requested_by, key, input_hash, notification_id, created_at)
    select workspace_id, requested_by, idempotency_key, '', id, created_at from notifications
    where idempotency_key is not null on conflict do nothing;
    set session_replication_role = origin; analyze status_log, idempotency_keys`);

/** A database of which the retention believes that no other process is at it. */
const explainingDatabase = (explaining: Explaining): Database => {
  const sql: Sql = {
    query: async <Row extends object>(statement: Parameters<Sql['query']>[0], values?: readonly unknown[]) =>
      statement.name === 'retention_lock' ? ([{ mine: true }] as Row[]) : explaining.query<Row>(statement, values),
  };
  return { ...sql, sqlTransaction: (work: (sql: Sql) => Promise<unknown>) => work(sql) } as unknown as Database;
};

/** What is asked of a large history beside its pages: by whom follows it, whoever opens one of it, and what clears it away. */
export const lookAtTheRest = async (test: TestDatabase, database: Database, workspaceId: string): Promise<void> => {
  await fillLogAndKeys(test);
  const explaining = new Explaining(database);
  const source = explainingDatabase(explaining);
  const rows = new NotificationRepository(source);
  const log = new StatusLogRepository(source);
  const [one] = await test.query<{ id: NotificationId }>('select id from notifications order by id offset 500 limit 1');
  const ids = one ? [one.id] : [];
  const [end] = await test.query<{ epoch: number }>('select max(epoch) as epoch from log_epochs');
  const position = { epoch: end?.epoch ?? 0, stamp: -1000n, seq: 0n, atMs: 0 };
  const workspace = workspaceId as WorkspaceId;
  const connection = { connectionId: COMMON.connectionId } as Parameters<NotificationRepository['findEnded']>[0];
  const asked: Readonly<Record<string, () => Promise<unknown>>> = {
    'the tail of the log': () => log.readAfter(position, SLICE),
    'a replay of the log': () => log.replayAfter(position, workspace, SLICE),
    'what the log holds back': () => log.waitingSeconds(position),
    'the timeline of one': () => log.timelines(ids),
    'what one was resent as': () => rows.findResends(ids),
    'what a key names': () =>
      rows.findKey({ workspaceId: workspace, requestedBy: COMMON.requestedBy as UserId, key: 'key-500' }),
    'what a disconnect has yet to cancel': () => rows.findEnded(connection, SLICE),
    'what a disconnect canceled': () => rows.countCanceledByDisconnect(connection, new Date()),
    'old notifications': () => new RetentionRepository(source, 29).deleteNotifications(SLICE),
    'old keys': () => new RetentionRepository(source, 29).deleteKeys(SLICE),
  };
  for (const [name, ask] of Object.entries(asked)) {
    const [explained] = await explaining.of(ask);
    const whole = explained?.wholeTables.filter((table) => LARGE.includes(table));
    expect({ name, whole }).toEqual({ name, whole: [] });
    expect({ name, isSmall: (explained?.buffers ?? Infinity) < MOST_BUFFERS }).toEqual({ name, isSmall: true });
  }
};
