import type { Database, Sql } from '../platform/database.ts';
import type { ChannelId, CredentialId, NotificationId, SlackUserId, TeamId } from '../platform/ids.ts';
import type { PrincipalKind } from '../credentials/credential.entity.ts';
import { CLAIM } from './claim.sql.ts';
import { REFRESH_LANES, WAKE_TEAMS_OF_LANES } from './lane.sql.ts';
import {
  CLOSE_ATTEMPTS,
  LATE_ATTEMPTS,
  LATE_DELIVERIES,
  LOCK_LANES,
  MOVE_NOTIFICATIONS,
  PAUSE_TEAMS,
  RELEASE_LANES,
} from './settle.sql.ts';
import type { ClaimAction, Settlement } from './settlement.policy.ts';

/** A row that this process holds the lane of, with all that is needed to send it. */
export interface ClaimedRow {
  readonly lane_id: string;
  readonly lease_no: string;
  readonly team_id: TeamId;
  readonly action: ClaimAction;
  readonly id: NotificationId;
  readonly attempt: number;
  readonly tries: number;
  readonly remaining_ms: number;
  readonly expires_at: Date;
  readonly channel_id: ChannelId;
  readonly text: string;
  readonly blocks: readonly unknown[] | null;
  readonly thread_ts: string | null;
  readonly failure_slack_error: string | null;
  readonly app_id: string;
  readonly credential_id: CredentialId;
  readonly credential_kind: PrincipalKind;
  readonly credential_version: number;
  readonly slack_user_id: SlackUserId;
  readonly access_token: Buffer;
}

export interface ClaimLimits {
  readonly rows: number;
  readonly lanesPerTeam: number;
  readonly emissionSeconds: number;
  readonly leaseSeconds: number;
  /** Teams with open sends in this process, and how many. */
  readonly open: ReadonlyMap<TeamId, number>;
}

/** What a finished piece of work wants written. */
export interface Settled extends Settlement {
  readonly row: ClaimedRow;
  readonly durationMs: number;
}

const TEAMS_PER_CLAIM = 50;
const UNLIMITED = 1_000_000;

const toJson = ({ row, durationMs, ...settlement }: Settled) => ({
  notificationId: row.id,
  laneId: row.lane_id,
  leaseNo: row.lease_no,
  attemptNo: row.attempt,
  status: settlement.status,
  attemptOutcome: settlement.attempt?.outcome,
  attemptSlackError: settlement.attempt?.slackError,
  httpStatus: settlement.attempt?.httpStatus,
  retryAfterSeconds: settlement.attempt?.retryAfterSeconds,
  durationMs: Math.round(durationMs),
  countsAsTry: settlement.countsAsTry ?? false,
  waitReason: settlement.wait?.reason,
  waitSeconds: settlement.wait?.seconds,
  waitDetail: settlement.wait?.detail,
  park: settlement.wait?.park ?? false,
  failureCode: settlement.failure?.code,
  failureDetail: settlement.failure?.detail,
  slackError: settlement.slackError,
  postedChannelId: settlement.posted?.channelId,
  ts: settlement.posted?.ts,
  laneHoldSeconds: settlement.laneHoldSeconds,
});

/** The statements of the worker loop. Each write of a worker names its lease and misses where it lost it. */
export class DeliveryRepository {
  constructor(
    private readonly database: Database,
    private readonly burstToleranceSeconds: number,
  ) {}

  /** Commits leases, SENDING and open attempts in one statement. Lanes whose head vanished are looked at again. */
  async claim(limits: ClaimLimits): Promise<ClaimedRow[]> {
    const perTeam = limits.lanesPerTeam === 0 ? UNLIMITED : limits.lanesPerTeam;
    const full = [...limits.open].filter(([, count]) => count >= perTeam).map(([team]) => team);
    const rows = await this.database.query<ClaimedRow | (ClaimedRow & { action: 'LOST' })>(
      { name: 'delivery_claim', text: CLAIM },
      [
        TEAMS_PER_CLAIM,
        Math.min(perTeam, limits.rows),
        limits.rows,
        limits.emissionSeconds,
        limits.leaseSeconds,
        full,
        [...limits.open.keys()],
        [...limits.open.values()],
      ],
    );
    const lost = rows.filter((row) => (row.action as string) === 'LOST').map((row) => row.lane_id);
    if (lost.length > 0) await this.refreshLanes(lost);
    return rows.filter((row) => (row.action as string) !== 'LOST');
  }

