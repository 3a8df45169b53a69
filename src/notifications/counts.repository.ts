import { ADVISORY_LOCKS } from '../platform/advisory-locks.ts';
import type { Database } from '../platform/database.ts';

/** Takes changes away and adds them to the counts, in one statement: no snapshot sees them twice, or not at all. $1 how many. */
const ADD_UP = `
  with taken as (
    delete from notification_count_changes
    where (workspace_id, id) in (select workspace_id, id from notification_count_changes limit $1)
    returning *
  ), summed as (
    select workspace_id, audience, hour, status, failure_code, delivery_ms, sum(change)::integer as change
    from taken group by 1, 2, 3, 4, 5, 6 having sum(change) <> 0
  )
  merge into notification_counts c using summed s
  on (c.workspace_id, c.audience, c.hour, c.status, c.failure_code, c.delivery_ms)
    = (s.workspace_id, s.audience, s.hour, s.status, s.failure_code, s.delivery_ms)
  when matched and c.count + s.change = 0 then delete
  when matched then update set count = c.count + s.change
  when not matched then insert (workspace_id, audience, hour, status, failure_code, delivery_ms, count)
    values (s.workspace_id, s.audience, s.hour, s.status, s.failure_code, s.delivery_ms, s.change)`;

export class CountsRepository {
  constructor(private readonly database: Database) {}

  /** Adds up what changed; answers with how much that was, 0 where another process is at it. */
  addUp(limit: number): Promise<number> {
    return this.database.sqlTransaction(async (sql) => {
      const [round] = await sql.query<{ mine: boolean; waiting: number }>(
        {
          name: 'counts_round',
          text: `select pg_try_advisory_xact_lock($1) as mine,
            (select count(*) from (select from notification_count_changes limit $2) waiting)::integer as waiting`,
        },
        [ADVISORY_LOCKS.COUNTS, limit],
      );
      if (!round?.mine || round.waiting === 0) return 0;
      await sql.query({ name: 'counts_add_up', text: ADD_UP }, [limit]);
      return round.waiting;
    });
  }
}
