import { Migration } from '@mikro-orm/migrations';

/** Notifications that are accepted together are logged together: what it costs to log a row is mostly what beginning costs. */
export class Accepting extends Migration {
  override up(): void {
    this.addSql(`
      -- A transition table holds the rows in the order in which they were inserted, and so the log has them in that order.
      create function log_accepted() returns trigger language plpgsql set plan_cache_mode = force_generic_plan as $$
      begin
        insert into status_log
          select added.log_epoch, added.log_stamp, nextval('status_log_seq'), added.id, added.workspace_id,
            added.identity_kind, added.requested_by, added.selected_by, null, added.status, nullif(added.attempt_count, 0),
            added.failure_code, added.failure_slack_error, added.failure_detail, now()
          from added;
        return null;
      end $$;

      drop trigger notifications_log_insert on notifications;
      create trigger notifications_log_insert after insert on notifications
        referencing new table as added for each statement execute function log_accepted();
    `);
  }
}
