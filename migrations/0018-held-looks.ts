import { Migration } from '@mikro-orm/migrations';

/** Slack limits a method for a whole team: a 429 to one look holds back the looks in all of its channels. */
export class HeldLooks extends Migration {
  override up(): void {
    this.addSql(`alter table delivery_teams add column history_held_until timestamptz not null default '-infinity'`);
  }
}
