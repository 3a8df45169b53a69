import type { Database } from '../platform/database.ts';
import type { NotificationId } from '../platform/ids.ts';

/** When a connection and a person's authorization last delivered something; to the minute, so that it costs next to nothing. */
export class LastUseRepository {
  constructor(private readonly database: Database) {}

  async touch(ids: readonly NotificationId[]): Promise<void> {
    for (const table of ['connections', 'authorizations'] as const) {
      const column = table === 'connections' ? 'connection_id' : 'authorization_id';
      // What another process is about to note, or somebody is changing, is left to the next delivery: nobody waits here.
      const text = `update ${table} used set last_used_at = now() from (
          select stale.id from ${table} stale
          where stale.id in (select ${column} from notifications where id = any($1::uuid[]))
            and (stale.last_used_at is null or stale.last_used_at < now() - interval '1 minute')
          for no key update skip locked
        ) stale where used.id = stale.id`;
      await this.database.query({ name: `${table}_touch`, text }, [ids]);
    }
  }
}
