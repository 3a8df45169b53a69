/**
 * Messages that surely arrived, of notifications that were given up as UNCONFIRMED. $1 ids, $2 channels, $3 ts, $4 the lane
 * that they were found in, or null for an answer of the latest attempt itself.
 */
export const LATE_DELIVERIES = `
  update notifications n set
    status = 'DELIVERED', failure_code = null, failure_detail = null, failure_slack_error = null,
    posted_channel_id = late.channel, slack_message_ts = late.ts, delivered_at = now(), finished_at = now()
  from unnest($1::uuid[], $2::text[], $3::text[]) as late(id, channel, ts)
  where n.id = any($1::uuid[]) and n.id = late.id and n.status = 'UNCONFIRMED' and ($4::bigint is null or n.lane_id = $4::bigint)
  returning n.id, n.attempt_count`;

/** $1 notification ids, $2 attempt numbers. */
export const CONFIRM_ATTEMPTS = `
  update delivery_attempts attempt set outcome = 'CONFIRMED_PRESENT'
  from unnest($1::uuid[], $2::int[]) as found(id, number)
  where attempt.notification_id = found.id and attempt.number = found.number and attempt.outcome = 'UNKNOWN'`;

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
