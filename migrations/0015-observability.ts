import { IndexMigration } from '../src/platform/index-migration.ts';

/** The trace that a notification belongs to, and an index for how much waits, and for how long. */
export class Observability extends IndexMigration {
  override up(): void {
    // W3C traceparent of the accept. Without a default and without a check: no row is read, none rewritten.
    this.addSql('alter table notifications add column if not exists trace_parent text');
    // What an earlier try left behind when it broke off is not valid, and would never become so.
    this.whileOthersWrite('drop index concurrently if exists notifications_in_queue');
    // In the queue is what was accepted and is not at rest, but for what is scheduled for later.
    this.whileOthersWrite(`
      create index concurrently notifications_in_queue
        on notifications (status, coalesce(wait_reason = 'CONNECTION', false), greatest(created_at, scheduled_for))
        where status in ('QUEUED', 'SENDING', 'RETRYING') and wait_reason is distinct from 'SCHEDULED'
    `);
  }
}
