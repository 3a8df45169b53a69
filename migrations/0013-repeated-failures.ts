import { Migration } from '@mikro-orm/migrations';

/** What keeps failing, by whose it is and where, and its place in the log of connections. */
export class RepeatedFailures extends Migration {
  override up(): void {
    this.addSql(`
      drop table failing_channels;

      -- A row only while the latest was a failure. Without a channel it is the periodic check that fails.
      create table repeated_failures (
        id bigint generated always as identity primary key,
        connection_id uuid not null references connections (id),
        -- Set where it is a person's authorization that fails.
        authorization_id uuid references authorizations (id),
        channel_id text,
        failures_in_a_row integer not null,
        failing_since timestamptz not null,
        failed_at timestamptz not null,
        -- Since there have been so many that it is no accident.
        persistent_since timestamptz,
        -- Of the latest failure.
        failure_code text not null,
        slack_error text,
        unique nulls not distinct (connection_id, authorization_id, channel_id)
      );
      create index repeated_failures_persistent on repeated_failures (connection_id, authorization_id)
        where persistent_since is not null;
      create index repeated_failures_failed on repeated_failures (failed_at);

      -- With an ACTIVE status the problem is what keeps failing, and where.
      alter table connection_status_log
        add column channel_id text,
        add column slack_error text,
        add column failures integer;

      -- As before, and what keeps failing counts as well: the checks before channels, the newest channel before others.
      create or replace function log_connection_status(for_connection uuid, for_authorization uuid) returns void
      language plpgsql as $$
      declare
        current_epoch integer := (select max(epoch) from log_epochs);
        standing record;
        latest record;
      begin
        select connection.workspace_id, personal.user_id,
          case
            when principal.id is null then 'DISCONNECTED'
            when principal.problem_code is null then 'ACTIVE'
            else 'NEEDS_REAUTHORIZATION'
          end as status,
          coalesce(principal.problem_code, failing.failure_code) as problem_code,
          failing.channel_id, failing.slack_error, failing.failures_in_a_row
        into strict standing
        from connections connection
        left join authorizations personal on personal.id = for_authorization
        left join credentials principal on principal.id =
          case when for_authorization is null then connection.credential_id else personal.credential_id end
        left join lateral (
          select * from repeated_failures repeated
          where repeated.connection_id = for_connection and repeated.authorization_id is not distinct from for_authorization
            and repeated.persistent_since is not null and principal.id is not null and principal.problem_code is null
          order by repeated.channel_id is null desc, repeated.persistent_since desc limit 1
        ) failing on true
        where connection.id = for_connection;

        select log.epoch, log.stamp, log.to_status, log.problem_code, log.channel_id into latest
          from connection_status_log log
          where log.connection_id = for_connection and log.authorization_id is not distinct from for_authorization
          order by log.seq desc limit 1;
        if latest.to_status = standing.status and latest.channel_id is not distinct from standing.channel_id
          and (standing.status <> 'ACTIVE' or (latest.problem_code is null) = (standing.problem_code is null)) then
          return;
        end if;

        insert into connection_status_log (
          epoch, stamp, seq, connection_id, authorization_id, workspace_id, user_id, to_status, problem_code, at,
          channel_id, slack_error, failures)
        values (
          current_epoch,
          greatest(pg_current_xact_id()::text::bigint, case when latest.epoch = current_epoch then latest.stamp end),
          nextval('connection_status_seq'), for_connection, for_authorization, standing.workspace_id, standing.user_id,
          standing.status, standing.problem_code, now(), standing.channel_id, standing.slack_error,
          standing.failures_in_a_row);
        perform pg_notify('heliograph_status', '');
      end $$;

      create function log_repeated_failure() returns trigger language plpgsql as $$
      declare
        changed repeated_failures := coalesce(new, old);
      begin
        perform log_connection_status(changed.connection_id, changed.authorization_id);
        return null;
      end $$;

      create constraint trigger repeated_failures_update after update of persistent_since on repeated_failures
        deferrable initially deferred
        for each row when (old.persistent_since is distinct from new.persistent_since) execute function log_repeated_failure();
      create constraint trigger repeated_failures_delete after delete on repeated_failures
        deferrable initially deferred
        for each row when (old.persistent_since is not null) execute function log_repeated_failure();
    `);
  }
}
