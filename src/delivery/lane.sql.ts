import { ADVISORY_LOCKS } from '../platform/advisory-locks.ts';

/**
 * The pieces that every statement about lanes shares. A lane's head is the row with an open attempt, else the best
 * priority, else the oldest place in the queue; `notifications_head` is the index in exactly this order.
 */
export const HEAD_ORDER = 'n.attempt_open desc, n.priority desc, n.queue_pos';

/**
 * Whether the row `n`, which is looked up by its id, has one of these statuses. Said so that no partial index knows the
 * condition: a plan that was made while hardly anything waited would go through all that waits instead, for as long as it
 * is kept. For the same reason statements that join a batch name its ids once more, as an array.
 */
export const hasStatus = (...statuses: readonly string[]): string =>
  `coalesce(n.status in (${statuses.map((status) => `'${status}'`).join(', ')}), false)`;

/** Whether a try may have posted its message: nobody knows, or it is known that it did. */
export const mayHavePosted = (attempt: string): string =>
  `${attempt}.outcome in ('UNKNOWN', 'DELIVERED', 'CONFIRMED_PRESENT')`;

/** Of a lane: never inside a Retry-After, and without bursts in the hour after one. */
interface Limits {
  readonly heldUntil: string;
  readonly strictUntil: string;
  readonly theoreticalArrivalAt: string;
}

const limitsOf = (lane: string): Limits => ({
  heldUntil: `${lane}.held_until`,
  strictUntil: `${lane}.strict_until`,
  theoreticalArrivalAt: `${lane}.theoretical_arrival_at`,
});

/**
 * When a lane may send next, by GCRA: `theoretical_arrival_at` less the burst's tolerance; never inside a Retry-After.
 * `tolerance` names the parameter that holds the burst in seconds.
 */
export const paceReadyAt = (
  lane: string,
  tolerance: string,
  { heldUntil, strictUntil, theoreticalArrivalAt }: Limits = limitsOf(lane),
): string => `greatest(
  now(),
  ${heldUntil},
  ${theoreticalArrivalAt} - case when ${strictUntil} > now() then interval '0' else make_interval(secs => ${tolerance}) end
)`;

/**
 * No message is more urgent than a head that is looked up: what enters behind it does not hurry the next look. An URGENT one
 * is as urgent.
 */
export const LOOKED_UP_PRIORITY = 3;

/**
 * When a lane may have its turn within its team: a pause of posting keeps nobody from looking for what is there already. An
 * URGENT message has it as well, once: the claim then puts it off.
 */
export const turnOf = (lane: string, team: string): string =>
  `case when ${lane}.head_priority = ${LOOKED_UP_PRIORITY} then ${lane}.visit_at else greatest(${lane}.visit_at, ${team}.posting_paused_until) end`;

/**
 * Head and readiness of lanes that are locked already, recomputed in a statement of its own: a statement that locks and
 * looks at once looks with a snapshot from before the lock, and loses the row that was queued in between. $2 burst
 * tolerance in seconds.
 */
export const setHead = (limits?: Limits): string => `
    head_priority = coalesce(case when head.attempt_open then ${LOOKED_UP_PRIORITY} else head.priority end, -1),
    ready_at = case
      when head.priority is null then 'infinity'::timestamptz
      else greatest(${paceReadyAt('lane', '$2::float8', limits)}, coalesce(head.wait_until, '-infinity'::timestamptz))
    end`;

export const headOf = (lane: string): string => `lateral (
    select n.attempt_open, n.priority, n.wait_until from notifications n
    where n.lane_id = ${lane} and n.queue_pos is not null
    order by ${HEAD_ORDER} limit 1
  ) head`;

/** $1 lane ids. */
export const REFRESH_LANES = `
  update delivery_lanes lane set ${setHead()}
  from unnest($1::bigint[]) as given(id) left join ${headOf('given.id')} on true
  where lane.id = any($1::bigint[]) and lane.id = given.id`;

/**
 * Holds a team until commit, together with others who do; only laying it to rest waits for nobody to hold it. By an
 * advisory lock: a row that many hold FOR KEY SHARE while others update it makes claims deadlock.
 */
export const holdTeam = (team: string): string =>
  `pg_advisory_xact_lock_shared(${ADVISORY_LOCKS.TEAMS}, hashtext(${team}))`;

/** Has a team alone until commit, where nobody holds it. */
export const takeTeam = (team: string): string =>
  `pg_try_advisory_xact_lock(${ADVISORY_LOCKS.TEAMS}, hashtext(${team}))`;

/** Brings forward the turn of teams whose lanes became ready sooner than their turn. $1 lane ids. */
export const WAKE_TEAMS_OF_LANES = `
  with due as (
    select lane.team_id, min(${turnOf('lane', 'team')}) as visit_at
    from delivery_lanes lane join delivery_teams team using (team_id)
    where lane.id = any($1::bigint[]) and lane.visit_at < 'infinity' group by lane.team_id
  ), locked as (
    select team.team_id, greatest(due.visit_at, team.paused_until) as turn_at
    from delivery_teams team join due using (team_id)
    where team.turn_at > greatest(due.visit_at, team.paused_until)
    order by team.team_id for no key update of team
  )
  update delivery_teams team set turn_at = locked.turn_at from locked where team.team_id = locked.team_id`;

/**
 * For how long (s) the next look has been due and was not had: a breaker, a process or a database that was away.
 * Nobody could have asked, as where Slack does not answer.
 */
export const OVERDUE = `case when n.confirm_since is null then 0 else coalesce(greatest(extract(epoch from now() - n.wait_until), 0), 0) end`;
