import type { Database } from '../platform/database.ts';
import type { NotificationId } from '../platform/ids.ts';
import { DeliveryAttemptEntity, type DeliveryAttempt } from './delivery.entity.ts';
import { BREAKER_FAILURES } from './pace.policy.ts';
import type { QueuePlace } from './waiting.policy.ts';

/** What people see of the queue: attempts, and where a notification stands in it. */
export class InspectionRepository {
  constructor(private readonly database: Database) {}

  async attempts(ids: readonly NotificationId[]): Promise<DeliveryAttempt[]> {
    const where = { notificationId: { $in: [...ids] } };
    return this.database.em().find(DeliveryAttemptEntity, where, { orderBy: { number: 'asc' } });
  }

  async places(ids: readonly NotificationId[]): Promise<Map<NotificationId, QueuePlace>> {
    const rows = await this.database.query<QueuePlace & { id: NotificationId }>(
      {
        name: 'queue_places',
        text: `select n.id, n.status, n.attempt_open as "attemptOpen", n.wait_reason as "waitReason",
            n.wait_until as "waitUntil", n.wait_detail as "waitDetail",
            nullif(lane.ready_at, 'infinity') as "readyAt", nullif(lane.held_until, '-infinity') as "heldUntil",
            nullif(team.paused_until, '-infinity') as "pausedUntil", now() as now,
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
      [ids, BREAKER_FAILURES],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }
}
