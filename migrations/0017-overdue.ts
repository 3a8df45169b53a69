import { IndexMigration } from '../src/platform/index-migration.ts';

/** An index for what waits in a lane past its time, however far from the head of the lane. */
export class Overdue extends IndexMigration {
  override up(): void {
    // What an earlier try left behind when it broke off is not valid, and would never become so.
    this.whileOthersWrite('drop index concurrently if exists notifications_overdue');
    this.whileOthersWrite(`
      create index concurrently notifications_overdue on notifications (expires_at)
        where queue_pos is not null and status in ('QUEUED', 'RETRYING')
    `);
  }
}
