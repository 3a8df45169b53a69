import { Migration } from '@mikro-orm/migrations';

/** An index for what waits in a lane past its time, however far from the head of the lane. */
export class Overdue extends Migration {
  /** Outside a transaction, each statement for itself: only so can an index be made while others write. */
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    // What an earlier try left behind when it broke off is not valid, and would never become so.
    this.addSql('drop index concurrently if exists notifications_overdue');
    this.addSql(`
      create index concurrently notifications_overdue on notifications (expires_at)
        where queue_pos is not null and status in ('QUEUED', 'RETRYING')
    `);
  }
}
