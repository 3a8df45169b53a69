import type { TestDatabase } from './database.ts';

/** A history too large to be sent through the API: in one workspace, over thirty days up to now, every row at rest but for the newest. */
export interface LargeHistory {
  readonly workspaceId: string;
  readonly rows: number;
  /** Every so many rows there is one that is rare in everything: 10 of them in all. */
  readonly rareEvery: number;
  /** As rows come while a server runs: Postgres knows nothing of them yet, and no plan is made anew for an index. */
  readonly isUnnoticed?: boolean;
}

export const RARE = {
  channelId: 'C0RARE',
  websiteId: 'site-rare',
  eventType: 'rare_event',
  requestedBy: 'rare-requester',
  selectedBy: 'rare-selector',
  identityId: '00000000-0000-4000-8000-00000000000b',
  connectionId: '00000000-0000-4000-8000-00000000000c',
  failureCode: 'TEAM_MISMATCH',
  idempotencyKey: 'rare-key',
  word: 'needle',
} as const;

export const COMMON = {
  channelId: 'C0BUSY',
  websiteId: 'site-1',
  eventType: 'audit_complete',
  requestedBy: 'service:backend',
  selectedBy: 'user-1',
  identityId: '00000000-0000-4000-8000-00000000000d',
  connectionId: '00000000-0000-4000-8000-00000000000e',
  failureCode: 'CHANNEL_NOT_FOUND',
  word: 'complete',
} as const;

const number = (from: number, to: number): string => `generate_series(${from}, ${to}) as number`;

/** In the queue besides. */
const WAITING = 50;

/** Rows of one statement: several of a quarter million go into the tables faster than one of a million. */
const BATCH = 250_000;

/**
 * Without triggers and with the indexes made afterwards, or it would take many minutes. What triggers keep beside the
 * rows is made by the database's own function.
 */
export const fillHistory = async (
  database: TestDatabase,
  { workspaceId, rows, rareEvery, isUnnoticed = false }: LargeHistory,
): Promise<void> => {
  const isRare = `number % ${rareEvery} = ${Math.floor(rareEvery / 2)}`;
  const at = `date_trunc('minute', now()) - (${rows} - number) * interval '30 days' / ${rows}`;
  const either = (rare: string, common: string): string => `case when ${isRare} then '${rare}' else ${common} end`;
  await database.query(
    `set session_replication_role = replica;
    insert into slack_teams (id, name) values ('T0LARGE', 'Large') on conflict do nothing;
    insert into connections (id, workspace_id, team_id, bot_user_id, installed_by, connected_at, authorized_at, disconnected_at)
    values ('${COMMON.connectionId}', '${workspaceId}', 'T0LARGE', 'U0LARGE', 'fill', now(), now(), now());
    insert into connections (id, workspace_id, team_id, bot_user_id, installed_by, connected_at, authorized_at, disconnected_at)
    values ('${RARE.connectionId}', '${workspaceId}', 'T0RARE', 'U0RARE', 'fill', now(), now(), now());
    insert into identities (id, kind, connection_id, authorization_id) values
      ('${COMMON.identityId}', 'WORKSPACE_BOT', '${COMMON.connectionId}', null),
      ('${RARE.identityId}', 'PERSONAL_USER', '${RARE.connectionId}', gen_random_uuid());
    set session_replication_role = origin`,
  );
  const indexes = await database.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
     where indrelid in ('notifications'::regclass, 'notification_words'::regclass) and not indisunique`,
  );
  if (!isUnnoticed) await database.query(`drop index ${indexes.map(({ name }) => name).join(', ')}`);
  for (let from = 1; from <= rows; from += BATCH) {
    await database.query(
      `set session_replication_role = replica;
      insert into notifications (id, workspace_id, status, failure_code, priority, identity_id, identity_kind, connection_id,
        team_id, channel_id, text, event_type, website_id, requested_by, selected_by, idempotency_key, created_at, expires_at,
        delivered_at, finished_at)
      select ('019a0000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid, '${workspaceId}',
        case when ${isRare} or number % 50 = 1 then 'FAILED' else 'DELIVERED' end,
        case when ${isRare} then '${RARE.failureCode}' when number % 50 = 1 then '${COMMON.failureCode}' end,
        case when ${isRare} then 3 else 1 end,
        (${either(RARE.identityId, `'${COMMON.identityId}'`)})::uuid, ${either('PERSONAL_USER', `'WORKSPACE_BOT'`)},
        (${either(RARE.connectionId, `'${COMMON.connectionId}'`)})::uuid, 'T0LARGE',
        ${either(RARE.channelId, `case when number % 3 = 0 then 'C0CHANNEL' || number % 200 else '${COMMON.channelId}' end`)},
        'number ' || number, ${either(RARE.eventType, `'${COMMON.eventType}'`)},
        ${either(RARE.websiteId, `'site-' || number % 1000`)}, ${either(RARE.requestedBy, `'${COMMON.requestedBy}'`)},
        case when ${isRare} then '${RARE.selectedBy}' when number % 2 = 0 then 'user-' || number % 500 + 1 end,
        case when ${isRare} then '${RARE.idempotencyKey}' when number % 2 = 0 then 'key-' || number end,
        at, at + interval '1 day', case when not (${isRare}) and number % 50 <> 1 then at + (number * 7919::bigint % 1000) * interval '1 ms' end, at
      from (select number, ${at} as at from ${number(from, Math.min(from + BATCH - 1, rows))}) numbers;
      insert into notification_words
      select ('019a0000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid, '${workspaceId}', ${at},
        array['your', 'visibility', 'score', '${COMMON.word}', 'of', 'site' || number % 1000, 'ref' || number,
          case when number % 2 = 0 then 'even' else 'odd' end, case when number < ${rows / 3} then 'yesteryear' else 'lately' end]
          || case when ${isRare} then array['${RARE.word}'] else '{}' end
      from ${number(from, Math.min(from + BATCH - 1, rows))};
      set session_replication_role = origin`,
    );
  }
  await database.query(
    `set session_replication_role = replica;
    insert into notifications (id, workspace_id, status, priority, identity_id, identity_kind, connection_id, team_id, channel_id,
      text, requested_by, created_at, expires_at)
    select gen_random_uuid(), '${workspaceId}', 'QUEUED', 1,
      '${COMMON.identityId}', 'WORKSPACE_BOT', '${COMMON.connectionId}', 'T0LARGE', '${COMMON.channelId}', 'waits',
      '${COMMON.requestedBy}', now(), now() + interval '1 day'
    from ${number(1, WAITING)};
    set session_replication_role = origin`,
  );
  if (isUnnoticed) return;
  await database.query(`set maintenance_work_mem = '256MB'; ${indexes.map(({ definition }) => definition).join(';')}`);
  await database.query('select recount_notifications()');
  await database.query('analyze notifications, notification_words, notification_counts');
};
