import type { Database } from '../platform/database.ts';

const IN_QUEUE = ['QUEUED', 'SENDING', 'RETRYING'] as const;
/** Beyond it a number says no more to anybody, and counting a million rows at every scrape would cost what sending them does. */
const MOST_COUNTED = 100_000;

export interface QueueSize {
  /** By status, counted up to a limit. */
  readonly depth: ReadonlyMap<string, number>;
  /** Of what waits for Heliograph or for Slack, not for a person to authorize again. */
  readonly oldestAgeSeconds: number;
}

/**
 * Each reads its part of the index notifications_in_queue alone; the index's condition is said so that the planner knows it
 * again. $1 statuses, $2 rows to count at most.
 */
export const QUEUE_SIZE = `
  select given.status, counted.depth, extract(epoch from now() - oldest.entered_at)::float8 as age_seconds
  from unnest($1::text[]) as given(status)
  cross join lateral (
    select count(*)::int as depth from (
      select from notifications n
      where n.status = given.status and n.status in ('QUEUED', 'SENDING', 'RETRYING') and n.wait_reason is distinct from 'SCHEDULED'
      limit $2
    ) few
  ) counted
  left join lateral (
    select greatest(n.created_at, n.scheduled_for) as entered_at from notifications n
    where n.status = given.status and n.status in ('QUEUED', 'SENDING', 'RETRYING') and n.wait_reason is distinct from 'SCHEDULED'
      and not coalesce(n.wait_reason = 'CONNECTION', false)
    order by greatest(n.created_at, n.scheduled_for) limit 1
  ) oldest on true`;

/** Statistics that are older than the queue would make it read the whole table, once for each status. */
export const BY_INDEX_ONLY = `select set_config(name, 'off', true)
  from unnest(array['enable_seqscan', 'enable_bitmapscan', 'enable_sort']) as given(name)`;

/** How much is in the queue of all workspaces, and how long the oldest has been there; for the metrics. */
export class QueueSizeRepository {
  constructor(
    private readonly database: Database,
    private readonly mostCounted = MOST_COUNTED,
  ) {}

  async read(): Promise<QueueSize> {
    const rows = await this.database.sqlTransaction(async (sql) => {
      await sql.query({ name: 'queue_size_by_index', text: BY_INDEX_ONLY });
      const statement = { name: 'queue_size', text: QUEUE_SIZE };
      return sql.query<{ status: string; depth: number; age_seconds: number | null }>(statement, [
        IN_QUEUE,
        this.mostCounted,
      ]);
    });
    return {
      depth: new Map(rows.map(({ status, depth }) => [status, depth])),
      oldestAgeSeconds: Math.max(0, ...rows.map(({ age_seconds }) => age_seconds ?? 0)),
    };
  }
}
