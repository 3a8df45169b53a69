import type { Database } from '../platform/database.ts';
import type { PlaceInLine } from '../notifications/delivery-forecast.ts';
import type { NotificationId } from '../platform/ids.ts';
import { DeliveryAttemptEntity, type DeliveryAttempt } from './delivery.entity.ts';
import type { LineNow } from './forecast.policy.ts';
import { BREAKER_FAILURES, type Pace } from './pace.policy.ts';
import type { QueuePlace } from './waiting.policy.ts';

/** What people see of the queue: attempts, and where a notification stands in it. */
export class InspectionRepository {
  constructor(private readonly database: Database) {}

  async attempts(ids: readonly NotificationId[]): Promise<DeliveryAttempt[]> {
    const where = { notificationId: { $in: [...ids] } };
    return this.database.em().find(DeliveryAttemptEntity, where, { orderBy: { number: 'asc' } });
  }

  async places(ids: readonly NotificationId[], pace: Pace): Promise<Map<NotificationId, QueuePlace>> {
    const rows = await this.database.query<QueuePlace & { id: NotificationId }>(
      {
        name: 'queue_places',
        text: `select n.id, n.status, n.attempt_open as "attemptOpen", n.wait_reason as "waitReason",
            n.wait_until as "waitUntil", n.wait_detail as "waitDetail",
            nullif(lane.ready_at, 'infinity') as "readyAt", nullif(lane.held_until, '-infinity') as "heldUntil",
            nullif(greatest(team.paused_until, case when not n.attempt_open then team.posting_paused_until end), '-infinity') as "pausedUntil", now() as now,
            case when $3::float8 > 0 then nullif(team.message_arrival_at, '-infinity') - make_interval(secs => $4::float8) end as "teamFreeAt",
            coalesce(team.failures_in_a_row, 0) >= $2 as "isProbed",
            case when n.queue_pos is not null then (
              select count(*)::int from notifications before
              where before.lane_id = n.lane_id and before.queue_pos is not null and before.id <> n.id
                and (before.attempt_open, before.priority, -before.queue_pos) > (n.attempt_open, n.priority, -n.queue_pos)
            ) end as position
          from notifications n
          left join delivery_lanes lane on lane.id = n.lane_id
          left join delivery_teams team on team.team_id = n.team_id
          where n.id = any($1::uuid[]) and n.status in ('QUEUED', 'SENDING', 'RETRYING')`,
      },
      [ids, BREAKER_FAILURES, pace.teamEmissionSeconds, pace.teamToleranceSeconds],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** The line that a new message would enter, as it is now; it counts no further than 10,000. */
  async line({ teamId, channelId, priority }: PlaceInLine): Promise<LineNow> {
    const [line] = await this.database.query<LineNow>(
      {
        name: 'queue_line',
        text: `select ${secondsUntil('greatest(team.paused_until, team.posting_paused_until)')} as "pausedSeconds", coalesce(team.failures_in_a_row, 0) >= $4 as "isProbed",
            ${secondsUntil('team.message_arrival_at')} as "teamArrivalSeconds", ${secondsUntil('lane.held_until')} as "heldSeconds",
            ${secondsUntil('lane.theoretical_arrival_at')} as "arrivalSeconds", coalesce(lane.strict_until > now(), false) as "isStrict",
            before.count as ahead, coalesce(before.wait, 0)::float8 as "aheadWaitSeconds"
          from (select 1) always
          left join delivery_teams team on team.team_id = $1
          left join delivery_lanes lane on lane.team_id = $1 and lane.channel_id = $2
          cross join lateral (
            select count(*)::int as count, max(${secondsUntil('waiting.wait_until')}) as wait from (
              select n.wait_until from notifications n
              where n.lane_id = lane.id and n.queue_pos is not null and (n.attempt_open or n.priority >= $3) limit 10000
            ) waiting
          ) before`,
      },
      [teamId, channelId, priority, BREAKER_FAILURES],
    );
    if (!line) throw new Error('A statement that always answers with one row answered with none.');
    return line;
  }
}

/** From a time that may be absent, past or infinite: 0 to a year. */
const secondsUntil = (time: string): string =>
  `extract(epoch from least(greatest(coalesce(${time}, now()), now()), now() + interval '1 year') - now())::float8`;
