import { endedBy, notificationColumns } from '../notifications/notification.sql.ts';
import { hasStatus, holdTeam, mayHavePosted, paceReadyAt, takeTeam, turnOf } from './lane.sql.ts';
import { isHeldTooLong } from './unasked.sql.ts';

const STORED = notificationColumns('notifications');

/**
 * The JSON array that ENTER and INSERT_REFUSED read as $1. json and not jsonb: metadata goes back as it was given, with
 * its keys in their order.
 */
const ACCEPTED = `json_to_recordset($1::json) as a(
  ordinal int, id uuid, "workspaceId" text, status text, priority smallint, "identityId" uuid, "identityKind" text,
  "connectionId" uuid, "authorizationId" uuid, "credentialId" uuid, "slackUserId" text, "postedAs" text, "teamId" text,
  "channelId" text, "channelName" text, "threadTs" text, text text, blocks json, "eventType" text, "websiteId" text,
  metadata json, trigger json, "requestedBy" text, "selectedBy" text, "idempotencyKey" text, "resendOf" uuid,
  "resendReason" text, "isTest" boolean, "onUnknownOutcome" text, "failureCode" text, "failureSlackError" text,
  "failureDetail" text, "scheduledFor" timestamptz, "expiresAt" timestamptz, "traceParent" text)`;

/**
 * Teams that may be new, before anything else is locked: who waits for another that adds one of them then holds nothing
 * that the other wants. Answers with those that were. $1 team ids.
 */
export const ADD_TEAMS = `
  insert into delivery_teams (team_id) select * from unnest($1::text[]) as given(team_id) order by team_id
  on conflict do nothing returning team_id`;

/**
 * Statement 1 of entering the queue: the teams, held until commit, so that nobody takes one for idle between our look and
 * our wake-up. $1 team ids.
 */
export const HOLD_TEAMS = `
  select team_id, ${holdTeam('team_id')} from delivery_teams where team_id = any($1::text[])`;

/** Of what is to be sent. */
const PAUSED_UNTIL = 'greatest(team.paused_until, team.posting_paused_until)';

/**
 * Teams that were idle get their turn before all who had theirs within the last seconds: who sends now and then need not
 * wait for a round over those who always do. By the clock, and not by now(): a team that had its turn since this
 * transaction began is busy, and would get another one at once for each send.
 */
const newFlow = (which: string): string => `asleep as (
    select team.team_id from delivery_teams team
    where team.team_id ${which}
      and (team.turn_at > greatest(clock_timestamp(), ${PAUSED_UNTIL}) or (team.empty_turns > 0 and ${PAUSED_UNTIL} <= now()))
    order by team.team_id for no key update
  ), woken as (
    update delivery_teams team set empty_turns = 0, turn_at = greatest(now() - interval '10 s', ${PAUSED_UNTIL})
    from asleep where team.team_id = asleep.team_id
  )`;

/** $1 team ids. */
export const WAKE_TEAMS = `with ${newFlow('= any($1::text[])')} select from asleep`;

/**
 * Statement 2: the lanes (their row locks, held until commit, are what keeps a channel in order), the rows with places
 * drawn under those locks and named as the directory knows their channels, and the turn of teams that were idle.
 * $1 accepted notifications, $2 burst tolerance in seconds.
 */
