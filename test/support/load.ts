import { setTimeout as pause } from 'node:timers/promises';
import type { LedgerEntry, RequestEntry } from '../../simulator/ledger.ts';
import type { TestDatabase } from './database.ts';
import { openDesk, type Desk } from './desk.ts';
import { judgeLedger, type AcceptedNotification, type LedgerVerdict } from './ledger-check.ts';
import { accepted, type World } from './world.ts';

/** A team with channels of its own, connected to a workspace of its own. */
export interface LoadTeam extends Desk {
  readonly channels: readonly string[];
}

const OPENED_AT_ONCE = 6;

/** Opens teams of given sizes, by name: `QUIET` becomes team `T0QUIET` of workspace `quiet`. */
export const openTeams = async (world: World, sizes: Readonly<Record<string, number>>): Promise<LoadTeam[]> => {
  const teams: LoadTeam[] = [];
  const names = Object.entries(sizes);
  const open = async (): Promise<void> => {
    for (let next = names.shift(); next; next = names.shift()) {
      const [name, channels] = next;
      const ids = await world.slack.addTeam(`T0${name}`, channels);
      teams.push({ ...(await openDesk(world, name.toLowerCase(), `T0${name}`)), channels: ids });
    }
  };
  await Promise.all(Array.from({ length: OPENED_AT_ONCE }, open));
  return Object.keys(sizes).flatMap((name) => teams.find(({ team }) => team === `T0${name}`) ?? []);
};

export interface Filling {
  /** Rows, spread evenly over the channels. */
  readonly rows: number;
  /** SQL for the time at which the lanes may next be visited. */
  readonly readyAt?: string;
  /** SQL for the due time of rows that are scheduled: they are in no lane. */
  readonly dueAt?: string;
  /** Channels that Slack does not have, for rows that are never sent. */
  readonly channels?: number;
}

/**
 * Puts rows straight into the tables, in the shape that accepting gives them: so many could not be sent through the API in
 * a test's time.
 */
export const fillQueue = async (database: TestDatabase, team: LoadTeam, filling: Filling): Promise<void> => {
  const { rows, readyAt = 'now()', dueAt } = filling;
  const channels = filling.channels ?? team.channels.length;
  const channel =
    filling.channels === undefined
      ? `($5::text[])[1 + number % ${channels}]`
      : `'C0NONE' || number % ${channels} || left(md5($1), 0) || left(md5($5::text), 0)`;
  const place = dueAt === undefined ? `nextval('queue_positions')` : 'null::bigint';
  await database.query(`insert into delivery_teams (team_id) values ($1) on conflict do nothing`, [team.team]);
  await database.query(
    `with numbers as (select number, ${channel} as channel from generate_series(1, ${rows}) as number),
      lanes as (
        insert into delivery_lanes (team_id, channel_id, head_priority, ready_at)
        select $1::text, channel, ${dueAt === undefined ? '1' : '-1'}, ${dueAt === undefined ? readyAt : `'infinity'`}
        from numbers group by channel
        on conflict (team_id, channel_id) do update set head_priority = excluded.head_priority, ready_at = excluded.ready_at
        returning id, channel_id
      )
    insert into notifications (id, workspace_id, status, priority, lane_id, queue_pos, entered_pos, due_at, wait_reason, wait_until,
      scheduled_for, identity_id, identity_kind, connection_id, credential_id, slack_user_id, posted_as, team_id, channel_id, text,
      requested_by, expires_at)
    select gen_random_uuid(), $2, 'QUEUED', 1, lanes.id, pos, pos, ${dueAt ?? 'null'}, ${dueAt === undefined ? 'null' : `'SCHEDULED'`},
      ${dueAt ?? 'null'}, ${dueAt ?? 'null'}, $3, 'WORKSPACE_BOT', connection.id, connection.credential_id, connection.bot_user_id,
      'load', $1, lanes.channel_id, 'filling ' || numbers.number, 'load', now() + interval '1 day'
    from (select number, channel, ${place} as pos from numbers) numbers
    join lanes on lanes.channel_id = numbers.channel
    join connections connection on connection.id = $4`,
    [team.team, team.workspaceId, team.bot.id, team.connection.id, [...team.channels]],
  );
  if (dueAt === undefined)
    await database.query(`update delivery_teams set turn_at = greatest(paused_until, ${readyAt}) where team_id = $1`, [
      team.team,
    ]);
};

const PAGE = 10_000;

const readAll = async <Entry extends { readonly seq: number }>(url: string, what: string, since: number) => {
  const all: Entry[] = [];
  for (let from = since; ;) {
    const answer = await fetch(`${url}/control/${what}?since=${from}&limit=${PAGE}`);
    const { entries } = (await answer.json()) as { entries: Entry[] };
    all.push(...entries);
    const last = entries.at(-1);
    if (!last || entries.length < PAGE) return all;
    from = last.seq;
  }
};

