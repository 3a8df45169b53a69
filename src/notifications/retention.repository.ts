import { ADVISORY_LOCKS } from '../platform/advisory-locks.ts';
import type { Database, Sql } from '../platform/database.ts';

/**
 * Rows that have been at rest for long, and what is kept with them; attempts, log and words go by a trigger. What an
 * idempotency key still names stays: the key would be forgotten with it. An hour more: a cursor may be a little newer
 * than changes that come after it. $1 days, $2 how many.
 */
const DELETE_NOTIFICATIONS = `
  with old as materialized (
    select n.id from notifications n
    where n.finished_at < now() - make_interval(days => $1, hours => 1)
      and n.status in ('DELIVERED', 'FAILED', 'CANCELED', 'UNCONFIRMED')
      and not exists (select from idempotency_keys bound where bound.notification_id = n.id)
    order by n.finished_at limit $2 for update of n skip locked
  )
  delete from notifications where id = any(array(select id from old)) returning id`;

/** $1 how many. */
const DELETE_KEYS = `
  delete from idempotency_keys
  where (workspace_id, requested_by, key) in (
    select workspace_id, requested_by, key from idempotency_keys
    where created_at < now() - interval '7 days' order by created_at limit $1 for update skip locked
  )
  returning notification_id`;

/** What is deleted once it was kept long enough, in slices: each a short transaction that holds up nobody. */
export class RetentionRepository {
  constructor(
    private readonly database: Database,
    private readonly historyDays: number,
  ) {}

  deleteNotifications(limit: number): Promise<number> {
    return this.#alone((sql) =>
      sql.query({ name: 'retention_notifications', text: DELETE_NOTIFICATIONS }, [this.historyDays, limit]),
    );
  }

  deleteKeys(limit: number): Promise<number> {
    return this.#alone((sql) => sql.query({ name: 'retention_keys', text: DELETE_KEYS }, [limit]));
  }

  #alone(work: (sql: Sql) => Promise<object[]>): Promise<number> {
    return this.database.sqlTransaction(async (sql) => {
      const lock = { name: 'retention_lock', text: 'select pg_try_advisory_xact_lock($1) as mine' };
      const [round] = await sql.query<{ mine: boolean }>(lock, [ADVISORY_LOCKS.RETENTION]);
      return round?.mine ? (await work(sql)).length : 0;
    });
  }
}
