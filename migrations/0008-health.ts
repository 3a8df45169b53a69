import { Migration } from '@mikro-orm/migrations';

/** When each credential is looked at in Slack next, and the channels where message after message fails. */
export class Health extends Migration {
  override up(): void {
    this.addSql(`
      create table credential_checks (
        credential_id uuid primary key references credentials (id) on delete cascade,
        next_check_at timestamptz not null
      );
      create index credential_checks_due on credential_checks (next_check_at);

      -- Spread, so that those that were connected together are not looked at together for ever.
      insert into credential_checks select id, now() + interval '15 minutes' * random() from credentials;
      create function check_new_credential() returns trigger language plpgsql as $$
      begin
        insert into credential_checks values (new.id, now() + interval '15 minutes' * random());
        return null;
      end $$;
      create trigger credentials_check after insert on credentials for each row execute function check_new_credential();

      -- Only channels where the latest message failed have a row.
      create table failing_channels (
        lane_id bigint primary key references delivery_lanes (id) on delete cascade,
        failures_in_a_row integer not null,
        failed_at timestamptz not null
      );
    `);
  }
}