export const ENTER = `
  with given as materialized (
    select a.*, a."scheduledFor" is not null and a."scheduledFor" > now() as is_scheduled from ${ACCEPTED}
  ), lanes as (
    insert into delivery_lanes as lane (team_id, channel_id, head_priority, ready_at)
    select "teamId", "channelId", max(case when is_scheduled then -1 else priority end),
      case when bool_and(is_scheduled) then 'infinity'::timestamptz else now() end
    from given group by 1, 2 order by 1, 2
    on conflict (team_id, channel_id) do update set
      ready_at = case when excluded.head_priority > lane.head_priority
        then least(lane.ready_at, ${paceReadyAt('lane', '$2::float8')}) else lane.ready_at end,
      head_priority = greatest(lane.head_priority, excluded.head_priority)
    returning lane.id, lane.team_id, lane.channel_id
  ), ${newFlow(`in (select "teamId" from given where not is_scheduled)`)}
  insert into notifications (
    id, workspace_id, status, priority, lane_id, queue_pos, entered_pos, due_at, wait_reason, wait_until, wait_detail, identity_id, identity_kind,
    connection_id, authorization_id, credential_id, slack_user_id, posted_as, team_id, channel_id, channel_name, thread_ts, text, blocks,
    event_type, website_id, metadata, trigger, requested_by, selected_by, idempotency_key, resend_of, resend_reason, is_test,
    on_unknown_outcome, scheduled_for, expires_at, trace_parent)
  select id, "workspaceId", 'QUEUED', priority, lane_id, pos, pos,
    case when is_scheduled then "scheduledFor" end, case when is_scheduled then 'SCHEDULED' end,
    case when is_scheduled then "scheduledFor" end, case when is_scheduled then 'It is scheduled for later.' end,
    "identityId", "identityKind", "connectionId", "authorizationId", "credentialId", "slackUserId", "postedAs", "teamId", "channelId",
    channel_name, "threadTs", text, blocks, "eventType", "websiteId", metadata, trigger, "requestedBy", "selectedBy", "idempotencyKey",
    "resendOf", "resendReason", "isTest", "onUnknownOutcome", "scheduledFor",
    coalesce("expiresAt", greatest("scheduledFor", now()) + interval '24 hours'), "traceParent"
  from (
    select ordered.*, case when not is_scheduled then nextval('queue_positions') end as pos from (
      select given.*, lanes.id as lane_id, coalesce(given."channelName", channel.name) as channel_name from given
      join lanes on lanes.team_id = given."teamId" and lanes.channel_id = given."channelId"
      -- The first from here on, rather than the one: only the primary key can answer that, whatever a kept plan believes.
      left join lateral (
        select id, name from channels
        where credential_id = given."credentialId" and id >= given."channelId" order by id limit 1
      ) channel on channel.id = given."channelId"
      order by given.ordinal
    ) ordered
  ) placed
  returning ${STORED}`;

/** A refusal that is recorded: at rest from the start. $1 recorded notifications. */
export const INSERT_REFUSED = `
  insert into notifications (
    id, workspace_id, status, priority, identity_id, identity_kind, connection_id, authorization_id, credential_id, slack_user_id, posted_as,
    team_id, channel_id, channel_name, thread_ts, text, blocks, event_type, website_id, metadata, trigger, requested_by, selected_by,
    idempotency_key, resend_of, resend_reason, is_test, on_unknown_outcome, failure_code, failure_slack_error, failure_detail,
    scheduled_for, expires_at, finished_at)
  select id, "workspaceId", 'FAILED', priority, "identityId", "identityKind", "connectionId", "authorizationId", "credentialId",
    "slackUserId", "postedAs", "teamId", "channelId", "channelName", "threadTs", text, blocks, "eventType", "websiteId", metadata, trigger,
    "requestedBy", "selectedBy", "idempotencyKey", "resendOf", "resendReason", "isTest", "onUnknownOutcome", "failureCode",
    "failureSlackError", "failureDetail", "scheduledFor", coalesce("expiresAt", greatest("scheduledFor", now()) + interval '24 hours'), now()
  from ${ACCEPTED}
  returning ${STORED}`;

/** The lanes of rows, for locking before the rows. $1 notification ids. */
export const LANES_OF = `select distinct lane_id from notifications where id = any($1::uuid[]) and lane_id is not null`;

/** An earlier try may have posted it: it does not end as if it surely were not there. */
const unlessItMayBeThere = (ending: string, unconfirmed: string): string => `case
      when n.tries > 0 and exists (
        select from delivery_attempts attempt where attempt.notification_id = n.id and ${mayHavePosted('attempt')})
      then '${unconfirmed}' else ${ending} end`;

const IS_OVERDUE = `n.queue_pos is not null and n.status in ('QUEUED', 'RETRYING') and n.expires_at <= now() and not n.attempt_open`;

/** What waits in a lane past its time: a lane that is held, or where others keep passing, is not visited. $1 how many. */
export const OVERDUE = `
  select n.id from notifications n where ${IS_OVERDUE}
  order by n.expires_at limit $1`;

