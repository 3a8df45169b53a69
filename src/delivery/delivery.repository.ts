import type { Database, Sql } from '../platform/database.ts';
import { isUuid, type ChannelId, type NotificationId, type TeamId } from '../platform/ids.ts';
import { CLAIM } from './claim.sql.ts';
import type { ClaimedRow } from './claimed-row.ts';
import { REFRESH_LANES, WAKE_TEAMS_OF_LANES } from './lane.sql.ts';
import {
  CLOSE_ATTEMPTS,
  CONFIRM_ATTEMPTS,
  COUNT_OUTAGES,
  LATE_DELIVERIES,
  LOCK_LANES,
  LOCK_TEAMS,
  MOVE_NOTIFICATIONS,
  PARK_BEHIND,
  PAUSE_TEAMS,
  RELEASE_LANES,
} from './settle.sql.ts';
import { BREAKER_FAILURES, BREAKER_SECONDS, type Pace } from './pace.policy.ts';
import type { Settlement } from './settlement.policy.ts';
import { answeredMeanwhile } from './confirmation.policy.ts';

/** How much may be claimed, and at which pace. */
export interface ClaimLimits {
  readonly rows: number;
  /** Teams with open sends in this process, and how many. */
  readonly open: ReadonlyMap<TeamId, number>;
}

export interface Claim {
  readonly rows: readonly ClaimedRow[];
  readonly vanished: readonly string[];
}

/** What a finished piece of work wants written. */
export interface Settled extends Settlement {
  readonly row: ClaimedRow;
  readonly durationMs: number;
  /** How long it waited for a slot, claimed already. */
  readonly lineMs: number;
}

interface LockedLane {
  readonly id: string;
  readonly lease_no: string;
  readonly is_released: boolean;
  /** Whether the breaker of its team counts anything. */
  readonly is_failing: boolean;
}

const TEAMS_PER_CLAIM = 50;
const UNLIMITED = 1_000_000;
const PARK_BATCH = 500;

const toJson = ({ row, durationMs, place, ...settlement }: Settled) => {
  const wait = place.kind === 'REST' ? undefined : place.wait;
  return {
    notificationId: row.id,
    laneId: row.lane_id,
    teamId: row.team_id,
    attemptNo: row.attempt,
    status: settlement.status,
    place: place.kind,
    attemptOutcome: settlement.attempt?.outcome,
    attemptSlackError: settlement.attempt?.slackError,
    httpStatus: settlement.attempt?.httpStatus,
    retryAfterSeconds: settlement.attempt?.retryAfterSeconds,
    durationMs: row.action === 'SEND' ? Math.round(durationMs) : undefined,
    countsAsTry: settlement.countsAsTry,
    waitReason: wait?.reason,
    waitSeconds: wait?.seconds,
    waitDetail: wait?.detail,
    isUnasked: place.kind === 'CONFIRM' ? place.isUnasked : undefined,
    failureCode: settlement.failure?.code,
    failureDetail: settlement.failure?.detail,
    slackError: settlement.slackError,
    postedChannelId: settlement.posted?.channelId,
    ts: settlement.posted?.ts,
    laneHoldSeconds: settlement.laneHoldSeconds,
    outage: settlement.outage,
    isLookup: row.action === 'CONFIRM',
    holdsAttempt: row.action === 'SEND' || row.action === 'CONFIRM',
  };
};

const jsonOf = (all: readonly Settled[]): string => JSON.stringify(all.map(toJson));

interface ClosedAttempt {
  readonly notification_id: NotificationId;
}

const isLookup = ({ row }: Settled): boolean => row.action === 'CONFIRM';

/** What an attempt's late answer says wins over what a lookup concluded at the same time. */
const withLateAnswers = (all: readonly Settled[], closed: readonly ClosedAttempt[]): Settled[] => {
  const ids = new Set(closed.map((attempt) => attempt.notification_id));
  return all.map((settled) => {
    const { row, durationMs, lineMs, attempt } = settled;
    const isOvertaken = isLookup(settled) && attempt !== undefined && !ids.has(row.id);
    return isOvertaken ? { row, durationMs, lineMs, ...answeredMeanwhile } : settled;
  });
};

const idsOf = (settled: readonly Settled[]): NotificationId[] => settled.map(({ row }) => row.id);

