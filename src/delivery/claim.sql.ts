import { REFRESH_BEFORE_SECONDS } from '../credentials/refresh.policy.ts';
import { endedBy } from '../notifications/notification.sql.ts';
import { hasStatus, HEAD_ORDER, LOOKED_UP_PRIORITY, mayHavePosted, OVERDUE, turnOf } from './lane.sql.ts';
import { PROBES_PER_MESSAGE } from './pace.policy.ts';

/**
 * How many messages a team may send now, by GCRA over the whole team, by its open sends in this process, and by the
 * breaker, which lets one probe through. $2 lanes per team, $7/$8 teams with open sends and how many, $9 emission
 * interval and $10 tolerance of the team in seconds (an interval of 0 means no limit), $11 failures that open the breaker.
 */
const ALLOWANCE = `least(
  $2 - coalesce((select open.count from unnest($7::text[], $8::int[]) as open(team_id, count) where open.team_id = team.team_id), 0),
  case when team.failures_in_a_row >= $11 then 1 else $2 end,
  case when $9::float8 = 0 then $2 else 1 + floor(
    ($10::float8 - extract(epoch from greatest(team.message_arrival_at, now()) - now())) / $9::float8) end
)`;

/** Whether the sender must renew the token before it posts, or should see to it that somebody does. */
const ROTATION = `
  coalesce(credential.refresh_token is not null and credential.token_expires_at <= now(), false) as token_is_expired,
  coalesce(credential.refresh_token is not null
    and credential.token_expires_at <= now() + interval '${REFRESH_BEFORE_SECONDS} seconds'
    and coalesce(greatest(credential.refresh_until, credential.refresh_not_before), '-infinity') <= now(), false) as refresh_is_due`;

/**
 * The row of a table with this id, in a subquery of its own: a plan is kept, and one from when the table was tiny would read
 * all of it for each claim.
 */
const byId = (table: string, id: string): string => `select * from ${table} given where given.id = ${id} offset 0`;

/** How long ago the first of the latest attempts began that each posted nothing and may be repeated. */
const UNSENT_SECONDS = `(
  select extract(epoch from now() - min(unsent.started_at)) from delivery_attempts unsent
  where unsent.notification_id = n.id and unsent.outcome = 'RETRYABLE' and unsent.number > coalesce((
    select max(other.number) from delivery_attempts other where other.notification_id = n.id and other.outcome <> 'RETRYABLE'), 0)
)`;

/** Was to be sent, and was canceled just now. Looked for in an array: the plan of a join compares as often, and dearer. */
const MISSED = `(heads.action = 'SEND' and heads.id <> all(array(select taken.id from taken)))`;

/**
 * One statement claims work: teams by turn, their ready lanes by priority, the head row of each lane; it leases the
 * lanes and, for rows that are to be sent, moves them to SENDING and opens their attempt. What it returns is committed
 * before anything leaves. $1 teams, $3 rows, $4 emission interval of a lane in seconds, $5 lease in seconds, $6 teams at
 * their limit, or claimed from by another transaction now, $12 seconds between two probes of a team whose breaker is open,
 * $13 burst tolerance of a lane in seconds, of which a team that is strict has none, $14 the only teams to claim from, or
 * null; the others as in ALLOWANCE.
 *
 * Heads that are looked up go first, also as probes: a look that fails leaves nothing behind. Where the breaker is half open
 * a message goes before them, since it alone can close it, and of many probes one is a message: it may be reading alone that
 * does not work.
 *
 * While Slack has posting paused for a team, only the highest priority is visited, which is that of heads that are looked
 * up. What else has it waits for the end of the pause from then on (HOLD), so that it is met once.
 *
 * The pace of a lane is counted by the clock: the transaction may have begun to store answers long before it claims.
 *
 * A row is taken only in the state in which it was seen (`status in …` at the update), so a cancel never loses to a
 * claim. It is found by its ctid, which no kept plan can mistake for another index, and which this snapshot has just read.
 * A team of which nothing more is ready is idle at once: what enters next is a new flow, and need not wait for a round over
 * all the others. What entered after this transaction began is seen, and is ready by the clock but not yet by now(): such a
 * team keeps its turn. A lane whose head vanished meanwhile comes back with action LOST and is looked at again in a new snapshot.
 */