/** $1 notification ids. The lanes are locked. */
export const EXPIRE = `
  update notifications n set
    status = ${unlessItMayBeThere("'FAILED'", 'UNCONFIRMED')},
    failure_code = ${unlessItMayBeThere("'EXPIRED'", 'OUTCOME_UNKNOWN')},
    failure_slack_error = coalesce(n.failure_slack_error, (select problem_code from credentials where id = n.credential_id)),
    queue_pos = null, due_at = null, wait_reason = null, wait_until = null, wait_detail = null, finished_at = now()
  where n.id = any($1::uuid[]) and n.expires_at <= now() and ${hasStatus('QUEUED', 'RETRYING')} and not n.attempt_open
  returning n.status`;

/** $1 notification ids, $2 failure code. The lanes are locked: no claim can take these rows meanwhile. */
export const CANCEL = `
  update notifications n set
    status = ${unlessItMayBeThere("'CANCELED'", 'UNCONFIRMED')},
    failure_code = ${unlessItMayBeThere('$2', 'OUTCOME_UNKNOWN')}, failure_slack_error = null,
    queue_pos = null, due_at = null, wait_reason = null, wait_until = null, wait_detail = null, finished_at = now()
  where n.id = any($1::uuid[]) and ${hasStatus('QUEUED', 'RETRYING')} and not n.attempt_open
  returning n.status`;

const ENDED_LATELY = `(holder.disconnected_at > now() - interval '1 hour' or holder.revived_at > now() - interval '10 minutes')`;

const leftBehindOf = (holders: string, column: string): string => `
  select waiting.id from ${holders} holder cross join lateral (
    select n.id from notifications n
    where n.${column} = holder.id and n.status in ('QUEUED', 'RETRYING') and not n.attempt_open
      and ${endedBy('holder', 'n')} limit $1
  ) waiting
  where ${ENDED_LATELY}`;

/**
 * What waits on a connection or an authorization that was disconnected lately: accepted, or parked by a late answer,
 * when the disconnect had canceled the queue already, or left by a process that died before it had. Not for as long after a
 * reconnect: all that was accepted since is looked through in vain, and a claim cancels the rest. $1 how many.
 */
export const LEFT_BEHIND = `
  ${leftBehindOf('connections', 'connection_id')}
  union
  ${leftBehindOf('authorizations', 'authorization_id')}
  limit $1`;

/** Rows whose time has come, oldest due first; those that had a place before, in that order. $1 how many. */
export const DUE = `
  select id, lane_id, team_id from notifications where due_at <= now() order by due_at, entered_pos, created_at, id limit $1`;

/**
 * Puts due rows at the end of their lanes, in the order given. Materialized: as a part of the join the places would be drawn
 * anew for each row, in whichever order the rows lie on disk. $1 notification ids in order.
 */
export const REENTER = `
  with placed as materialized (
    select ordered.id, nextval('queue_positions') as pos
    from (select id, ordinal from unnest($1::uuid[]) with ordinality as given(id, ordinal) order by ordinal) ordered
  )
  update notifications n set queue_pos = placed.pos, entered_pos = placed.pos, due_at = null, wait_reason = null, wait_until = null, wait_detail = null
  from placed
  where n.id = any($1::uuid[]) and n.id = placed.id and coalesce(n.due_at <= now(), false) and ${hasStatus('QUEUED', 'RETRYING')}`;

/** It is alive again, or nobody uses it any more, since reconnects brought others: a claim can say what follows. */
const IS_OVER = `
  select from credentials credential
  where credential.id = parked.credential_id and (
    (credential.problem_code is null and credential.access_token is not null)
    or not exists (select from connections holder where holder.credential_id = credential.id)
      and not exists (select from authorizations holder where holder.credential_id = credential.id)
  ) limit 1`;

/** Connections to the team of a bot that another bot of the app serves now, while it is still the bot of others. */
const REPLACED = `
  select connection.id, connection.credential_id from credentials credential
  join credentials other on (other.app_id, other.team_id) = (credential.app_id, credential.team_id)
    and other.kind = 'BOT' and other.id <> credential.id
  join connections connection on connection.credential_id = other.id
  where credential.id = parked.credential_id and credential.kind = 'BOT'`;

