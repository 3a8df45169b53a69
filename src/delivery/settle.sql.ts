/** The lanes of a batch, locked in one order by everybody. $1 lane ids. */
export const LOCK_LANES = `
  select id, lease_no from delivery_lanes where id = any($1::bigint[]) order by id for no key update`;

/** One settled row of the batch; every statement below reads the same JSON array as $1. */
const SETTLED = `jsonb_to_recordset($1::jsonb) as s(
  "notificationId" uuid, "laneId" bigint, "leaseNo" bigint, "attemptNo" int, status text,
  "attemptOutcome" text, "attemptSlackError" text, "httpStatus" int, "retryAfterSeconds" int, "durationMs" int,
  "countsAsTry" boolean, "waitReason" text, "waitSeconds" float8, "waitDetail" text, park boolean,
  "failureCode" text, "failureDetail" text, "slackError" text, "postedChannelId" text, ts text, "laneHoldSeconds" float8)`;

/** Closes attempts, each only while it is open and under the lease that opened it. */
export const CLOSE_ATTEMPTS = `
  update delivery_attempts attempt set
    outcome = s."attemptOutcome", finished_at = now(), slack_error = s."attemptSlackError", http_status = s."httpStatus",
    retry_after_seconds = s."retryAfterSeconds", duration_ms = s."durationMs"
  from ${SETTLED}
  where s."attemptOutcome" is not null and attempt.notification_id = s."notificationId"
    and attempt.number = s."attemptNo" and attempt.outcome = 'IN_FLIGHT'`;

/**
 * Moves the rows. A row at rest has no place in the queue; a parked one has a due time instead of a place; one that
 * waits in its lane keeps its place, so that later ones of the same priority do not pass it.
 */
export const MOVE_NOTIFICATIONS = `
  update notifications n set
    status = coalesce(s.status, n.status),
    attempt_open = false,
    tries = n.tries + case when s."countsAsTry" then 1 else 0 end,
    queue_pos = case when s."waitReason" is not null and not s.park then n.queue_pos end,
    due_at = case when s.park then least(n.expires_at, now() + make_interval(secs => coalesce(s."waitSeconds", 1e9))) end,
    wait_reason = s."waitReason",
    wait_until = case when s."waitSeconds" is not null then now() + make_interval(secs => s."waitSeconds") end,
    wait_detail = s."waitDetail",
    failure_code = s."failureCode",
    failure_detail = s."failureDetail",
    failure_slack_error = coalesce(s."slackError", case when s.status = 'DELIVERED' then null else n.failure_slack_error end),
    posted_channel_id = coalesce(s."postedChannelId", n.posted_channel_id),
    slack_message_ts = coalesce(s.ts, n.slack_message_ts),
    delivered_at = case when s.status = 'DELIVERED' then now() end,
    finished_at = case when s."waitReason" is null then now() end
  from ${SETTLED}
  where n.id = s."notificationId" and n.status in ('QUEUED', 'SENDING', 'RETRYING')`;

/** Ends the leases, and holds the lanes that got a 429 for exactly as long as Slack asked. */
export const RELEASE_LANES = `
  update delivery_lanes lane set
    lease_until = '-infinity',
    held_until = greatest(lane.held_until, coalesce(now() + make_interval(secs => s."laneHoldSeconds"), '-infinity'::timestamptz)),
    strict_until = case when s."laneHoldSeconds" is null then lane.strict_until else now() + interval '1 hour' end
  from ${SETTLED}
  where lane.id = s."laneId" and lane.lease_no = s."leaseNo"`;

/**
 * A second lane's 429 while the first's wait runs pauses the whole team, for the longer of the two. $1 the settled rows,
 * of which only those with a hold count.
 */
export const PAUSE_TEAMS = `
  with held as (
    select distinct on (lane.team_id) lane.team_id, lane.id as lane_id, lane.held_until
    from ${SETTLED} join delivery_lanes lane on lane.id = s."laneId"
    where s."laneHoldSeconds" is not null order by lane.team_id, lane.held_until desc
  ), locked as (
    select team.team_id from delivery_teams team where team.team_id in (select team_id from held)
    order by team.team_id for no key update
  )
  update delivery_teams team set
    paused_until = case
      when team.rate_limited_until > now() and team.rate_limited_lane_id <> held.lane_id
      then greatest(team.paused_until, team.rate_limited_until, held.held_until) else team.paused_until end,
    turn_at = case
      when team.rate_limited_until > now() and team.rate_limited_lane_id <> held.lane_id
      then greatest(team.turn_at, team.rate_limited_until, held.held_until) else team.turn_at end,
    rate_limited_lane_id = case when team.rate_limited_until > held.held_until then team.rate_limited_lane_id else held.lane_id end,
    rate_limited_until = greatest(team.rate_limited_until, held.held_until)
  from held join locked using (team_id) where team.team_id = held.team_id`;

/**
 * A definite answer that came after another process took the lane over: the attempt is closed as what it was, and an
 * UNCONFIRMED notification becomes DELIVERED. $1 notification ids, $2 attempt numbers, $3 channels, $4 ts.
 */
export const LATE_ATTEMPTS = `
  update delivery_attempts attempt set outcome = 'DELIVERED', finished_at = now()
  from unnest($1::uuid[], $2::int[]) as late(id, number)
  where attempt.notification_id = late.id and attempt.number = late.number and attempt.outcome in ('IN_FLIGHT', 'UNKNOWN')`;

export const LATE_DELIVERIES = `
  update notifications n set
    status = 'DELIVERED', failure_code = null, failure_detail = null, failure_slack_error = null,
    posted_channel_id = late.channel, slack_message_ts = late.ts, delivered_at = now(), finished_at = now()
  from unnest($1::uuid[], $2::int[], $3::text[], $4::text[]) as late(id, number, channel, ts)
  where n.id = late.id and n.attempt_count = late.number and n.status = 'UNCONFIRMED'`;
