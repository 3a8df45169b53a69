import { Migration } from '@mikro-orm/migrations';

/** When an event of Slack happened, to the microsecond, for the order among those of one second; null: as `event_time` says. */
export class OccurredAt extends Migration {
  override up(): void {
    this.addSql('alter table slack_events add column occurred_at timestamptz');
  }
}
