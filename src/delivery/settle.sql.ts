import { hasStatus, headOf, holdTeam, mayHavePosted, OVERDUE, setHead } from './lane.sql.ts';
import { MOST_FAILURES } from './pace.policy.ts';

/**
 * The lanes of a batch, locked in the order in which rows that enter the queue lock them too, and then their teams, held
 * until commit like those of entering rows: nobody lays a team to rest by what its lanes looked like before. Says whether
 * the lease was ended already, and whether the breaker of the team counts anything at the moment. $1 lane ids.
 */
export const LOCK_LANES = `
  with lanes as materialized (
    select id, team_id, lease_no, lease_until from delivery_lanes
    where id = any($1::bigint[]) order by team_id, channel_id for no key update
  ), teams as materialized (
    select team_id, ${holdTeam('team_id')} as held from (select distinct team_id from lanes) given
  )
  select lanes.id, lanes.lease_no, lanes.lease_until = '-infinity' as is_released,
    coalesce(team.failures_in_a_row > 0, false) as is_failing
  from lanes join teams using (team_id) left join delivery_teams team using (team_id)`;

/** The teams of a batch, before several statements change some of them each. $1 team ids. */
export const LOCK_TEAMS = `
  select team_id from delivery_teams where team_id = any($1::text[]) order by team_id for no key update`;

/** The settled rows of a batch, in the JSON array that statements read as $1. */
const SETTLED = `json_to_recordset($1::json) as s(
  "notificationId" uuid, "laneId" bigint, "teamId" text, "attemptNo" int, status text, place text,
  "attemptOutcome" text, "attemptSlackError" text, "httpStatus" int, "retryAfterSeconds" int, "durationMs" int,
  "countsAsTry" boolean, "waitReason" text, "waitSeconds" float8, "waitDetail" text, "isUnasked" boolean,
  "failureCode" text, "failureDetail" text, "slackError" text, "postedChannelId" text, ts text, "laneHoldSeconds" float8,
  outage boolean, "isLookup" boolean, "holdsAttempt" boolean)`;

const closeFrom = (settled: string): string => `
  update delivery_attempts attempt set
    outcome = s."attemptOutcome", finished_at = coalesce(attempt.finished_at, now()),
    slack_error = coalesce(s."attemptSlackError", attempt.slack_error), http_status = coalesce(s."httpStatus", attempt.http_status),
    retry_after_seconds = s."retryAfterSeconds", duration_ms = coalesce(attempt.duration_ms, s."durationMs"),
    posted_channel_id = s."postedChannelId", slack_message_ts = s.ts
  from ${settled}
  where s."attemptOutcome" is not null and attempt.notification_id = any($2::uuid[])
    and attempt.notification_id = s."notificationId" and attempt.number = s."attemptNo" and attempt.outcome in ('IN_FLIGHT', 'UNKNOWN')
  returning attempt.notification_id`;

/**
 * Says what became of attempts. One whose outcome is known for certain is not changed any more; UNKNOWN may still turn
 * out as anything. $2 the notifications' ids.
 */
export const CLOSE_ATTEMPTS = closeFrom(SETTLED);

/**
 * Closes attempts and moves the rows. REST: no place in the queue. LANE: keeps its place, so that later ones of the same
 * priority do not pass it. PARKED: a due time instead of a place. CONFIRM: keeps its place and its unsettled attempt. A row
 * is moved only as the claim meant it: a lease may have been taken over just when its late owner settled the attempt after
 * all. Slack's last word is kept while a row waits, where it expires, and where a lookup says how the try ended that the
 * word is of; any other end is not that of an earlier try. One statement, since reading the JSON costs as much as writing
 * what it says. $2 the ids.
 */
