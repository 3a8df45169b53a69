import type { DeliveryStatus } from '../notifications/notification.states.ts';
import type { Sql } from '../platform/database.ts';
import type { ChannelId, NotificationId } from '../platform/ids.ts';
import { CONFIRM_ATTEMPTS, KNOWN_ARRIVALS, LATE_DELIVERIES, LATE_REFUSALS } from './late-answers.sql.ts';
import { idsOf, type Settled } from './settled-row.ts';

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

export const NOTHING_LATE: StoredLate = { contradicted: [], settledLate: [] };

/** Of a look's answer another look knows as much; what a send was told is known to nobody else. */
export const isDefinite = ({ row, attempt }: Settled): boolean =>
  row.action === 'SEND' && attempt !== undefined && attempt.outcome !== 'UNKNOWN';

/**
 * What definite answers say whose lane another process holds by now; `closed` are the notifications whose attempts they have
 * closed. One that was given up as UNCONFIRMED is settled by them: nobody else knows better.
 */
export const settleLate = async (
  sql: Sql,
  definite: readonly Settled[],
  closed: ReadonlySet<NotificationId>,
): Promise<StoredLate> => {
  const arrived = definite.flatMap(({ row, posted }) => (posted ? [{ id: row.id, ...posted }] : []));
  const delivered = await deliverLate(sql, null, arrived);
  const failed = await failLate(
    sql,
    definite.filter(({ row }) => closed.has(row.id)),
  );
  const settledLate = [...Array<'DELIVERED'>(delivered).fill('DELIVERED'), ...Array<'FAILED'>(failed).fill('FAILED')];
  const unexplained = definite.filter(({ row, posted }) => posted !== undefined && !closed.has(row.id));
  return { contradicted: await contradictedOf(sql, unexplained), settledLate };
};

/** Answers with how many became DELIVERED. `laneId`: where they were found; null for answers of the attempts themselves. */
export const deliverLate = async (sql: Sql, laneId: string | null, arrived: readonly Arrived[]): Promise<number> => {
  if (arrived.length === 0) return 0;
  const moved = await sql.query<{ id: string; attempt_count: number }>(
    { name: 'late_deliveries', text: LATE_DELIVERIES },
    [arrived.map(({ id }) => id), arrived.map(({ channelId }) => channelId), arrived.map(({ ts }) => ts), laneId],
  );
  if (laneId === null || moved.length === 0) return moved.length;
  const found = [moved.map(({ id }) => id), moved.map((row) => row.attempt_count)];
  await sql.query({ name: 'attempts_confirm', text: CONFIRM_ATTEMPTS }, found);
  return moved.length;
};

const failLate = async (sql: Sql, closed: readonly Settled[]): Promise<number> => {
  const refused = closed.filter(({ status }) => status === 'FAILED');
  if (refused.length === 0) return 0;
  const failed = await sql.query({ name: 'late_refusals', text: LATE_REFUSALS }, [
    idsOf(refused),
    refused.map(({ row }) => row.attempt),
    refused.map(({ failure }) => failure?.code),
    refused.map(({ failure }) => failure?.detail),
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