/** The statements of the worker loop. Each write of a worker names its lease and misses where it lost it. */
export class DeliveryRepository {
  constructor(
    private readonly database: Database,
    private readonly pace: Pace,
  ) {}

  /**
   * Commits leases, SENDING and open attempts in one statement. Beside the rows, which are to be begun at once, it answers
   * with lanes whose head vanished under the claim: those are to be refreshed.
   */
  async claim({ rows: wanted, open }: ClaimLimits): Promise<Claim> {
    const { teamConcurrency, emissionSeconds, leaseSeconds, teamEmissionSeconds, teamToleranceSeconds } = this.pace;
    const perTeam = teamConcurrency === 0 ? UNLIMITED : teamConcurrency;
    const full = [...open].filter(([, count]) => count >= perTeam).map(([team]) => team);
    const values = [
      TEAMS_PER_CLAIM,
      perTeam,
      wanted,
      emissionSeconds,
      leaseSeconds,
      full,
      [...open.keys()],
      [...open.values()],
      teamEmissionSeconds,
      teamToleranceSeconds,
      BREAKER_FAILURES,
      BREAKER_SECONDS,
      this.pace.burstToleranceSeconds,
    ];
    const claim = { name: 'delivery_claim', text: CLAIM };
    const rows = await this.database.keptQuery<ClaimedRow>(claim, values);
    const isLost = (row: ClaimedRow): boolean => (row.action as string) === 'LOST';
    return { rows: rows.filter((row) => !isLost(row)), vanished: rows.filter(isLost).map((row) => row.lane_id) };
  }

  /**
   * One transaction: attempts closed, rows moved, lanes released and their next head found, teams woken. Answers with
   * what it could not write because another process holds the lane now, and with messages that surely arrived although
   * their attempt was settled otherwise: the latter must never happen.
   */
  async settle(batch: readonly Settled[]): Promise<{ lost: readonly Settled[]; contradicted: readonly Settled[] }> {
    return this.database.sqlTransaction(async (sql) => {
      const laneIds = batch.map(({ row }) => row.lane_id);
      const lanes = await sql.query<LockedLane>({ name: 'lanes_lock', text: LOCK_LANES }, [laneIds]);
      const laneOf = new Map(lanes.map((lane) => [lane.id, lane]));
      const own = batch.filter(({ row }) => laneOf.get(row.lane_id)?.lease_no === row.lease_no);
      const lost = batch.filter((settled) => !own.includes(settled));
      // Else it is stored already, by a commit whose answer was lost: no wait and no outage may count twice.
      const held = own.filter(({ row }) => laneOf.get(row.lane_id)?.is_released === false);
      const isFailing = lanes.some((lane) => lane.is_failing);
      if (held.length > 0) await this.#write(sql, held, isFailing);
      return { lost, contradicted: lost.length > 0 ? await this.#writeLate(sql, lost) : [] };
    }, 'kept');
  }

  async settleFound(laneId: string, found: readonly { id: string; channelId: ChannelId; ts: string }[]): Promise<void> {
    const known = found.filter(({ id }) => isUuid(id));
    if (known.length === 0) return;
    await this.database.sqlTransaction((sql) => this.#deliverLate(sql, laneId, known));
  }

  async renew(lanes: readonly { laneId: string; leaseNo: string }[]): Promise<void> {
    await this.database.query(
      {
        name: 'lanes_renew',
        text: `update delivery_lanes lane set lease_until = now() + make_interval(secs => $3::float8)
          from (
            select lane.id, given.lease_no from unnest($1::bigint[], $2::bigint[]) as given(id, lease_no)
            join delivery_lanes lane on lane.id = given.id
            order by lane.team_id, lane.channel_id for no key update of lane
          ) held
          where lane.id = held.id and lane.lease_no = held.lease_no and lane.lease_until > '-infinity'`,
      },
      [lanes.map((lane) => lane.laneId), lanes.map((lane) => lane.leaseNo), this.pace.leaseSeconds],
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
      await sql.query({ name: 'lanes_refresh', text: REFRESH_LANES }, [laneIds, this.pace.burstToleranceSeconds]);
      await this.#wake(sql, laneIds);
    }, 'kept');
  }

  /** All that needs no answer of the one before is sent at once: locks are held for as few trips as can be. */
  async #write(sql: Sql, all: readonly Settled[], isFailing: boolean): Promise<void> {
    const lookups = all.filter(isLookup);
    const held = lookups.length > 0 ? withLateAnswers(all, await this.#close(sql, lookups)) : all;
    const json = jsonOf(held);
    const laneIds = held.map(({ row }) => row.lane_id);
    await Promise.all([
      sql.query({ name: 'notifications_move', text: MOVE_NOTIFICATIONS }, [json, idsOf(held)]),
      this.#parkBehind(sql, held),
      sql.query({ name: 'lanes_release', text: RELEASE_LANES }, [
        laneIds,
        this.pace.burstToleranceSeconds,
        held.map(({ row }) => row.lease_no),
        held.map(({ laneHoldSeconds }) => laneHoldSeconds),
        held.map(({ lineMs }) => lineMs / 1000),
      ]),
      ...this.#countTrouble(sql, held, json, isFailing),
      this.#wake(sql, laneIds),
    ]);
  }

  async #parkBehind(sql: Sql, held: readonly Settled[]): Promise<void> {
    const parked = held.flatMap(({ row, place }) =>
      place.kind === 'PARKED' && place.wait.reason === 'CONNECTION' ? [{ row, detail: place.wait.detail }] : [],
    );
    if (parked.length === 0) return;
    await sql.query({ name: 'notifications_park_behind', text: PARK_BEHIND }, [
      parked.map(({ row }) => row.lane_id),
      parked.map(({ row }) => row.credential_id),
      parked.map(({ detail }) => detail),
      PARK_BATCH,
    ]);
  }

