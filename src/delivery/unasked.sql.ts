import { BREAKER_FAILURES } from './pace.policy.ts';
import { MAX_TRIES } from './settlement.policy.ts';

/** `seconds` names the longest hold, with all of the time in which Slack cannot be asked that does not count. */
export const isHeldTooLong = (seconds: string): string =>
  `n.confirm_since <= now() - make_interval(secs => ${seconds}::float8)`;

/**
 * What has been unknown for too long of teams whose breaker is open. A look has to have failed lately, and none been answered
 * since: where posting alone does not work looks are had, and after an outage of ours Slack is asked first. Not what somebody
 * holds the lane of, who may be looking just now; nor what an answer that came late has settled, which a claim reads, or shows
 * to have been posted by an earlier try. $2 the longest hold.
 */
const UNASKED = `
  select n.id from notifications n
  join delivery_teams team using (team_id)
  join delivery_lanes lane on lane.id = n.lane_id
  join delivery_attempts attempt on attempt.notification_id = n.id and attempt.number = n.attempt_count
  where ${isHeldTooLong('$2')} and n.attempt_open and attempt.outcome = 'UNKNOWN'
    and team.failures_in_a_row >= ${BREAKER_FAILURES} and team.look_failed_at > now() - interval '1 minute'
    and lane.lease_until = '-infinity'
    and not exists (
      select from delivery_attempts known where known.notification_id = n.id and known.slack_message_ts is not null)`;

/** $1 how many. */
export const SOME_UNASKED = `${UNASKED} order by n.confirm_since limit $1`;

const IS_RESENT = `(n.on_unknown_outcome = 'RESEND' and n.tries < ${MAX_TRIES})`;

/** As a look that cannot be had gives up. $1 notification ids, whose lanes are locked since they were found. */
export const GIVE_UP = `
  update notifications n set
    status = case when ${IS_RESENT} then 'RETRYING' else 'UNCONFIRMED' end,
    failure_code = case when not ${IS_RESENT} then 'OUTCOME_UNKNOWN' end,
    failure_detail = case when not ${IS_RESENT} then 'Slack could not be asked within the time for looking it up.' end,
    queue_pos = case when ${IS_RESENT} then n.queue_pos end,
    finished_at = case when not ${IS_RESENT} then now() end,
    attempt_open = false, confirm_since = null, unasked_since = null,
    wait_reason = null, wait_until = null, wait_detail = null
  where n.id in (${UNASKED} and n.id = any($1::uuid[]))
  returning n.status`;
