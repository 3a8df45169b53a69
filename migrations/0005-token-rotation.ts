import { Migration } from '@mikro-orm/migrations';

/** What pacing refreshes and finding idle credentials needs; the lease of a refresh is on the row already. */
export class TokenRotation extends Migration {
  override up(): void {
    this.addSql(`
      -- refresh_failures: since the last that worked. While there are any, only a refresh says whether the token lives.
      alter table credentials
        add column refresh_failures smallint not null default 0,
        add column refresh_not_before timestamptz;
      create index credentials_expiring on credentials (token_expires_at)
        where refresh_token is not null and problem_code is null;
    `);
  }
}