  #countTrouble(sql: Sql, held: readonly Settled[], json: string, isFailing: boolean): Promise<unknown>[] {
    const isLimited = held.some((settled) => settled.laneHoldSeconds !== undefined);
    const isTold = held.some(({ outage }) => outage === true || (outage === false && isFailing));
    if (!isLimited && !isTold) return [];
    const outages = [json, BREAKER_FAILURES, BREAKER_SECONDS, this.pace.teamToleranceSeconds];
    return [
      sql.query({ name: 'teams_lock', text: LOCK_TEAMS }, [held.map(({ row }) => row.team_id)]),
      ...(isLimited ? [sql.query({ name: 'teams_pause', text: PAUSE_TEAMS }, [json])] : []),
      ...(isTold ? [sql.query({ name: 'teams_outages', text: COUNT_OUTAGES }, outages)] : []),
    ];
  }

  #close(sql: Sql, all: readonly Settled[]): Promise<ClosedAttempt[]> {
    return sql.query<ClosedAttempt>({ name: 'attempts_close', text: CLOSE_ATTEMPTS }, [jsonOf(all), idsOf(all)]);
  }

  /**
   * Another process holds these lanes now: neither lane nor row is touched. A definite answer still closes its attempt,
   * which tells whoever confirms it; and a message that surely arrived makes an UNCONFIRMED notification DELIVERED.
   */
  async #writeLate(sql: Sql, lost: readonly Settled[]): Promise<Settled[]> {
    const definite = lost.filter(
      ({ row, attempt }) => row.action === 'SEND' && attempt && attempt.outcome !== 'UNKNOWN',
    );
    if (definite.length === 0) return [];
    const closed = await this.#close(sql, definite);
    const arrived = definite.flatMap(({ row, posted }) => (posted ? [{ id: row.id, ...posted }] : []));
    await this.#deliverLate(sql, null, arrived);
    return definite.filter(
      ({ row, posted }) => posted && !closed.some((attempt) => attempt.notification_id === row.id),
    );
  }

  async #deliverLate(
    sql: Sql,
    laneId: string | null,
    arrived: readonly { id: string; channelId: ChannelId; ts: string }[],
  ): Promise<void> {
    if (arrived.length === 0) return;
    const moved = await sql.query<{ id: string; attempt_count: number }>(
      { name: 'late_deliveries', text: LATE_DELIVERIES },
      [arrived.map(({ id }) => id), arrived.map(({ channelId }) => channelId), arrived.map(({ ts }) => ts), laneId],
    );
    if (laneId === null || moved.length === 0) return;
    const found = [moved.map(({ id }) => id), moved.map((row) => row.attempt_count)];
    await sql.query({ name: 'attempts_confirm', text: CONFIRM_ATTEMPTS }, found);
  }

  async #wake(sql: Sql, laneIds: readonly string[]): Promise<void> {
    await sql.query({ name: 'teams_wake_of_lanes', text: WAKE_TEAMS_OF_LANES }, [laneIds]);
  }
}
