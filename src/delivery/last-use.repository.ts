import type { Database } from '../platform/database.ts';
import type { NotificationId } from '../platform/ids.ts';

/** When a connection and a person's authorization last delivered something; to the minute, so that it costs next to nothing. */
export class LastUseRepository {
  constructor(private readonly database: Database) {}

  async touch(ids: readonly NotificationId[]): Promise<void> {
    await this.database.query(
      {
        name: 'connections_touch',
        text: `update connections used set last_used_at = now()
          from (select distinct connection_id from notifications where id = any($1::uuid[])) delivered
          where used.id = delivered.connection_id and (used.last_used_at is null or used.last_used_at < now() - interval '1 minute')`,
      },
      [ids],
    );
    await this.database.query(
      {
        name: 'authorizations_touch',
        text: `update authorizations used set last_used_at = now()
          from (select distinct authorization_id from notifications where id = any($1::uuid[])) delivered
          where used.id = delivered.authorization_id and (used.last_used_at is null or used.last_used_at < now() - interval '1 minute')`,
      },
      [ids],
    );
  }
}