export const MOVE_NOTIFICATIONS = `
  with settled as materialized (
    select * from ${SETTLED}
  ), closed as (${closeFrom('settled s')})
  update notifications n set
    status = coalesce(s.status, n.status),
    attempt_open = s.place = 'CONFIRM',
    tries = n.tries + case when s."countsAsTry" then 1 else 0 end,
    queue_pos = case when s.place in ('LANE', 'CONFIRM') then n.queue_pos end,
    due_at = case when s.place = 'PARKED' then least(n.expires_at, now() + make_interval(secs => coalesce(s."waitSeconds", 1e9))) end,
    wait_reason = s."waitReason",
    wait_until = now() + make_interval(secs => s."waitSeconds"),
    wait_detail = s."waitDetail",
    confirm_since = case when s.place = 'CONFIRM' then coalesce(n.confirm_since, now()) end,
    unasked_since = case when s."isUnasked" then coalesce(n.unasked_since, now()) end,
    unasked_seconds = n.unasked_seconds
      + case when n.unasked_since is null then ${OVERDUE} when s."isUnasked" then 0 else extract(epoch from now() - n.unasked_since) end,
    failure_code = s."failureCode",
    failure_detail = s."failureDetail",
    failure_slack_error = coalesce(s."slackError", case
      when s."failureCode" = 'EXPIRED' or s.place in ('LANE', 'PARKED') then n.failure_slack_error
      when s."isLookup" and s.status is distinct from 'DELIVERED' then n.failure_slack_error end),
    posted_channel_id = coalesce(s."postedChannelId", n.posted_channel_id),
    slack_message_ts = coalesce(s.ts, n.slack_message_ts),
    delivered_at = case when s.status = 'DELIVERED' then now() end,
    finished_at = case when s.place = 'REST' then now() end
  from settled s
  where n.id = any($2::uuid[]) and n.id = s."notificationId"
    and ${hasStatus('QUEUED', 'SENDING', 'RETRYING')}
    and n.attempt_open = s."holdsAttempt" and n.attempt_count = s."attemptNo"
  returning n.id`;

/**
 * Parks what else waits in these lanes for a principal that has just ended, all at once: parked one by one, the last would
 * still be in the lane when the first come back, and pass them. What an earlier try may have posted is left to its own
 * claim, which ends it. $1 lane ids, $2 their principals, $3 what to say, $4 how many at most.
 */
export const PARK_BEHIND = `
  with parked as materialized (
    select waiting.id, ended.detail
    from unnest($1::bigint[], $2::uuid[], $3::text[]) as ended(lane_id, credential_id, detail)
    join notifications waiting on waiting.lane_id = ended.lane_id and waiting.queue_pos is not null
      and waiting.credential_id = ended.credential_id and not waiting.attempt_open
    where waiting.lane_id = any($1::bigint[]) and not (waiting.tries > 0 and exists (
      select from delivery_attempts attempt where attempt.notification_id = waiting.id and ${mayHavePosted('attempt')}))
    order by waiting.queue_pos limit $4
  )
  update notifications n set
    queue_pos = null, due_at = n.expires_at, wait_reason = 'CONNECTION', wait_until = null, wait_detail = parked.detail
  from parked
  where n.id = any(array(select parked.id from parked)) and n.id = parked.id
    and ${hasStatus('QUEUED', 'RETRYING')} and not n.attempt_open`;

/**
 * A lane that got a 429 is held for exactly as long as Slack asked. Its pace was counted from the claim: what waited in line
 * reached Slack that much later.
 */
const LIMITS = {
  heldUntil: `greatest(lane.held_until, coalesce(now() + make_interval(secs => s.hold_seconds), '-infinity'::timestamptz))`,
  strictUntil: `case when s.hold_seconds is null then lane.strict_until else now() + interval '1 hour' end`,
  theoreticalArrivalAt: `lane.theoretical_arrival_at + make_interval(secs => s.line_seconds)`,
};

/**
 * Ends the leases of lanes, with the heads that they have now: each lane is written once. $1 lane ids, $2 burst tolerance in
 * seconds, $3 numbers of leases, $4 seconds of Retry-After, $5 seconds in which the row waited for a slot.
 */
export const RELEASE_LANES = `
  update delivery_lanes lane set
    lease_until = '-infinity', held_until = ${LIMITS.heldUntil}, strict_until = ${LIMITS.strictUntil},
    theoretical_arrival_at = ${LIMITS.theoreticalArrivalAt}, ${setHead(LIMITS)}
  from unnest($1::bigint[], $3::bigint[], $4::float8[], $5::float8[]) as s(id, lease_no, hold_seconds, line_seconds)
    left join ${headOf('s.id')} on true
  where lane.id = any($1::bigint[]) and lane.id = s.id and lane.lease_no = s.lease_no`;

/**
 * A second lane's 429 while the first's wait runs, or in the same batch, pauses posting for the whole team, for the longer of
 * the two. Sends that are open finish.
 */
