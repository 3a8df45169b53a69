import type { DeliveryStatus } from '../notifications/notification.states.ts';
import type { Sql } from '../platform/database.ts';
import type { ChannelId, NotificationId } from '../platform/ids.ts';
import {
  CONFIRM_ATTEMPTS,
  KNOWN_ARRIVALS,
  KNOWN_POSTS,
  LATE_DELIVERIES,
  LATE_REFUSALS,
  TAKE_ARRIVED,
} from './late-answers.sql.ts';
import { idsOf, type Settled } from './settled-row.ts';
import { lateFailure } from './settlement.policy.ts';

/** A message that is in Slack. */
export interface Arrived {
  readonly id: string;
  readonly channelId: ChannelId;
  readonly ts: string;
}

export interface StoredLate {
  /** Messages that surely arrived although their attempt was settled otherwise: there must never be any. */
  readonly contradicted: readonly Settled[];
  /** What each has become that was UNCONFIRMED until now. */
  readonly settledLate: readonly DeliveryStatus[];
}

export interface LateDeliveries {
  readonly count: number;
  /** Lanes that have lost a row: whoever does not release them looks for their head anew. */
  readonly leftLanes: readonly string[];
}

const NO_DELIVERIES: LateDeliveries = { count: 0, leftLanes: [] };

export const NOTHING_LATE: StoredLate = { contradicted: [], settledLate: [] };

/** Of a look's answer another look knows as much; what a send was told is known to nobody else. */
export const isDefinite = ({ row, attempt }: Settled): boolean =>
  row.action === 'SEND' && attempt !== undefined && attempt.outcome !== 'UNKNOWN';

/**
 * What definite answers say whose lane another process holds by now; `closed` are the notifications whose attempts they have
 * closed. One that was given up as UNCONFIRMED, or is to be sent again, is settled by them: nobody else knows better.
 */
export const settleLate = async (
  sql: Sql,
  definite: readonly Settled[],
  closed: ReadonlySet<NotificationId>,
): Promise<StoredLate & Pick<LateDeliveries, 'leftLanes'>> => {
  const arrived = definite.flatMap(({ row, posted }) => (posted ? [{ id: row.id, ...posted }] : []));
  const delivered = await deliverLate(sql, null, arrived);
  const failed = await failLate(
    sql,
    definite.filter(({ row }) => closed.has(row.id)),
  );
  const settledLate = [
    ...Array<'DELIVERED'>(delivered.count).fill('DELIVERED'),
    ...Array<'FAILED'>(failed).fill('FAILED'),
  ];
  const unexplained = definite.filter(({ row, posted }) => posted !== undefined && !closed.has(row.id));
  return { contradicted: await contradictedOf(sql, unexplained), settledLate, leftLanes: delivered.leftLanes };
};

/**
 * What has arrived is DELIVERED, also where it waited to be sent once more. `laneId`: where they were found; null for answers
 * of the attempts themselves.
 */
export const deliverLate = async (
  sql: Sql,
  laneId: string | null,
  arrived: readonly Arrived[],
): Promise<LateDeliveries> => {
  if (arrived.length === 0) return NO_DELIVERIES;
  const ids = arrived.map(({ id }) => id);
  const taken = await sql.query<{ lane_id: string }>({ name: 'late_taken', text: TAKE_ARRIVED }, [ids, laneId]);
  const places = [arrived.map(({ channelId }) => channelId), arrived.map(({ ts }) => ts), laneId];
  const statement = { name: 'late_deliveries', text: LATE_DELIVERIES };
  const moved = await sql.query<{ id: string }>(statement, [ids, ...places]);
  if (laneId !== null && moved.length > 0)
    await sql.query({ name: 'attempts_confirm', text: CONFIRM_ATTEMPTS }, [moved.map(({ id }) => id)]);
  return { count: moved.length, leftLanes: taken.map((row) => row.lane_id) };
};

/** What was to be tried again, or given up, while an earlier try was found to have posted it. */
export const deliverKnown = async (sql: Sql, ids: readonly NotificationId[]): Promise<LateDeliveries> => {
  if (ids.length === 0) return NO_DELIVERIES;
  return deliverLate(sql, null, await sql.query<Arrived>({ name: 'late_known_posts', text: KNOWN_POSTS }, [ids]));
};

const failLate = async (sql: Sql, closed: readonly Settled[]): Promise<number> => {
  const refused = closed.flatMap((settled) => {
    const failure = lateFailure(settled);
    return failure ? [{ ...settled, failure }] : [];
  });
  if (refused.length === 0) return 0;
  const failed = await sql.query({ name: 'late_refusals', text: LATE_REFUSALS }, [
    idsOf(refused),
    refused.map(({ row }) => row.attempt),
    refused.map(({ failure }) => failure.code),
    refused.map(({ failure }) => failure.detail),
    refused.map(({ slackError }) => slackError),
  ]);
  return failed.length;
};

/** Not what is stored already, by a commit whose answer was lost or by a look that found it. */
const contradictedOf = async (sql: Sql, unexplained: readonly Settled[]): Promise<readonly Settled[]> => {
  if (unexplained.length === 0) return [];
  const known = await sql.query<{ notification_id: NotificationId }>({ name: 'late_known', text: KNOWN_ARRIVALS }, [
    idsOf(unexplained),
    unexplained.map(({ row }) => row.attempt),
    unexplained.map(({ posted }) => posted?.ts),
  ]);
  const ids = new Set(known.map((attempt) => attempt.notification_id));
  return unexplained.filter(({ row }) => !ids.has(row.id));
};
