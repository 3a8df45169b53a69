import { Migration } from '@mikro-orm/migrations';

/** The append-only log of status changes, written by the database itself: no code path can move a status without it. */
export class StatusLog extends Migration {
  override up(): void {
    this.addSql(`
      -- Transaction ids restart after a restore or a failover; a cursor names the epoch that it belongs to.
      create table log_epochs (
        epoch integer primary key,
        system_identifier text not null,
        timeline integer not null,
        started_at timestamptz not null default now()
      );
      insert into log_epochs (epoch, system_identifier, timeline)
        select 1, s.system_identifier::text, c.timeline_id from pg_control_system() s, pg_control_checkpoint() c;

      create sequence status_log_seq as bigint cache 1;
      create table status_log (
        epoch integer not null,
        stamp bigint not null,
        seq bigint not null,
        notification_id uuid not null references notifications (id) on delete cascade,
        workspace_id text not null,
        identity_kind text,
        requested_by text not null,
        selected_by text,
        from_status text,
        to_status text not null,
        attempt integer,
        failure_code text,
        failure_slack_error text,
        failure_detail text,
        at timestamptz not null,
        primary key (epoch, stamp, seq)
      );
      create index status_log_notification on status_log (notification_id, epoch, stamp, seq);
      create index status_log_workspace on status_log (workspace_id, epoch, stamp, seq);

      -- The state machine, read aloud: from → to. Any other move is refused, whoever asks.
      create table status_moves (from_status text not null, to_status text not null, primary key (from_status, to_status));
      insert into status_moves values
        ('QUEUED', 'SENDING'), ('QUEUED', 'CANCELED'), ('QUEUED', 'FAILED'),
        ('SENDING', 'DELIVERED'), ('SENDING', 'RETRYING'), ('SENDING', 'FAILED'), ('SENDING', 'UNCONFIRMED'), ('SENDING', 'CANCELED'),
        ('RETRYING', 'SENDING'), ('RETRYING', 'CANCELED'), ('RETRYING', 'FAILED'), ('RETRYING', 'UNCONFIRMED'),
        ('UNCONFIRMED', 'DELIVERED'), ('UNCONFIRMED', 'FAILED');

      -- A stamp is never below its own transaction's id, so a reader below the oldest running transaction skips nothing;
      -- it is never below the notification's last stamp either, so one notification's changes never swap.
      create function stamp_status_move() returns trigger language plpgsql as $$
      declare
        current_epoch integer := (select max(epoch) from log_epochs);
      begin
        if tg_op = 'INSERT' then
          if new.status not in ('QUEUED', 'FAILED') then
            raise exception 'a notification cannot begin as %', new.status using errcode = 'check_violation';
          end if;
        elsif not exists (select from status_moves where from_status = old.status and to_status = new.status) then
          raise exception 'a notification cannot move from % to %', old.status, new.status using errcode = 'check_violation';
        end if;
        new.log_stamp := pg_current_xact_id()::text::bigint;
        if tg_op = 'UPDATE' and old.log_epoch = current_epoch then
          new.log_stamp := greatest(new.log_stamp, old.log_stamp);
        end if;
        new.log_epoch := current_epoch;
        return new;
      end $$;

      create function log_status_move() returns trigger language plpgsql as $$
      begin
        insert into status_log values (
          new.log_epoch, new.log_stamp, nextval('status_log_seq'), new.id, new.workspace_id,
          new.identity_kind, new.requested_by, new.selected_by,
          case when tg_op = 'UPDATE' then old.status end, new.status, nullif(new.attempt_count, 0),
          new.failure_code, new.failure_slack_error, new.failure_detail, now());
        return null;
      end $$;

      create trigger notifications_stamp_insert before insert on notifications
        for each row execute function stamp_status_move();
      create trigger notifications_stamp_update before update of status on notifications
        for each row when (old.status is distinct from new.status) execute function stamp_status_move();
      create trigger notifications_log_insert after insert on notifications
        for each row execute function log_status_move();
      create trigger notifications_log_update after update of status on notifications
        for each row when (old.status is distinct from new.status) execute function log_status_move();
    `);
  }
}
