import { IndexMigration } from '../src/platform/index-migration.ts';

/** Teams that answer no look, and what has been unknown for long: it is given up all at once. */
export class Unasked extends IndexMigration {
  override up(): void {
    this.addSql('alter table delivery_teams add column if not exists look_failed_at timestamptz');
    // What an earlier try left behind when it broke off is not valid, and would never become so.
    this.whileOthersWrite('drop index concurrently if exists notifications_unknown');
    this.whileOthersWrite(
      'create index concurrently notifications_unknown on notifications (confirm_since) where confirm_since is not null',
    );
  }
}
