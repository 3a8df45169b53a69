import type { Database, Sql } from '../platform/database.ts';
import { isUuid, type NotificationId, type TeamId } from '../platform/ids.ts';
import { CLAIM } from './claim.sql.ts';
import type { ClaimedRow } from './claimed-row.ts';
import {
  deliverKnown,
  deliverLate,
  isDefinite,
  NOTHING_LATE,
  settleLate,
  type Arrived,
  type StoredLate,
} from './late-answers.repository.ts';
import { REFRESH_LANES, WAKE_TEAMS_OF_LANES } from './lane.sql.ts';
import {
  CLOSE_ATTEMPTS,
  COUNT_OUTAGES,
  LOCK_LANES,
  LOCK_TEAMS,
  MOVE_NOTIFICATIONS,
  PARK_BEHIND,
  PAUSE_TEAMS,
  RELEASE_LANES,
} from './settle.sql.ts';
import { BREAKER_FAILURES, BREAKER_SECONDS, type Pace } from './pace.policy.ts';
import { idsOf, isLookup, jsonOf, type Settled } from './settled-row.ts';
import { answeredMeanwhile } from './confirmation.policy.ts';

/** How much may be claimed, and at which pace. */
export interface ClaimLimits {
  readonly rows: number;
  /** Teams with open sends in this process, and how many. */
  readonly open: ReadonlyMap<TeamId, number>;
  /** Of these teams alone, where it is given. */
  readonly only?: readonly TeamId[];
  /** Of none of these teams. */
  readonly without?: readonly TeamId[];
}

export interface Claim {
  readonly rows: readonly ClaimedRow[];
  readonly vanished: readonly string[];
  /** Until the next team's turn; negative where one is due now; undefined where nothing waits. */
  readonly nextTurnMs: number | undefined;
}

export interface Stored extends StoredLate {
  /** Whose rows are now as was wanted, by this commit or by an earlier one whose answer was lost. */
  readonly moved: readonly Settled[];
  /** Not written, since another process holds the lane now. */
  readonly lost: readonly Settled[];
  readonly claim?: Claim | undefined;
}

interface LockedLane {
  readonly id: string;
  readonly lease_no: string;
  readonly is_released: boolean;
  /** Whether the breaker of its team counts anything. */
  readonly is_failing: boolean;
}

const CLAIM_STATEMENT = { name: 'delivery_claim', text: CLAIM };

const isLost = (row: ClaimedRow): boolean => (row.action as string) === 'LOST';

const NEXT_TURN = {
  name: 'teams_next_turn',
  text: `select (extract(epoch from turn_at - clock_timestamp()) * 1000)::float8 as ms from delivery_teams
        where turn_at < 'infinity' order by turn_at limit 1`,
};

const TEAMS_PER_CLAIM = 50;
const UNLIMITED = 1_000_000;
const PARK_BATCH = 500;

interface ClosedAttempt {
  readonly notification_id: NotificationId;
}

/** An earlier try may have posted it: perhaps somebody knows by now. */
const mayHaveArrived = ({ row, status }: Settled): boolean => row.may_be_there && status !== 'DELIVERED';

/** What an attempt's late answer says wins over what a lookup concluded at the same time. */
const withLateAnswers = (all: readonly Settled[], closed: readonly ClosedAttempt[]): Settled[] => {
  const ids = new Set(closed.map((attempt) => attempt.notification_id));
  return all.map((settled) => {
    const { row, durationMs, lineMs, attempt } = settled;
    const isOvertaken = isLookup(settled) && attempt !== undefined && !ids.has(row.id);
    return isOvertaken ? { row, durationMs, lineMs, ...answeredMeanwhile } : settled;
  });
};

/** The statements of the worker loop. Each write of a worker names its lease and misses where it lost it. */
export class DeliveryRepository {
  constructor(
    private readonly database: Database,
    private readonly pace: Pace,
  ) {}

  /**
   * Commits leases, SENDING and open attempts in one statement. Beside the rows, which are to be begun at once, it answers
   * with lanes whose head vanished under the claim: those are to be refreshed. Sent whole: no process that freezes meanwhile
   * holds up the claims of others.
   */
  async claim(limits: ClaimLimits): Promise<Claim> {
    return this.database.sqlTransaction((sql) => {
      const claim = this.claimBy(sql, limits);
      sql.commit();
      return claim;
    }, 'kept');
  }

  /** The claim, by a transaction that does more: as the last of it, since what it takes is locked from then on. */
  async claimBy(sql: Sql, limits: ClaimLimits): Promise<Claim> {
    const [rows, [next]] = await Promise.all([
      sql.query<ClaimedRow>(CLAIM_STATEMENT, this.#claimValues(limits)),
      sql.query<{ ms: number }>(NEXT_TURN),
    ]);
    const vanished = rows.filter(isLost).map((row) => row.lane_id);
    return { rows: rows.filter((row) => !isLost(row)), vanished, nextTurnMs: next?.ms };
  }

  async nextTurnMs(): Promise<number | undefined> {
    const [next] = await this.database.query<{ ms: number }>(NEXT_TURN);
    return next?.ms;
  }

  #claimValues({ rows: wanted, open, only, without = [] }: ClaimLimits): readonly unknown[] {
    const { teamConcurrency, emissionSeconds, leaseSeconds, teamEmissionSeconds, teamToleranceSeconds } = this.pace;
    const perTeam = teamConcurrency === 0 ? UNLIMITED : teamConcurrency;
    const full = [...open].filter(([, count]) => count >= perTeam).map(([team]) => team);
    return [
      TEAMS_PER_CLAIM,
      perTeam,
      wanted,
      emissionSeconds,
      leaseSeconds,
      [...full, ...without],
      [...open.keys()],
      [...open.values()],
      teamEmissionSeconds,
      teamToleranceSeconds,
      BREAKER_FAILURES,
      BREAKER_SECONDS,
      this.pace.burstToleranceSeconds,
      only,
    ];
  }

