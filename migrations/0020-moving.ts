import { IndexMigration } from '../src/platform/index-migration.ts';

/** What a status move costs (docs/decisions/0045): less is looked up for each row, and nothing written that says nothing. */
export class Moving extends IndexMigration {
  override up(): void {
    this.#indexWhatRepeatsAnother();
    this.#stampWithoutLookingUp();
    this.#logByStatement();
    this.#deleteByTrigger();
  }

  /** Most messages repeat none, and each entered this index again whenever it moved. At every moment there is one that holds. */
  #indexWhatRepeatsAnother(): void {
    // What an earlier try left behind when it broke off is not valid, and would never become so.
    this.whileOthersWrite('drop index concurrently if exists notifications_resend_of');
    this.whileOthersWrite(
      'create unique index concurrently notifications_resend_of on notifications (resend_of) where resend_of is not null',
    );
    this.addSql('alter table notifications drop constraint if exists notifications_resend_of_key');
    this.whileOthersWrite('drop index concurrently if exists notifications_resend_of_key');
    this.addSql('alter index notifications_resend_of rename to notifications_resend_of_key');
  }

  /** Moves are told by an expression, and the epoch is looked up once for each statement: either took longer than the rest. */
  #stampWithoutLookingUp(): void {
    this.addSql(`
      -- The state machine, read aloud: from → to. Any other move is refused, whoever asks.
      create or replace function is_status_move(from_status text, to_status text) returns boolean
        language sql immutable parallel safe as $$
        select case from_status
          when 'QUEUED' then to_status in ('SENDING', 'CANCELED', 'FAILED')
          when 'SENDING' then to_status in ('DELIVERED', 'RETRYING', 'FAILED', 'UNCONFIRMED', 'CANCELED')
          when 'RETRYING' then to_status in ('SENDING', 'CANCELED', 'FAILED', 'UNCONFIRMED')
          when 'UNCONFIRMED' then to_status in ('DELIVERED', 'FAILED')
          else false
        end
      $$`);
    this.addSql(`
      create or replace function keep_log_epoch() returns trigger language plpgsql as $$
      begin
        perform set_config('heliograph.log_epoch', (select max(epoch) from log_epochs)::text, true);
        return null;
      end $$`);
    this.addSql(`
      create or replace trigger notifications_epoch before insert or update on notifications
        for each statement execute function keep_log_epoch()`);
    this.addSql(`
      -- A stamp is never below its own transaction's id, so a reader below the oldest running transaction skips nothing;
      -- it is never below the notification's last stamp either, so one notification's changes never swap.
      create or replace function stamp_status_move() returns trigger language plpgsql as $$
      declare
        current_epoch integer := current_setting('heliograph.log_epoch')::integer;
      begin
        if tg_op = 'INSERT' then
          if new.status not in ('QUEUED', 'FAILED') then
            raise exception 'a notification cannot begin as %', new.status using errcode = 'check_violation';
          end if;
        elsif not is_status_move(old.status, new.status) then
          raise exception 'a notification cannot move from % to %', old.status, new.status using errcode = 'check_violation';
        end if;
        new.log_stamp := pg_current_xact_id()::text::bigint;
        if tg_op = 'UPDATE' and old.log_epoch = current_epoch then
          new.log_stamp := greatest(new.log_stamp, old.log_stamp);
        end if;
        new.log_epoch := current_epoch;
        return new;
      end $$`);
    this.addSql('drop table if exists status_moves');
  }

  /** As what is accepted is logged: most of what a row of the log costs is what beginning costs. */
  #logByStatement(): void {
    this.addSql(`
      -- The plan is kept, and may be from a statement that moved one row: of a thousand, each must not look through all.
      create or replace function log_status_moves() returns trigger language plpgsql
        set plan_cache_mode = force_generic_plan set enable_nestloop = off set enable_mergejoin = off as $$
      begin
        insert into status_log
          select added.log_epoch, added.log_stamp, nextval('status_log_seq'), added.id, added.workspace_id,
            added.identity_kind, added.requested_by, added.selected_by, removed.status, added.status, nullif(added.attempt_count, 0),
            added.failure_code, added.failure_slack_error, added.failure_detail, now()
          from added join removed using (id) where added.status <> removed.status;
        return null;
      end $$`);
    this.addSql(`
      create or replace trigger notifications_log_update after update on notifications
        referencing old table as removed new table as added for each statement execute function log_status_moves()`);
    this.addSql('drop function if exists log_status_move()');
  }

  /**
   * The log, attempts and words are only ever written with their notification, in its transaction: foreign keys could not
   * fail, and were checked for each row by a statement that locks the notification once more.
   */
  #deleteByTrigger(): void {
    this.addSql(`
      create or replace function delete_with_notifications() returns trigger language plpgsql
        set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
      begin
        delete from status_log where notification_id = any(array(select id from removed));
        delete from delivery_attempts where notification_id = any(array(select id from removed));
        delete from notification_words where notification_id = any(array(select id from removed));
        return null;
      end $$`);
    this.addSql(`
      create or replace trigger notifications_delete after delete on notifications
        referencing old table as removed for each statement execute function delete_with_notifications()`);
    // In the order in which those who write take the tables.
    this.addSql(`
      do $$ begin
        lock table notifications in access exclusive mode;
        alter table status_log drop constraint if exists status_log_notification_id_fkey;
        alter table delivery_attempts drop constraint if exists delivery_attempts_notification_id_fkey;
      end $$`);
  }
}