export const CLAIM = `
  with turns as materialized (
    select team.team_id, team.failures_in_a_row, team.message_arrival_at, team.strict_until > now() as is_strict,
      team.posting_paused_until, team.posting_paused_until > now() as is_paused,
      ${ALLOWANCE} as allowance
    from delivery_teams team
    where team.turn_at <= now() and team.turn_at < 'infinity' and team.team_id <> all($6::text[])
      and ($14::text[] is null or team.team_id = any($14::text[]))
    order by team.turn_at limit $1 for no key update skip locked
  ), visits as materialized (
    select ready.id, ready.team_id, ready.lease_no, turns.is_paused, turns.posting_paused_until from turns cross join lateral (
      select best.id, best.team_id, best.lease_no
      from unnest(case when (turns.failures_in_a_row - $11) % ${PROBES_PER_MESSAGE} = 0 then array[2, 1, 0, 3] else array[3, 2, 1, 0] end::smallint[]) as p(priority)
      cross join lateral (
        select lane.id, lane.team_id, lane.lease_no from delivery_lanes lane
        where lane.team_id = turns.team_id and lane.head_priority = p.priority
          and lane.visit_at <= now() and lane.visit_at < 'infinity'
          and (p.priority = ${LOOKED_UP_PRIORITY} or not turns.is_paused)
        order by lane.visit_at limit $2 for no key update skip locked
      ) best
      limit greatest(0, turns.allowance)::bigint
    ) ready
    limit $3
  ), heads as materialized (
    select visits.id as lane_id, visits.team_id, visits.lease_no + 1 as lease_no, visits.posting_paused_until,
      head.id, head.tid, head.credential_id, head.slack_user_id, connection.credential_id as bot_credential_id,
      credential.app_id, credential.kind as credential_kind,
      credential.access_token, credential.problem_code, credential.version as credential_version, ${ROTATION},
      case
        when head.id is null then 'LOST'
        when head.attempt_open then 'CONFIRM'
        when ${endedBy('connection', 'head')} or ${endedBy('personal', 'head')} then 'CANCEL'
        when head.expires_at <= now() then 'EXPIRE'
        when credential.team_id is distinct from visits.team_id then 'REFUSE_TEAM'
        when (credential.id, credential.slack_user_id) is distinct from (head.credential_id, head.slack_user_id) then 'REFUSE_PRINCIPAL'
        when credential.problem_code is not null or credential.access_token is null then 'PARK'
        when visits.is_paused then 'HOLD'
        else 'SEND'
      end as action
    from visits
    left join lateral (
      select n.ctid as tid, n.* from notifications n
      where n.lane_id = visits.id and n.queue_pos is not null order by ${HEAD_ORDER} limit 1
    ) head on true
    left join lateral (${byId('connections', 'head.connection_id')}) connection on true
    left join lateral (${byId('authorizations', 'head.authorization_id')}) personal on true
    left join lateral (${byId(
      'credentials',
      'case when head.authorization_id is null then connection.credential_id else personal.credential_id end',
    )}) credential on true
  ), taken as (
    update notifications n set
      status = 'SENDING', attempt_open = true, attempt_count = n.attempt_count + 1, sent_at = now(),
      wait_reason = null, wait_until = null, wait_detail = null, confirm_since = null, unasked_since = null, unasked_seconds = 0
    from heads
    where n.ctid = heads.tid and heads.action = 'SEND' and ${hasStatus('QUEUED', 'RETRYING')} and not n.attempt_open
    returning n.id, n.attempt_count, heads.lease_no, heads.team_id
  ), opened as (
    insert into delivery_attempts (notification_id, number, lease_no, started_at, outcome)
    select taken.id, taken.attempt_count, taken.lease_no, now(), 'IN_FLIGHT' from taken
  ), leased as (
    update delivery_lanes lane set
      lease_no = heads.lease_no, lease_until = now() + make_interval(secs => $5::float8),
      head_priority = case when heads.action = 'SEND' then ${LOOKED_UP_PRIORITY} else lane.head_priority end,
      theoretical_arrival_at = case when heads.action = 'SEND'
        then make_interval(secs => $4::float8)
          + greatest(lane.theoretical_arrival_at, clock_timestamp() + case when turns.is_strict then make_interval(secs => $13::float8) else interval '0' end)
        else lane.theoretical_arrival_at end
    from heads join turns using (team_id)
    where lane.id = any(array(select heads.lane_id from heads)) and lane.id = heads.lane_id and heads.action not in ('LOST', 'HOLD') and not ${MISSED}
  ), held as (
    update delivery_lanes lane set ready_at = greatest(lane.ready_at, heads.posting_paused_until)
    from heads
    where lane.id = any(array(select heads.lane_id from heads)) and lane.id = heads.lane_id and heads.action = 'HOLD'
  ), turned as (
    update delivery_teams team set
      message_arrival_at = seen.message_arrival_at,
      paused_until = case when seen.is_probe then now() + make_interval(secs => $12::float8) else team.paused_until end,
      turn_at = case
        when seen.is_probe then now() + make_interval(secs => $12::float8)
        when $9::float8 > 0 and seen.limited_until > now() then seen.limited_until
        when seen.is_ready then case when seen.found then clock_timestamp() else team.turn_at end
        else least(now() + case when team.empty_turns = 0 then interval '100 ms' else interval '1 s' end, seen.next_visit_at)
      end,
      empty_turns = case when seen.is_ready then 0 when seen.found then 1 else least(team.empty_turns + 1, 9) end
    from (
      select turns.team_id, found.team_id is not null as found, upcoming.next_visit_at, spent.message_arrival_at,
        upcoming.next_visit_at <= clock_timestamp() as is_ready,
        turns.failures_in_a_row >= $11 and exists (
          select from heads where heads.team_id = turns.team_id and heads.action in ('SEND', 'CONFIRM')
        ) as is_probe,
        spent.message_arrival_at - make_interval(secs => $10::float8) as limited_until
      from turns
      cross join lateral (
        select case when count(*) = 0 then turns.message_arrival_at
          else greatest(turns.message_arrival_at, now()) + count(*) * make_interval(secs => $9::float8) end as message_arrival_at
        from taken where taken.team_id = turns.team_id
      ) spent
      left join (select distinct team_id from visits) found using (team_id)
      left join lateral (
        select coalesce(min(${turnOf('soonest', 'turns')}), 'infinity'::timestamptz) as next_visit_at
        from unnest(array[3, 2, 1, 0]::smallint[]) as p(priority) cross join lateral (
          select lane.visit_at, lane.head_priority from delivery_lanes lane
          where lane.team_id = turns.team_id and lane.head_priority = p.priority and lane.visit_at < 'infinity'
            and lane.id <> all(array(select visits.id from visits))
          order by lane.visit_at limit 1
        ) soonest
      ) upcoming on true
    ) seen
    where team.team_id = any(array(select turns.team_id from turns)) and team.team_id = seen.team_id
  )
  select heads.lane_id, heads.team_id, heads.lease_no,
    case when ${MISSED} then 'LOST' else heads.action end as action,
    heads.app_id, heads.credential_id, heads.credential_kind, heads.credential_version, heads.access_token,
    heads.slack_user_id, heads.token_is_expired, heads.refresh_is_due, heads.bot_credential_id,
    n.id, n.status, n.connection_id, n.authorization_id, n.channel_id, n.text, n.blocks, n.thread_ts, n.tries,
    coalesce(n.failure_slack_error, case when heads.action = 'EXPIRE' then heads.problem_code end) as failure_slack_error,
    n.on_unknown_outcome, n.trace_parent,
    n.attempt_count + case when heads.action = 'SEND' then 1 else 0 end as attempt,
    (extract(epoch from n.expires_at - now()) * 1000)::float8 as remaining_ms,
    case when heads.action = 'SEND' and n.attempt_count > 0 then (${UNSENT_SECONDS} * 1000)::float8 end as unsent_ms,
    n.sent_at, (extract(epoch from now() - n.sent_at) * 1000)::float8 as attempt_age_ms,
    (extract(epoch from now() - n.confirm_since) * 1000)::float8 as confirming_ms,
    ((n.unasked_seconds + coalesce(extract(epoch from now() - n.unasked_since), ${OVERDUE})) * 1000)::float8 as unasked_ms,
    attempt.outcome as attempt_outcome, attempt.posted_channel_id as attempt_channel_id, attempt.slack_message_ts as attempt_ts,
    n.tries > 0 and exists (
      select from delivery_attempts earlier where earlier.notification_id = n.id and ${mayHavePosted('earlier')}
        and (heads.action <> 'CONFIRM' or earlier.number < n.attempt_count)) as may_be_there,
    attempt.retry_after_seconds - extract(epoch from now() - attempt.finished_at)::float8 as attempt_hold_seconds
  from heads
  left join notifications n on n.ctid = heads.tid
  left join delivery_attempts attempt on heads.action = 'CONFIRM' and attempt.notification_id = n.id and attempt.number = n.attempt_count
  where heads.action <> 'HOLD'`;
