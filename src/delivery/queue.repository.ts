import type { Notification } from '../notifications/notification.entity.ts';
import type { CancelCode, NewNotification, NotificationQueue } from '../notifications/notification-queue.ts';
import type { DeliveryStatus } from '../notifications/notification.states.ts';
import { ADVISORY_LOCKS } from '../platform/advisory-locks.ts';
import type { Database, Sql } from '../platform/database.ts';
import type { NotificationId, TeamId } from '../platform/ids.ts';
import { TopLevelError } from '../platform/top-level-error.ts';
import { REFRESH_LANES, WAKE_TEAMS_OF_LANES } from './lane.sql.ts';
import type { Pace } from './pace.policy.ts';
import * as queue from './queue.sql.ts';
import { LOCK_LANES } from './settle.sql.ts';
import { GIVE_UP, SOME_UNASKED } from './unasked.sql.ts';

const MOVE_BATCH = 500;
const HOLD = { name: 'teams_hold', text: queue.HOLD_TEAMS };
const WAKE = { name: 'teams_wake', text: queue.WAKE_TEAMS };

interface DueRow {
  readonly id: NotificationId;
  readonly lane_id: string;
  readonly team_id: TeamId;
}

/** Whether this transaction is the one that may move rows, until it ends. */
const isMover = async (sql: Sql): Promise<boolean> => {
  const lock = { name: 'mover_lock', text: 'select pg_try_advisory_xact_lock($1) as mine' };
  const [mover] = await sql.query<{ mine: boolean }>(lock, [ADVISORY_LOCKS.MOVER]);
  return mover?.mine === true;
};

/** Rows that enter and leave the queue. Locks are taken in one order everywhere: lanes, teams, notifications. */
export class QueueRepository implements NotificationQueue {
  readonly #knownTeams = new Set<TeamId>();

  constructor(
    private readonly database: Database,
    private readonly pace: Pick<Pace, 'burstToleranceSeconds' | 'longestHoldSeconds'>,
    private readonly onWork: () => void,
    private readonly onChange: () => void,
  ) {}

  async enter(sql: Sql, accepted: readonly NewNotification[]): Promise<Notification[]> {
    const teams = [...new Set(accepted.flatMap((row) => row.teamId ?? []))];
    const json = JSON.stringify(accepted.map((row, ordinal) => ({ ...row, ordinal })));
    const [, held, rows] = await Promise.all([
      this.#addTeams(sql, teams),
      sql.query(HOLD, [teams]),
      sql.query<Notification>({ name: 'queue_enter', text: queue.ENTER }, [json, this.pace.burstToleranceSeconds]),
    ]);
    if (held.length < teams.length) this.#forgetTeams();
    return rows;
  }

  async record(sql: Sql, refused: readonly NewNotification[]): Promise<Notification[]> {
    const statement = { name: 'queue_record', text: queue.INSERT_REFUSED };
    return sql.query<Notification>(statement, [JSON.stringify(refused)]);
  }

  async cancel(sql: Sql, ids: readonly NotificationId[], code: CancelCode): Promise<DeliveryStatus[]> {
    return this.#endInLanes(sql, { name: 'queue_cancel', text: queue.CANCEL }, ids, code);
  }

  wake(): void {
    this.onWork();
    this.onChange();
  }

  wakeFollowers(): void {
    this.onChange();
  }

  /** Whether there may be anything to move, to revive or to end, or a team to rest: one look instead of one for each. */
  async hasWork(): Promise<boolean> {
    const [found] = await this.database.query<{ any: boolean }>({ name: 'queue_has_work', text: queue.HAS_WORK }, [
      this.pace.longestHoldSeconds,
    ]);
    return found?.any === true;
  }

  /** Moves scheduled and parked rows whose time has come into their lanes; answers with how many it moved. */
  async moveDue(): Promise<number> {
    return this.database.sqlTransaction(async (sql) => {
      if (!(await isMover(sql))) return 0;
      const due = await sql.query<DueRow>({ name: 'queue_due', text: queue.DUE }, [MOVE_BATCH]);
      if (due.length === 0) return 0;
      const laneIds = [...new Set(due.map((row) => row.lane_id))];
      const teams = [...new Set(due.map((row) => row.team_id))];
      await sql.query(HOLD, [teams]);
      await sql.query({ name: 'lanes_lock', text: LOCK_LANES }, [laneIds]);
      await sql.query({ name: 'queue_reenter', text: queue.REENTER }, [due.map((row) => row.id)]);
      await sql.query(WAKE, [teams]);
      await this.#refresh(sql, laneIds);
      return due.length;
    });
  }

  /** Takes teams without a lane that may be visited now out of the round. */
  async restIdleTeams(): Promise<void> {
    await this.database.sqlTransaction(async (sql) => {
      const idle = await sql.query<{ team_id: TeamId }>({ name: 'teams_idle', text: queue.IDLE_TEAMS });
      if (idle.length === 0) return;
      await sql.query({ name: 'teams_rest', text: queue.REST_IDLE_TEAMS }, [idle.map((team) => team.team_id)]);
    });
  }

