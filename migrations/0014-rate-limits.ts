import { Migration } from '@mikro-orm/migrations';

/**
 * Requests counted by viewer and by workspace, for the current second. Unlogged: a count is worth nothing after a
 * crash, and a commit that touches no other table need not wait for the disk.
 */
export class RateLimits extends Migration {
  override up(): void {
    this.addSql(`
      create unlogged table rate_limits (
        key text primary key,
        points integer not null,
        -- Milliseconds of the epoch: the counting library's own form.
        expire bigint
      ) with (fillfactor = 50);
    `);
  }
}
