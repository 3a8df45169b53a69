import type { FailureCode } from '../connections/failure.policy.ts';
import { TopLevelError } from '../platform/top-level-error.ts';
import { DELIVERY_STATUSES, type DeliveryStatus } from './notification.states.ts';

export const HOUR_MS = 3_600_000;
/** More than 400 days, which is how long a history is kept unless a setting says otherwise. */
export const MAX_SPAN_HOURS = 10_000;

/** Whole hours from `since` up to, and without, `until`. */
export interface Span {
  readonly since: Date;
  readonly until: Date;
}

/** Up to now where `until` is left out, and widened to whole hours; one that is reversed is refused. */
export const spanOf = (since: Date, until: Date | undefined, now: Date): Span => {
  if (until === undefined && since > now) {
    const message = `since (${since.toISOString()}) lies in the future. Give an earlier one, or an \`until\` after it.`;
    throw new TopLevelError('BAD_USER_INPUT', message);
  }
  const end = until ?? now;
  if (since > end) {
    const message = `since (${since.toISOString()}) is after until (${end.toISOString()}). Swap them.`;
    throw new TopLevelError('BAD_USER_INPUT', message);
  }
  return {
    since: new Date(Math.floor(since.getTime() / HOUR_MS) * HOUR_MS),
    until: new Date(Math.ceil(end.getTime() / HOUR_MS) * HOUR_MS),
  };
};

/** A number of notifications that are alike in what is set here. */
export interface Counted {
  readonly status: DeliveryStatus;
  readonly count: number;
  /** FAILED only. */
  readonly failureCode?: FailureCode | undefined;
  /** Not set for hours that are more than MAX_SPAN_HOURS before the end of the span. */
  readonly hour?: Date | undefined;
  /** DELIVERED only: what their delivery times are within 5 % of. */
  readonly deliveryMs?: number | undefined;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** By nearest rank: the smallest time that the given share of all does not exceed. */
export const percentilesOf = (
  times: readonly { readonly ms: number; readonly count: number }[],
): Percentiles | null => {
  const sorted = times.toSorted((a, b) => a.ms - b.ms);
  const total = sum(sorted);
  if (total === 0) return null;
  const at = (share: number): number => {
    let left = Math.ceil(total * share);
    return sorted.find(({ count }) => (left -= count) <= 0)?.ms ?? 0;
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
};

export interface HourSummary {
  readonly hour: Date;
  readonly delivered: number;
  readonly failed: number;
  readonly unconfirmed: number;
}

/** The same notifications, counted by status and failure, by hour and status, and by delivery time. */
export interface Counts {
  readonly byStatus: readonly Counted[];
  readonly byHour: readonly Counted[];
  readonly byDeliveryTime: readonly Counted[];
}

export const summaryOf = ({ byStatus, byHour, byDeliveryTime }: Counts) => ({
  total: sum(byStatus),
  byStatus: DELIVERY_STATUSES.map((status) => ({ status, count: sum(byStatus.filter((row) => row.status === status)) }))
    // Those that nothing is in say nothing.
    .filter(({ count }) => count > 0),
  byFailure: byStatus
    .flatMap(({ failureCode, count }) => (failureCode === undefined ? [] : [{ code: failureCode, count }]))
    .toSorted((a, b) => b.count - a.count || a.code.localeCompare(b.code)),
  deliveryTimeMs: percentilesOf(byDeliveryTime.map(({ deliveryMs = 0, count }) => ({ ms: deliveryMs, count }))),
  perHour: () => hours(byHour),
});

const hours = (byHour: readonly Counted[]): HourSummary[] => {
  if (byHour.some(({ hour }) => hour === undefined)) {
    const message = `perHour tells of at most ${MAX_SPAN_HOURS.toLocaleString('en-US')} hours at once. Ask for a shorter span, or without perHour.`;
    throw new TopLevelError('BAD_USER_INPUT', message);
  }
  const perHour = Map.groupBy(byHour, ({ hour }) => hour?.getTime() ?? 0);
  const of = (rows: readonly Counted[], status: DeliveryStatus) => sum(rows.filter((row) => row.status === status));
  return [...perHour]
    .toSorted(([a], [b]) => a - b)
    .map(([time, rows]) => ({
      hour: new Date(time),
      delivered: of(rows, 'DELIVERED'),
      failed: of(rows, 'FAILED'),
      unconfirmed: of(rows, 'UNCONFIRMED'),
    }));
};

const sum = (rows: readonly { readonly count: number }[]): number => rows.reduce((all, { count }) => all + count, 0);
