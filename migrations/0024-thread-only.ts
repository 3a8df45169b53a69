import { Migration } from '@mikro-orm/migrations';

/** Whether a channel takes replies in threads only; null until Slack was asked about it, since a listing need not say. */
export class ThreadOnly extends Migration {
  override up(): void {
    this.addSql('alter table channels add column is_thread_only boolean');
  }
}
