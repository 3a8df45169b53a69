import { Migration } from '@mikro-orm/migrations';

/** The run of a listing that is to hold what was learned too late for the one under way; null where none is owed. */
export class NeededListing extends Migration {
  override up(): void {
    this.addSql(`alter table channel_directories add column needed_generation integer`);
  }
}
