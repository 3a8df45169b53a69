import { Migration } from '@mikro-orm/migrations';

/** When a connection or an authorization last came back after a disconnect: what was accepted before stays canceled by that. */
export class Revived extends Migration {
  override up(): void {
    this.addSql(`
      alter table connections add column revived_at timestamptz;
      alter table authorizations add column revived_at timestamptz;

      -- By the clock, and not by now(): the transaction may have begun before the disconnect was committed, and then waited
      -- for its locks. Whoever finds the row revived accepts after this moment; a send that began before it is an older one.
      create function stamp_revival() returns trigger language plpgsql as $$
      begin
        new.revived_at := clock_timestamp();
        return new;
      end $$;
      create trigger connections_revival before update of disconnected_at on connections
        for each row when (old.disconnected_at is not null and new.disconnected_at is null) execute function stamp_revival();
      create trigger authorizations_revival before update of disconnected_at on authorizations
        for each row when (old.disconnected_at is not null and new.disconnected_at is null) execute function stamp_revival();
    `);
  }
}
