import { hasStatus } from './lane.sql.ts';

/**
 * Of messages that surely arrived, those that wait to be sent once more: no further try may begin, and from RETRYING no
 * status leads to DELIVERED but by way of SENDING. $1 ids, $2 the lane that they were found in, or null.
 */
export const TAKE_ARRIVED = `
  update notifications n set
    status = 'SENDING', queue_pos = null, due_at = null, wait_reason = null, wait_until = null, wait_detail = null
  where n.id = any($1::uuid[]) and ${hasStatus('RETRYING')} and not n.attempt_open and ($2::bigint is null or n.lane_id = $2::bigint)
  returning n.lane_id`;

/**
 * Messages that surely arrived, of notifications that were given up as UNCONFIRMED, or were just taken. $1 ids, $2 channels,
 * $3 ts, $4 the lane that they were found in, or null.
 */
export const LATE_DELIVERIES = `
  update notifications n set
    status = 'DELIVERED', failure_code = null, failure_detail = null, failure_slack_error = null,
    posted_channel_id = late.channel, slack_message_ts = late.ts, delivered_at = now(), finished_at = now()
  from unnest($1::uuid[], $2::text[], $3::text[]) as late(id, channel, ts)
  where n.id = any($1::uuid[]) and n.id = late.id and ${hasStatus('UNCONFIRMED', 'SENDING')} and not n.attempt_open
    and ($4::bigint is null or n.lane_id = $4::bigint)
  returning n.id`;

/** What a look has found was posted by the latest try of which nobody knew that. $1 notification ids. */
export const CONFIRM_ATTEMPTS = `
  update delivery_attempts attempt set outcome = 'CONFIRMED_PRESENT'
  from (
    select unsettled.notification_id, max(unsettled.number) as number from delivery_attempts unsettled
    where unsettled.notification_id = any($1::uuid[]) and unsettled.outcome in ('UNKNOWN', 'CONFIRMED_ABSENT') group by 1
  ) latest
  where attempt.notification_id = any($1::uuid[]) and attempt.notification_id = latest.notification_id
    and attempt.number = latest.number`;

/** Where tries of these notifications have posted, as far as it is stored. $1 notification ids. */
export const KNOWN_POSTS = `
  select distinct on (attempt.notification_id) attempt.notification_id as id, attempt.posted_channel_id as "channelId",
    attempt.slack_message_ts as ts
  from delivery_attempts attempt
  where attempt.notification_id = any($1::uuid[]) and attempt.slack_message_ts is not null
  order by attempt.notification_id, attempt.number`;

/**
 * Tries that surely posted nothing, of notifications that were given up as UNCONFIRMED by them alone. $1 ids, $2 numbers of
 * the attempts, which are closed, $3 failure codes, $4 details, $5 Slack's codes.
 */
export const LATE_REFUSALS = `
  update notifications n set
    status = 'FAILED', failure_code = late.code, failure_detail = late.detail, failure_slack_error = late.slack_error, finished_at = now()
  from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[]) as late(id, number, code, detail, slack_error)
  where n.id = any($1::uuid[]) and n.id = late.id and n.status = 'UNCONFIRMED' and n.attempt_count = late.number
    and not exists (select from delivery_attempts other where other.notification_id = n.id and other.outcome = 'UNKNOWN')
  returning n.id`;

/** Attempts of which it is stored already that they posted just this. $1 notification ids, $2 numbers, $3 ts. */
export const KNOWN_ARRIVALS = `
  select attempt.notification_id from unnest($1::uuid[], $2::int[], $3::text[]) as posted(id, number, ts)
  join delivery_attempts attempt on attempt.notification_id = posted.id and attempt.number = posted.number
    and attempt.slack_message_ts = posted.ts
  where attempt.notification_id = any($1::uuid[])`;
