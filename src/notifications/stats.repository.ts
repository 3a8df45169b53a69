import type { FailureCode } from '../connections/failure.policy.ts';
import type { Sql } from '../platform/database.ts';
import type { UserId, WorkspaceId } from '../platform/ids.ts';
import type { DeliveryStatus } from './notification.states.ts';
import { HOUR_MS, MAX_SPAN_HOURS, type Counted, type Counts, type Span } from './stats.policy.ts';

/** Of whose notifications, and which. */
export interface StatsQuery extends Span {
  readonly workspaceId: WorkspaceId;
  /** Set where the viewer sees only what concerns them. */
  readonly onlyFor: UserId | undefined;
}

interface Row {
  /** Which of the grouping sets below: the columns that are left out, as bits. */
  readonly left_out: number;
  readonly status: DeliveryStatus;
  readonly failure_code: FailureCode | '' | null;
  readonly hour: Date | null;
  readonly delivery_ms: number | null;
  readonly count: number;
}

const BY_STATUS = 0b011;
const BY_HOUR = 0b101;
const BY_DELIVERY_TIME = 0b110;

export class StatsRepository {
  /**
   * Hours before the last MAX_SPAN_HOURS come as one that has no name. One statement, and so one moment: what is added up
   * and what is not yet are together exact.
   */
  async counts(sql: Sql, { workspaceId, onlyFor, since, until }: StatsQuery): Promise<Counts> {
    const hoursFrom = new Date(until.getTime() - MAX_SPAN_HOURS * HOUR_MS);
    const audiences = onlyFor === undefined ? ['BOT', 'PERSON'] : ['BOT', `USER:${onlyFor}`];
    const rows = await sql.query<Row>(
      {
        name: 'stats_counts',
        text: `with counted as (
            select status, failure_code, hour, delivery_ms, count from notification_counts
            where workspace_id = $1 and audience = any($2::text[]) and hour >= $3 and hour < $4
            union all
            select status, failure_code, hour, delivery_ms, change from notification_count_changes
            where workspace_id = $1 and audience = any($2::text[]) and hour >= $3 and hour < $4
          )
          select grouping(failure_code, hour, delivery_ms) as left_out, status, failure_code, hour, delivery_ms,
            sum(count)::integer as count
          from (select status, failure_code, case when hour >= $5 then hour end as hour, delivery_ms, count from counted) counted
          group by grouping sets ((status, failure_code), (status, hour), (status, delivery_ms))
          having sum(count) <> 0`,
      },
      [workspaceId, audiences, since, until, hoursFrom],
    );
    const of = (set: number) => rows.filter(({ left_out }) => left_out === set).map(toCounted);
    return {
      byStatus: of(BY_STATUS),
      byHour: of(BY_HOUR),
      byDeliveryTime: of(BY_DELIVERY_TIME).filter(({ status }) => status === 'DELIVERED'),
    };
  }

  /** Of what is in the queue now, or due although nobody has moved it there yet; whenever it was accepted. */
  async oldestWaitingSince(
    sql: Sql,
    { workspaceId, onlyFor }: Pick<StatsQuery, 'workspaceId' | 'onlyFor'>,
  ): Promise<Date | null> {
    const rows = await sql.query<{ since: Date | null }>(
      {
        name: 'stats_oldest_waiting',
        text: `select min(greatest(n.created_at, n.scheduled_for)) as since from (
            select * from notifications
            where workspace_id = $1 and status in ('QUEUED', 'SENDING', 'RETRYING') and wait_reason is distinct from 'SCHEDULED'
            union all
            select * from notifications where workspace_id = $1 and due_at <= now() and wait_reason = 'SCHEDULED'
          ) n
          where $2::text is null or n.identity_kind = 'WORKSPACE_BOT' or n.requested_by = $2 or n.selected_by = $2`,
      },
      [workspaceId, onlyFor ?? null],
    );
    return rows[0]?.since ?? null;
  }
}

const toCounted = ({ status, failure_code, hour, delivery_ms, count }: Row): Counted => ({
  status,
  count,
  failureCode: failure_code || undefined,
  hour: hour ?? undefined,
  deliveryMs: delivery_ms ?? undefined,
});
