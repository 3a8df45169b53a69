import { Migration } from '@mikro-orm/migrations';

/**
 * What rows count as: one line for everybody who may see a notification, or two where one of a person's messages was
 * requested by one user for another. `change` is 1 for rows that came and -1 for rows that went.
 */
const countedAs = (rows: string): string => `
          select n.workspace_id, audience.name, date_trunc('hour', n.created_at, 'UTC'), n.status,
            case when n.status = 'FAILED' then n.failure_code else '' end,
            case when n.status = 'DELIVERED'
              then coalesce(delivery_time_step((extract(epoch from n.delivered_at - greatest(n.created_at, n.scheduled_for)) * 1000)::float8), 0)
              else 0 end,
            sum(n.change)
          from (${rows}) n cross join lateral (
            select 'BOT' as name where n.identity_kind = 'WORKSPACE_BOT'
            union all select 'PERSON' where n.identity_kind is distinct from 'WORKSPACE_BOT'
            union all select 'USER:' || n.requested_by where n.identity_kind is distinct from 'WORKSPACE_BOT'
            union all select 'USER:' || n.selected_by
              where n.identity_kind is distinct from 'WORKSPACE_BOT' and n.selected_by <> n.requested_by
          ) audience
          group by 1, 2, 3, 4, 5, 6 having sum(n.change) <> 0`;

/** How notifications fared, counted by the hour in which they were accepted. */
export class Statistics extends Migration {
  override up(): void {
    this.addSql(`
      -- Delivery times in steps: whole milliseconds below 50, then 7 % apart. Each stands for what is within 4.6 % of it.
      create function delivery_time_step(ms float8) returns integer language sql immutable parallel safe as $$
        select case
          when ms < 50 then greatest(round(ms), 0)
          else least(round(exp(round(ln(ms) / 0.07) * 0.07)), 2147483647)
        end::integer
      $$;

      -- audience: BOT and PERSON together are all of a workspace, by whom they were posted as; a member sees BOT and
      -- their own USER:<id>. failure_code is empty but for FAILED, delivery_ms 0 but for DELIVERED.
      create table notification_counts (
        workspace_id text not null,
        audience text not null,
        hour timestamptz not null,
        status text not null,
        failure_code text not null,
        delivery_ms integer not null,
        count integer not null,
        primary key (workspace_id, audience, hour, status, failure_code, delivery_ms)
      ) with (fillfactor = 70);

      -- What statements changed and is not added up yet. Counts together with changes are exact in every snapshot. Adding
      -- to the counts at once would make everything that is sent at the same time wait for the same few rows.
      create table notification_count_changes (
        workspace_id text not null,
        id bigint generated always as identity,
        audience text not null,
        hour timestamptz not null,
        status text not null,
        failure_code text not null,
        delivery_ms integer not null,
        change integer not null,
        primary key (workspace_id, id)
      ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

      -- Once for each statement, however many rows it writes. Whatever writes them: what the rows were is taken off, what
      -- they are is added. Sessions plan anew each time; nothing here depends on what the tables hold.
      create function count_notifications() returns trigger language plpgsql set plan_cache_mode = force_generic_plan as $$
      begin
        if tg_op = 'INSERT' then
          insert into notification_count_changes (workspace_id, audience, hour, status, failure_code, delivery_ms, change)
          ${countedAs('select 1 as change, * from added')};
        elsif tg_op = 'DELETE' then
          insert into notification_count_changes (workspace_id, audience, hour, status, failure_code, delivery_ms, change)
          ${countedAs('select -1 as change, * from removed')};
        else
          insert into notification_count_changes (workspace_id, audience, hour, status, failure_code, delivery_ms, change)
          ${countedAs('select 1 as change, * from added union all select -1, * from removed')};
        end if;
        return null;
      end $$;

      create trigger notifications_count_insert after insert on notifications
        referencing new table as added for each statement execute function count_notifications();
      create trigger notifications_count_update after update on notifications
        referencing old table as removed new table as added for each statement execute function count_notifications();
      create trigger notifications_count_delete after delete on notifications
        referencing old table as removed for each statement execute function count_notifications();

      -- For rows that came without triggers. Nothing is written to notifications meanwhile.
      create function recount_notifications() returns void language plpgsql as $$
      begin
        lock table notifications in share row exclusive mode;
        delete from notification_counts;
        delete from notification_count_changes;
        insert into notification_counts ${countedAs('select 1 as change, * from notifications')};
      end $$;
      select recount_notifications();

      -- The same holds for the status log's triggers, which run for every row.
      alter function stamp_status_move() set plan_cache_mode = force_generic_plan;
      alter function log_status_move() set plan_cache_mode = force_generic_plan;
    `);
  }
}