/** Every accepted post after number `since`, however many there are. */
export const wholeLedger = (world: World, since = 0): Promise<LedgerEntry[]> =>
  readAll<LedgerEntry>(world.slack.url, 'ledger', since);

/** Every request to some methods, in the order in which they reached Slack. */
export const requestsOf = async (world: World, isWanted: (method: string) => boolean): Promise<RequestEntry[]> =>
  (await readAll<RequestEntry>(world.slack.url, 'requests', 0)).filter(({ method }) => isWanted(method));

export const postRequests = (world: World): Promise<RequestEntry[]> =>
  requestsOf(world, (method) => method === 'chat.postMessage');

export const deliveryIdOf = ({ metadata }: LedgerEntry): string => String(metadata?.event_payload['delivery_id']);

export const countWaiting = async (database: TestDatabase): Promise<number> => {
  const [row] = await database.query<{ count: number }>(
    `select count(*)::int as count from notifications where status in ('QUEUED', 'SENDING', 'RETRYING') and wait_reason is distinct from 'SCHEDULED'`,
  );
  return row?.count ?? 0;
};

export const untilAtRest = async (database: TestDatabase, withinMs: number): Promise<number> => {
  const startedAt = performance.now();
  for (;;) {
    const waiting = await countWaiting(database);
    const tookMs = performance.now() - startedAt;
    if (waiting === 0) return Math.round(tookMs);
    if (tookMs > withinMs) throw new Error(`${waiting} are not at rest after ${withinMs} ms.`);
    await pause(100);
  }
};

/** What is in Slack, judged by everything that the database says was accepted. */
export const judge = async (world: World): Promise<LedgerVerdict> => {
  const rows = await world.database.query<AcceptedNotification & { place: string | null }>(
    `select id::text, channel_id as channel, priority, entered_pos as place, status from notifications where lane_id is not null`,
  );
  const accepted = rows.map((row) => ({ ...row, place: row.place === null ? null : Number(row.place) }));
  return judgeLedger(
    accepted,
    (await wholeLedger(world)).map((entry) => ({ id: deliveryIdOf(entry), channel: entry.channel })),
  );
};

export const CLEAN: LedgerVerdict = { lost: [], doubled: [], unexpected: [], inversions: [] };

/** The value that the share `p` of all values does not exceed. */
export const percentile = (values: readonly number[], p: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * p) - 1)] ?? Number.NaN;
};

export const spread = (values: readonly number[]): string =>
  `p50 ${percentile(values, 0.5)} p95 ${percentile(values, 0.95)} p99 ${percentile(values, 0.99)} max ${Math.max(...values)} ms (${values.length})`;

/** The most events that fall into any window of this length. */
export const mostIn = (windowMs: number, times: readonly number[]): number => {
  const sorted = times.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  sorted.forEach((time, index) => {
    while ((sorted[first] ?? time) <= time - windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
};

/** Figures of a run, for whoever reads the output. */
export const report = (name: string, figures: Readonly<Record<string, unknown>>): void => {
  const text = Object.entries(figures).map(([figure, value]) => `${figure} ${String(value)}`);
  process.stdout.write(`${name}: ${text.join('; ')}\n`);
};

/** How much slower than alone a neighbour may become; below the noise of a machine that does other things, nothing counts. */
const RATIO = 1.5;
const NOISE_MS = 60;

export const isNoSlower = (beside: readonly number[], alone: readonly number[]): boolean =>
  percentile(beside, 0.95) <= Math.max(NOISE_MS, percentile(alone, 0.95) * RATIO);

/** Sends one message after another for a while; answers with how long after being accepted each reached Slack. */
export const sendFor = async (
  world: World,
  team: LoadTeam,
  { ms, gapMs, label }: { readonly ms: number; readonly gapMs: number; readonly label: string },
): Promise<number[]> => {
  const sent = new Map<string, number>();
  const since = (await wholeLedger(world)).at(-1)?.seq ?? 0;
  const until = performance.now() + ms;
  for (let number = 0; performance.now() < until; number += 1) {
    const channelId = team.channels[number % team.channels.length] ?? '';
    const { id, createdAt } = await accepted(team.admin, team.message({ channelId, text: `${label} ${number}` }));
    sent.set(id, Date.parse(createdAt));
    await pause(gapMs);
  }
  await pause(ARRIVAL_MS);
  const starts = (await wholeLedger(world, since)).flatMap((entry) => {
    const acceptedAt = sent.get(deliveryIdOf(entry));
    return acceptedAt === undefined ? [] : [entry.at - acceptedAt];
  });
  if (starts.length < sent.size) throw new Error(`${sent.size - starts.length} of ${sent.size} did not reach Slack.`);
  return starts;
};

const ARRIVAL_MS = 500;
