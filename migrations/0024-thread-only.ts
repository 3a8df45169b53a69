import { Migration } from '@mikro-orm/migrations';

/** A channel that takes replies in threads only, as Slack lists it; until it is listed anew it counts as one that takes all. */
export class ThreadOnly extends Migration {
  override up(): void {
    this.addSql('alter table channels add column is_thread_only boolean default false');
  }
}
