import { Migration } from '@mikro-orm/migrations';

/** The log of what became of connections and authorizations, written by the database itself. */
export class ConnectionStatus extends Migration {
  override up(): void {
    this.addSql(`
      create sequence connection_status_seq as bigint cache 1;
      create table connection_status_log (
        epoch integer not null,
        stamp bigint not null,
        seq bigint not null,
        connection_id uuid not null references connections (id),
        -- Set where it is a person's authorization that changed; user_id is that person.
        authorization_id uuid references authorizations (id),
        workspace_id text not null,
        user_id text,
        to_status text not null check (to_status in ('ACTIVE', 'NEEDS_REAUTHORIZATION', 'DISCONNECTED')),
        problem_code text,
        at timestamptz not null,
        primary key (epoch, stamp, seq)
      );
      create index connection_status_log_holder on connection_status_log (connection_id, authorization_id, seq);
      create index connection_status_log_workspace on connection_status_log (workspace_id, epoch, stamp, seq);

      -- Compares what is with what was logged last, so whatever writes in whatever order, a transaction logs what came of
      -- it and nothing in between. Everybody who changes a status holds the principal's lock: two never compare at once.
      -- The stamp obeys the rule of status_log. These changes are rare enough for a NOTIFY inside the transaction.
      create function log_connection_status(for_connection uuid, for_authorization uuid) returns void language plpgsql as $$
      declare
        current_epoch integer := (select max(epoch) from log_epochs);
        standing record;
        latest record;
      begin
        select connection.workspace_id, personal.user_id, principal.problem_code,
          case
            when principal.id is null then 'DISCONNECTED'
            when principal.problem_code is null then 'ACTIVE'
            else 'NEEDS_REAUTHORIZATION'
          end as status
        into strict standing
        from connections connection
        left join authorizations personal on personal.id = for_authorization
        left join credentials principal on principal.id =
          case when for_authorization is null then connection.credential_id else personal.credential_id end
        where connection.id = for_connection;

        select log.epoch, log.stamp, log.to_status into latest from connection_status_log log
          where log.connection_id = for_connection and log.authorization_id is not distinct from for_authorization
          order by log.seq desc limit 1;
        if latest.to_status = standing.status then
          return;
        end if;

        insert into connection_status_log values (
          current_epoch,
          greatest(pg_current_xact_id()::text::bigint, case when latest.epoch = current_epoch then latest.stamp end),
          nextval('connection_status_seq'), for_connection, for_authorization, standing.workspace_id, standing.user_id,
          standing.status, standing.problem_code, now());
        perform pg_notify('heliograph_status', '');
      end $$;

      create function log_status_of_connection() returns trigger language plpgsql as $$
      begin
        perform log_connection_status(new.id, null);
        return null;
      end $$;

      create function log_status_of_authorization() returns trigger language plpgsql as $$
      begin
        perform log_connection_status(new.connection_id, new.id);
        return null;
      end $$;

      create function log_status_of_credential() returns trigger language plpgsql as $$
      begin
        perform log_connection_status(holder.connection_id, holder.authorization_id) from (
          select id as connection_id, null::uuid as authorization_id from connections where credential_id = new.id
          union all
          select connection_id, id from authorizations where credential_id = new.id
          order by connection_id, authorization_id nulls first
        ) holder;
        return null;
      end $$;

      -- Deferred to the commit: a disconnect wipes the credential before it lets go of the connection.
      create constraint trigger connections_status_insert after insert on connections
        deferrable initially deferred for each row execute function log_status_of_connection();
      create constraint trigger connections_status_update after update of credential_id on connections
        deferrable initially deferred
        for each row when (old.credential_id is distinct from new.credential_id) execute function log_status_of_connection();
      create constraint trigger authorizations_status_insert after insert on authorizations
        deferrable initially deferred for each row execute function log_status_of_authorization();
      create constraint trigger authorizations_status_update after update of credential_id on authorizations
        deferrable initially deferred
        for each row when (old.credential_id is distinct from new.credential_id) execute function log_status_of_authorization();
      create constraint trigger credentials_status_update after update of problem_code on credentials
        deferrable initially deferred
        for each row when (old.problem_code is distinct from new.problem_code) execute function log_status_of_credential();
    `);
  }
}
