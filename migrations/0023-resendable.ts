import { Migration } from '@mikro-orm/migrations';

/** Only what did not arrive is sent once more; what arrives at that very moment is decided here, under the lock of its row. */
export class Resendable extends Migration {
  override up(): void {
    this.addSql(`
      create function require_resendable() returns trigger language plpgsql as $$
      declare
        resent text;
      begin
        select status into resent from notifications where id = new.resend_of for share;
        if resent not in ('FAILED', 'CANCELED', 'UNCONFIRMED') then
          raise exception 'a notification that is % cannot be resent', resent
            using errcode = 'check_violation', constraint = 'notifications_resend_of_at_rest';
        end if;
        return new;
      end $$`);
    this.addSql(`
      create trigger notifications_resendable before insert on notifications
        for each row when (new.resend_of is not null) execute function require_resendable()`);
  }
}