export const PAUSE_TEAMS = `
  with held as (
    select lane.team_id, max(lane.held_until) as held_until, array_agg(lane.id order by lane.held_until desc) as lane_ids
    from ${SETTLED} join delivery_lanes lane on lane.id = s."laneId"
    where lane.id = any(array(select s."laneId" from ${SETTLED})) and s."laneHoldSeconds" is not null group by lane.team_id
  ), seen as (
    select team.team_id, held.lane_ids[1] as lane_id, held.held_until,
      cardinality(held.lane_ids) > 1
        or team.rate_limited_until > now() and team.rate_limited_lane_id <> all(held.lane_ids) as is_second
    from delivery_teams team join held using (team_id) order by team.team_id for no key update of team
  )
  update delivery_teams team set
    posting_paused_until = case when seen.is_second
      then greatest(team.posting_paused_until, team.rate_limited_until, seen.held_until) else team.posting_paused_until end,
    rate_limited_lane_id = case when team.rate_limited_until > seen.held_until then team.rate_limited_lane_id else seen.lane_id end,
    rate_limited_until = greatest(team.rate_limited_until, seen.held_until)
  from seen where team.team_id = seen.team_id`;

/**
 * The breaker of each team: outages in a row open it; one answer to a message closes it and lets the team's turn come at
 * once. A look that was answered proves only that reading works, and one that was not had proves nothing. After looks that
 * failed, either opens the breaker by half (exactly at its limit): the next probe may follow at once, and a message goes
 * before looks. Where no look has failed since the last one that did not, it is posting alone that does not work: looks
 * follow each other, and of so many probes one is a message, or what is unknown would grow by each message that is tried.
 * Where only looks have failed the breaker is no more than half open: posting may work all the while. Once closed, the team
 * is strict for a while: what waited goes at its steady pace, not as a burst.
 * $2 failures that open it, $3 seconds to the next probe, $4 a team's burst tolerance in seconds.
 */
export const COUNT_OUTAGES = `
  with counted as (
    select s."teamId" as team_id, count(*) filter (where s.outage) as failures,
      coalesce(bool_or(not s."isLookup") filter (where s.outage), false) as message_failed,
      bool_or(not s.outage and not s."isLookup") as answered,
      bool_or(s."isLookup") filter (where s.outage) as look_failed,
      bool_or(s."isLookup") filter (where not s.outage) as looked
    from ${SETTLED} where s.outage is not null group by 1
  ), locked as (
    select team.team_id, counted.answered, counted.look_failed, counted.looked, counted.failures > 0 as failed, team.failures_in_a_row >= $2 as was_open,
      case
        when counted.answered then 0
        when counted.failures = 0 and (team.failures_in_a_row <= $2 or team.look_failed_at is not null) then least(team.failures_in_a_row, $2)
        when team.failures_in_a_row + counted.failures < $2 then team.failures_in_a_row + counted.failures
        when team.failures_in_a_row <= $2 and not counted.message_failed then $2
        when team.failures_in_a_row >= ${MOST_FAILURES} then $2 + 1
        else greatest(team.failures_in_a_row, $2) + 1
      end as failures
    from delivery_teams team join counted using (team_id) order by team.team_id for no key update of team
  )
  update delivery_teams team set
    failures_in_a_row = locked.failures,
    look_failed_at = case when locked.answered or locked.looked then null when locked.look_failed then now() else team.look_failed_at end,
    paused_until = case
      when locked.failures >= $2 and locked.failed then greatest(team.paused_until, now() + make_interval(secs => $3::float8))
      when locked.was_open then least(team.paused_until, now())
      else team.paused_until end,
    turn_at = case
      when locked.failures >= $2 and locked.failed then greatest(team.turn_at, now() + make_interval(secs => $3::float8))
      when locked.was_open and team.turn_at < 'infinity' then least(team.turn_at, now())
      else team.turn_at end,
    message_arrival_at = case when locked.was_open and locked.answered
      then greatest(team.message_arrival_at, now() + make_interval(secs => $4::float8)) else team.message_arrival_at end,
    strict_until = case when locked.was_open and locked.answered then now() + interval '1 minute' else team.strict_until end
  from locked where team.team_id = locked.team_id`;
