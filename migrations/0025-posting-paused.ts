import { Migration } from '@mikro-orm/migrations';

/**
 * A pause of posting, apart from that of a team that does not answer: Slack limits a method at a time, so what may have been
 * posted already is looked for all the while.
 */
export class PostingPaused extends Migration {
  override up(): void {
    this.addSql(`alter table delivery_teams add column posting_paused_until timestamptz not null default '-infinity'`);
  }
}