  /**
   * One transaction: attempts closed, rows moved, lanes released and their next head found, teams woken; and then, where
   * `alsoClaim` asks for it, a claim. It is asked once the locks are had, and only where all that is left is sent whole.
   */
  async settle(batch: readonly Settled[], alsoClaim: () => ClaimLimits | undefined = () => undefined): Promise<Stored> {
    return this.database.sqlTransaction(async (sql) => {
      const laneIds = batch.map(({ row }) => row.lane_id);
      const lanes = await sql.query<LockedLane>({ name: 'lanes_lock', text: LOCK_LANES }, [laneIds]);
      const laneOf = new Map(lanes.map((lane) => [lane.id, lane]));
      const own = batch.filter(({ row }) => laneOf.get(row.lane_id)?.lease_no === row.lease_no);
      const lost = batch.filter((settled) => !own.includes(settled));
      // Else it is stored already, by a commit whose answer was lost: no wait and no outage may count twice.
      const held = own.filter(({ row }) => laneOf.get(row.lane_id)?.is_released === false);
      const isFailing = lanes.some((lane) => lane.is_failing);
      const before = own.filter((settled) => !held.includes(settled));
      if (lost.length > 0 || held.some((settled) => isLookup(settled) || mayHaveArrived(settled))) {
        const moved = await this.#write(sql, held, isFailing);
        return { moved: [...before, ...moved], lost, ...(await this.#writeLate(sql, moved, lost)) };
      }
      const limits = alsoClaim();
      // In this order: what is released is claimed.
      const all = Promise.all([this.#write(sql, held, isFailing), limits && this.claimBy(sql, limits)]);
      sql.commit();
      const [moved, claim] = await all;
      return { moved: [...before, ...moved], lost, ...NOTHING_LATE, claim };
    }, 'kept');
  }

  /** Answers with how many became DELIVERED. */
  async settleFound(laneId: string, found: readonly Arrived[]): Promise<number> {
    const known = found.filter(({ id }) => isUuid(id));
    if (known.length === 0) return 0;
    // The lane is this process's: its head is looked for when it is released.
    const { count } = await this.database.sqlTransaction((sql) => deliverLate(sql, laneId, known));
    return count;
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

  async refreshLanes(laneIds: readonly string[]): Promise<void> {
    await this.database.sqlTransaction(async (sql) => {
      await sql.query({ name: 'lanes_lock', text: LOCK_LANES }, [laneIds]);
      await this.#refresh(sql, laneIds);
    }, 'kept');
  }

  /** The lanes are locked. */
  async #refresh(sql: Sql, laneIds: readonly string[]): Promise<void> {
    await sql.query({ name: 'lanes_refresh', text: REFRESH_LANES }, [laneIds, this.pace.burstToleranceSeconds]);
    await this.#wake(sql, laneIds);
  }

  /**
   * All that needs no answer of the one before is sent at once: locks are held for as few trips as can be. Answers with
   * those whose rows were moved.
   */
  async #write(sql: Sql, all: readonly Settled[], isFailing: boolean): Promise<Settled[]> {
    if (all.length === 0) return [];
    const lookups = all.filter(isLookup);
    const held = lookups.length > 0 ? withLateAnswers(all, await this.#close(sql, lookups)) : all;
    const json = jsonOf(held);
    const laneIds = held.map(({ row }) => row.lane_id);
    const [rows] = await Promise.all([
      sql.query<{ id: NotificationId }>({ name: 'notifications_move', text: MOVE_NOTIFICATIONS }, [json, idsOf(held)]),
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
    const moved = new Set(rows.map(({ id }) => id));
    return held.filter(({ row }) => moved.has(row.id));
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
   * Where a lane is lost, another process holds it now: neither lane nor open row is touched. A definite answer still closes
   * its attempt, which tells whoever confirms it, and settles a notification that was given up as UNCONFIRMED or is to be
   * sent again. So does what came of an earlier try while this one was made.
   */
  async #writeLate(sql: Sql, moved: readonly Settled[], lost: readonly Settled[]): Promise<StoredLate> {
    const known = await deliverKnown(sql, idsOf(moved.filter(mayHaveArrived)));
    const definite = lost.filter(isDefinite);
    const closed = definite.length > 0 ? await this.#close(sql, definite) : [];
    const closedIds = new Set(closed.map((attempt) => attempt.notification_id));
    const { leftLanes, ...late } = await settleLate(sql, definite, closedIds);
    const lanes = [...known.leftLanes, ...leftLanes];
    if (lanes.length > 0) await this.#refresh(sql, lanes);
    return { ...late, settledLate: [...Array<'DELIVERED'>(known.count).fill('DELIVERED'), ...late.settledLate] };
  }

  async #wake(sql: Sql, laneIds: readonly string[]): Promise<void> {
    await sql.query({ name: 'teams_wake_of_lanes', text: WAKE_TEAMS_OF_LANES }, [laneIds]);
  }
}