  /** One transaction: attempts closed, rows moved, lanes released and their next head found, teams woken. */
  async settle(batch: readonly Settled[]): Promise<{ lost: readonly Settled[] }> {
    return this.database.sqlTransaction(async (sql) => {
      const laneIds = batch.map(({ row }) => row.lane_id);
      const lanes = await sql.query<{ id: string; lease_no: string }>({ name: 'lanes_lock', text: LOCK_LANES }, [
        laneIds,
      ]);
      const leases = new Map(lanes.map((lane) => [lane.id, lane.lease_no]));
      const held = batch.filter(({ row }) => leases.get(row.lane_id) === row.lease_no);
      const lost = batch.filter((settled) => !held.includes(settled));
      if (held.length > 0) await this.#write(sql, held);
      if (lost.length > 0) await this.#writeLate(sql, lost);
      return { lost };
    });
  }

  async renew(lanes: readonly { laneId: string; leaseNo: string }[], leaseSeconds: number): Promise<void> {
    await this.database.query(
      {
        name: 'lanes_renew',
        text: `update delivery_lanes lane set lease_until = now() + make_interval(secs => $3::float8)
          from (select * from unnest($1::bigint[], $2::bigint[]) as given(id, lease_no) order by id) held
          where lane.id = held.id and lane.lease_no = held.lease_no and lane.lease_until > '-infinity'`,
      },
      [lanes.map((lane) => lane.laneId), lanes.map((lane) => lane.leaseNo), leaseSeconds],
    );
  }

  /** Milliseconds until the next team's turn; negative where one is due now; undefined where nothing waits. */
  async untilNextTurnMs(): Promise<number | undefined> {
    const rows = await this.database.query<{ ms: number }>({
      name: 'teams_next_turn',
      text: `select (extract(epoch from turn_at - now()) * 1000)::float8 as ms from delivery_teams
        where turn_at < 'infinity' order by turn_at limit 1`,
    });
    return rows[0]?.ms;
  }

  async refreshLanes(laneIds: readonly string[]): Promise<void> {
    await this.database.sqlTransaction(async (sql) => {
      await sql.query({ name: 'lanes_lock', text: LOCK_LANES }, [laneIds]);
      await this.#refresh(sql, laneIds);
    });
  }

  async #write(sql: Sql, held: readonly Settled[]): Promise<void> {
    const json = JSON.stringify(held.map(toJson));
    await sql.query({ name: 'attempts_close', text: CLOSE_ATTEMPTS }, [json]);
    await sql.query({ name: 'notifications_move', text: MOVE_NOTIFICATIONS }, [json]);
    await sql.query({ name: 'lanes_release', text: RELEASE_LANES }, [json]);
    if (held.some((settled) => settled.laneHoldSeconds !== undefined)) {
      await sql.query({ name: 'teams_pause', text: PAUSE_TEAMS }, [json]);
    }
    await this.#refresh(sql, [...new Set(held.map(({ row }) => row.lane_id))]);
  }

  /** Another process holds these lanes now: neither lane nor row is touched, except by a message that surely arrived. */
  async #writeLate(sql: Sql, lost: readonly Settled[]): Promise<void> {
    const arrived = lost.flatMap(({ row, posted }) => (posted ? [{ row, posted }] : []));
    if (arrived.length === 0) return;
    const ids = arrived.map(({ row }) => row.id);
    const attempts = arrived.map(({ row }) => row.attempt);
    await sql.query({ name: 'late_attempts', text: LATE_ATTEMPTS }, [ids, attempts]);
    await sql.query({ name: 'late_deliveries', text: LATE_DELIVERIES }, [
      ids,
      attempts,
      arrived.map(({ posted }) => posted.channelId),
      arrived.map(({ posted }) => posted.ts),
    ]);
  }

  async #refresh(sql: Sql, laneIds: readonly string[]): Promise<void> {
    await sql.query({ name: 'lanes_refresh', text: REFRESH_LANES }, [laneIds, this.burstToleranceSeconds]);
    await sql.query({ name: 'teams_wake_of_lanes', text: WAKE_TEAMS_OF_LANES }, [laneIds]);
  }
}