  /** Cancels what a disconnect did not see, answering with what each became. */
  async cancelLeftBehind(): Promise<DeliveryStatus[]> {
    const statement = { name: 'queue_left_behind', text: queue.LEFT_BEHIND };
    const rows = await this.database.query<{ id: NotificationId }>(statement, [MOVE_BATCH]);
    if (rows.length === 0) return [];
    const ids = rows.map((row) => row.id);
    const ended = await this.database.sqlTransaction((sql) => this.cancel(sql, ids, 'CANCELED_BY_DISCONNECT'));
    this.wake();
    return ended;
  }

  /**
   * Ends a part of what waits past its time in lanes, answering with what each became: a lane that is held, or in which
   * others keep passing, is not visited.
   */
  async expireOverdue(): Promise<DeliveryStatus[]> {
    const statement = { name: 'queue_overdue', text: queue.OVERDUE };
    const rows = await this.database.query<{ id: NotificationId }>(statement, [MOVE_BATCH]);
    if (rows.length === 0) return [];
    const ids = rows.map((row) => row.id);
    const expire = { name: 'queue_expire', text: queue.EXPIRE };
    const ended = await this.database.sqlTransaction((sql) => this.#endInLanes(sql, expire, ids));
    this.wake();
    return ended;
  }

  /**
   * Gives a part of that up which Slack cannot be asked about and which has been unknown for as long as anything may be,
   * answering with what each became. A team that Slack does not answer for is only probed: one by one the last of many would
   * be given up long after the first.
   */
  async giveUpUnasked(): Promise<DeliveryStatus[]> {
    const { longestHoldSeconds } = this.pace;
    const statement = { name: 'queue_unasked', text: SOME_UNASKED };
    const rows = await this.database.query<{ id: NotificationId }>(statement, [MOVE_BATCH, longestHoldSeconds]);
    if (rows.length === 0) return [];
    const ids = rows.map((row) => row.id);
    const giveUp = { name: 'queue_give_up', text: GIVE_UP };
    const ended = await this.database.sqlTransaction((sql) => this.#endInLanes(sql, giveUp, ids, longestHoldSeconds));
    this.wake();
    return ended;
  }

  /**
   * What waited for a principal that is authorized again may go; answers with how many. One process at a time: of two at
   * once each would free what the other has left out, and the later ones could be due first.
   */
  async revive(): Promise<number> {
    return this.database.sqlTransaction(async (sql) => {
      if (!(await isMover(sql))) return 0;
      return (await sql.query({ name: 'queue_revive', text: queue.REVIVE }, [MOVE_BATCH])).length;
    });
  }

  /** By a statement that wants the lanes locked, and takes the ids first; answers with what each became. */
  async #endInLanes(
    sql: Sql,
    statement: { name: string; text: string },
    ids: readonly NotificationId[],
    ...more: unknown[]
  ): Promise<DeliveryStatus[]> {
    const lanes = await sql.query<{ lane_id: string }>({ name: 'queue_lanes_of', text: queue.LANES_OF }, [ids]);
    const laneIds = lanes.map((lane) => lane.lane_id);
    await sql.query({ name: 'lanes_lock', text: LOCK_LANES }, [laneIds]);
    const rows = await sql.query<{ status: DeliveryStatus }>(statement, [ids, ...more]);
    await this.#refresh(sql, laneIds);
    return rows.map(({ status }) => status);
  }

  /** Those that this process does not know to be there. One that it adds itself may yet be rolled back. */
  async #addTeams(sql: Sql, teams: readonly TeamId[]): Promise<void> {
    const unknown = teams.filter((team) => !this.#knownTeams.has(team));
    if (unknown.length === 0) return;
    const added = await sql.query<{ team_id: TeamId }>({ name: 'teams_add', text: queue.ADD_TEAMS }, [unknown]);
    const isNew = new Set(added.map((team) => team.team_id));
    for (const team of unknown) if (!isNew.has(team)) this.#knownTeams.add(team);
  }

  /** No team is ever deleted, but a standby that took over may lack the last of them. */
  #forgetTeams(): never {
    this.#knownTeams.clear();
    const message = 'The database has lost a team since; nothing of it was stored. Repeat it.';
    throw new TopLevelError('SERVICE_UNAVAILABLE', message, { retryable: true });
  }

  async #refresh(sql: Sql, laneIds: readonly string[]): Promise<void> {
    if (laneIds.length === 0) return;
    await sql.query({ name: 'lanes_refresh', text: REFRESH_LANES }, [laneIds, this.pace.burstToleranceSeconds]);
    await sql.query({ name: 'teams_wake_of_lanes', text: WAKE_TEAMS_OF_LANES }, [laneIds]);
  }
}