const stillParked = (whose: string): string => `
  select n.id, n.entered_pos from notifications n
  where n.wait_reason = 'CONNECTION' and n.due_at > now() and ${whose}
  order by n.entered_pos limit $1 for no key update skip locked`;

/**
 * Rows that were parked because their principal had ended become due once it is alive again, or once their connection is
 * served by another: only a claim says that they are not sent by that one. The mover puts them back in the order in which
 * they had entered. Asked again and again rather than told: no crash can lose it. It steps from principal to principal
 * through the index: a million rows that wait for one that is dead cost nothing. What waits of a connection that was given
 * another bot is found by the connection, for others may wait for the one before in any number. $1 how many.
 */
export const REVIVE = `
  with recursive parked as (
    (
      select credential_id from notifications
      where wait_reason = 'CONNECTION' and credential_id is not null order by credential_id limit 1
    ) union all
    select next.credential_id from parked cross join lateral (
      select n.credential_id from notifications n
      where n.wait_reason = 'CONNECTION' and n.credential_id > parked.credential_id order by n.credential_id limit 1
    ) next
  )
  update notifications n set due_at = now()
  from (
    select waiting.id from parked cross join lateral (
      select freed.id, freed.entered_pos from (${IS_OVER}) is_over
      cross join lateral (${stillParked('n.credential_id = parked.credential_id')}) freed
      union all
      select left_over.id, left_over.entered_pos from (${REPLACED}) replaced
      cross join lateral (${stillParked(`n.connection_id = replaced.id and n.status in ('QUEUED', 'RETRYING')
        and n.authorization_id is null and n.credential_id <> replaced.credential_id`)}) left_over
    ) waiting
    order by waiting.entered_pos limit $1
  ) revived
  where n.id = revived.id
  returning n.id`;

const IS_IDLE = `turn_at < 'infinity' and turn_at < now() + interval '1 s' and empty_turns >= 2`;

/**
 * Teams that had nothing twice in a row, and whose next turn comes within a second all the same; of them those that nobody
 * holds who changes their lanes, and that nobody can hold until this is committed.
 */
export const IDLE_TEAMS = `
  select team_id from (
    select team_id from delivery_teams
    where ${IS_IDLE}
    order by turn_at limit 500 for no key update skip locked
  ) idle where ${takeTeam('team_id')}`;

/**
 * Lets teams rest until the first of their lanes may be visited, for ever where none waits: a hundred thousand lanes that
 * wait for an hour cost no visit a second. In a statement of its own, after the locks: its snapshot sees everything that
 * was changed before. A look once a minute is for what nobody thought of. $1 team ids.
 */
export const REST_IDLE_TEAMS = `
  update delivery_teams team set empty_turns = 0, turn_at = greatest(team.paused_until, case
    when upcoming.visit_at = 'infinity' then upcoming.visit_at else least(upcoming.visit_at, now() + interval '1 min') end)
  from unnest($1::text[]) as given(team_id) join delivery_teams resting using (team_id) cross join lateral (
    select coalesce(min(${turnOf('soonest', 'resting')}), 'infinity'::timestamptz) as visit_at
    from unnest(array[3, 2, 1, 0]::smallint[]) as p(priority) cross join lateral (
      select lane.visit_at, lane.head_priority from delivery_lanes lane
      where lane.team_id = given.team_id and lane.head_priority = p.priority and lane.visit_at < 'infinity'
      order by lane.visit_at limit 1
    ) soonest
  ) upcoming
  where team.team_id = given.team_id and upcoming.visit_at > now()`;

/** Whether any of DUE, OVERDUE, SOME_UNASKED, LEFT_BEHIND, REVIVE and IDLE_TEAMS may find something. $1 the longest hold. */
export const HAS_WORK = `
  select exists (select from notifications where due_at <= now())
    or exists (select from notifications n where ${IS_OVERDUE})
    or exists (select from notifications n where ${isHeldTooLong('$1')})
    or exists (select from connections holder where ${ENDED_LATELY})
    or exists (select from authorizations holder where ${ENDED_LATELY})
    or exists (select from notifications where wait_reason = 'CONNECTION' and credential_id is not null)
    or exists (select from delivery_teams where ${IS_IDLE}) as any`;
