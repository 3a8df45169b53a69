import type { TestDatabase } from './database.ts';

/**
 * What must hold of the queue's tables once nothing moves any more. Each query lists what breaks the rule that it is
 * named after.
 */
const RULES: Readonly<Record<string, string>> = {
  'a lane with a head has rows': `
    select lane.channel_id as broken from delivery_lanes lane where lane.head_priority <> -1
      and not exists (select from notifications n where n.lane_id = lane.id and n.queue_pos is not null)`,
  'a lane with rows has the head of its best row and will be ready': `
    select lane.channel_id as broken from delivery_lanes lane
      cross join lateral (
        select case when n.attempt_open then 3 else n.priority end as priority from notifications n where n.lane_id = lane.id and n.queue_pos is not null
        order by n.attempt_open desc, n.priority desc, n.queue_pos limit 1
      ) head
    where lane.ready_at = 'infinity' or lane.head_priority <> head.priority`,
  'a team with waiting lanes gets its turn': `
    select team.team_id as broken from delivery_teams team where team.turn_at = 'infinity'
      and exists (select from delivery_lanes lane where lane.team_id = team.team_id and lane.visit_at < 'infinity')`,
  'what waits has a place in its lane or a due time, and what rests has neither': `
    select id::text as broken from notifications
    where (status in ('QUEUED', 'SENDING', 'RETRYING')) <> ((queue_pos is null) <> (due_at is null))
      or (queue_pos is not null and due_at is not null)`,
  'what rests has no attempt in flight': `
    select n.id::text as broken from notifications n join delivery_attempts attempt on attempt.notification_id = n.id
    where n.status not in ('QUEUED', 'SENDING', 'RETRYING') and attempt.outcome = 'IN_FLIGHT'`,
  'what is DELIVERED says where the message is': `
    select id::text as broken from notifications where status = 'DELIVERED' and (slack_message_ts is null or posted_channel_id is null)`,
  'attempts are numbered from 1 and counted': `
    select n.id::text as broken from notifications n left join delivery_attempts attempt on attempt.notification_id = n.id
    group by n.id having count(attempt.number) <> n.attempt_count or coalesce(max(attempt.number), 0) <> n.attempt_count`,
  'only the last attempt is open or delivered': `
    select n.id::text as broken from notifications n join delivery_attempts attempt on attempt.notification_id = n.id
    where attempt.number < n.attempt_count and attempt.outcome in ('IN_FLIGHT', 'DELIVERED', 'CONFIRMED_PRESENT')`,
  'the status log is a chain from nothing to the status': `
    select id::text as broken from (
      select n.id, n.status, moves.from_status, moves.to_status,
        lag(moves.to_status) over (partition by n.id order by moves.epoch, moves.stamp, moves.seq) as before,
        lead(moves.to_status) over (partition by n.id order by moves.epoch, moves.stamp, moves.seq) as after
      from notifications n left join status_log moves on moves.notification_id = n.id
    ) chain
    where to_status is null or from_status is distinct from before or (after is null and to_status <> status)`,
};

/** Rules that are broken, each with the first few that break it. */
export const brokenInvariants = async (database: Pick<TestDatabase, 'query'>): Promise<string[]> => {
  const broken: string[] = [];
  for (const [rule, text] of Object.entries(RULES)) {
    const rows = await database.query<{ broken: string }>(`select broken from (${text}) found limit 5`);
    if (rows.length > 0) broken.push(`${rule}: ${rows.map((row) => row.broken).join(', ')}`);
  }
  return broken;
};

/** Deadlocks that Postgres had to break up in this database so far. */
export const deadlocks = async (database: Pick<TestDatabase, 'query'>): Promise<number> => {
  const rows = await database.query<{ count: string }>(
    'select deadlocks as count from pg_stat_database where datname = current_database()',
  );
  return Number(rows[0]?.count ?? 0);
};
