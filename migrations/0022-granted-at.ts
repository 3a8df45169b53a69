import { Migration } from '@mikro-orm/migrations';

/** When the grant that a credential holds was asked of Slack; null where that is unknown, or it holds none. */
export class GrantedAt extends Migration {
  override up(): void {
    this.addSql('alter table credentials add column granted_at timestamptz');
  }
}
