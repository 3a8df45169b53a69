import type { TestDatabase } from '../test/support/database.ts';
import type { Desk } from '../test/support/desk.ts';

/** So that rows of a time stay near each other, though sessions write side by side. */
const SLICE = 20_000;
const SESSIONS = 2;

const indexesOf = (database: TestDatabase): Promise<{ name: string; definition: string }[]> =>
  database.query(`select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
    from pg_index where indrelid = 'notifications'::regclass and not indisunique`);

/** Numbered rows that have come to rest, from one number until another. */
const insertOf = ({ workspaceId, bot, connection }: Desk, from: number, until: number): string =>
  `begin; set local session_replication_role = replica;
  insert into notifications (id, workspace_id, status, priority, identity_id, identity_kind, connection_id, posted_as,
    team_id, channel_id, channel_name, text, event_type, requested_by, attempt_count, failure_code, created_at, expires_at,
    sent_at, delivered_at, finished_at)
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(hash, 1, 3) || '8' || substr(hash, 4, 15))::uuid,
    '${workspaceId}', case when number % 20 = 0 then 'FAILED' else 'DELIVERED' end, 1, '${bot.id}', 'WORKSPACE_BOT',
    '${connection.id}', 'bench', 'T0ACME', 'C0ACME000' || 1 + number % 4, 'general', 'Audit ' || number || ' of example.com is complete: 87 of 100.',
    'website_audit_complete', 'service:bench', 1, case when number % 20 = 0 then 'CHANNEL_NOT_FOUND' end, at, at + interval '1 day', at,
    case when number % 20 > 0 then at end, at
  from (select number, md5(number::text) as hash, now() - interval '300 days' + number * interval '5 seconds' as at
    from generate_series(${from}, ${until - 1}) as number) numbers;
  commit`;

/**
 * Rows as years of use leave them, oldest first: straight into the table and without its triggers, whose log and counts no
 * page of the history reads. Indexes are made when all rows are there, which takes a fraction of adding to them row by row.
 */
export const fillHistory = async (database: TestDatabase, desk: Desk, from: number, until: number): Promise<void> => {
  const indexes = await indexesOf(database);
  await database.query(`drop index ${indexes.map(({ name }) => name).join(', ')}`);
  for (let start = from; start < until; start += SLICE * SESSIONS) {
    const starts = Array.from({ length: SESSIONS }, (_, session) => start + session * SLICE);
    const slices = starts
      .filter((first) => first < until)
      .map((first) => [first, Math.min(until, first + SLICE)] as const);
    await Promise.all(slices.map((slice) => database.query(insertOf(desk, ...slice))));
  }
  const made = indexes.map(({ definition }) => definition).join('; ');
  await database.query(`begin; set local maintenance_work_mem = '256MB'; ${made}; commit`);
  await database.query('vacuum analyze notifications');
};
