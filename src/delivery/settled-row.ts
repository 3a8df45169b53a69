import type { NotificationId } from '../platform/ids.ts';
import type { ClaimedRow } from './claimed-row.ts';
import type { Settlement } from './settlement.policy.ts';

/** What a finished piece of work wants written. */
export interface Settled extends Settlement {
  readonly row: ClaimedRow;
  readonly durationMs: number;
  /** How long it waited for a slot, claimed already. */
  readonly lineMs: number;
}

export const isLookup = ({ row }: Pick<Settled, 'row'>): boolean => row.action === 'CONFIRM';

export const idsOf = (settled: readonly Settled[]): NotificationId[] => settled.map(({ row }) => row.id);

const toJson = ({ row, durationMs, place, ...settlement }: Settled) => {
  const wait = place.kind === 'REST' ? undefined : place.wait;
  return {
    notificationId: row.id,
    laneId: row.lane_id,
    teamId: row.team_id,
    attemptNo: row.attempt,
    status: settlement.status,
    place: place.kind,
    attemptOutcome: settlement.attempt?.outcome,
    attemptSlackError: settlement.attempt?.slackError,
    httpStatus: settlement.attempt?.httpStatus,
    retryAfterSeconds: settlement.attempt?.retryAfterSeconds,
    durationMs: row.action === 'SEND' ? Math.round(durationMs) : undefined,
    countsAsTry: settlement.countsAsTry,
    waitReason: wait?.reason,
    waitSeconds: wait?.seconds,
    waitDetail: wait?.detail,
    isUnasked: place.kind === 'CONFIRM' ? place.isUnasked : undefined,
    failureCode: settlement.failure?.code,
    failureDetail: settlement.failure?.detail,
    slackError: settlement.slackError,
    postedChannelId: settlement.posted?.channelId,
    ts: settlement.posted?.ts,
    laneHoldSeconds: settlement.laneHoldSeconds,
    outage: settlement.outage,
    isLookup: isLookup({ row }),
    holdsAttempt: row.action === 'SEND' || row.action === 'CONFIRM',
  };
};

/** As the statements of `settle.sql.ts` read it. */
export const jsonOf = (all: readonly Settled[]): string => JSON.stringify(all.map(toJson));
