import { PRIORITIES, type Priority } from '../event-types/priority.policy.ts';

export const DELIVERY_STATUSES = [
  'QUEUED',
  'SENDING',
  'RETRYING',
  'DELIVERED',
  'FAILED',
  'CANCELED',
  'UNCONFIRMED',
] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** What moves to SENDING is counted as an attempt. */
export const COUNTED_STATUSES = DELIVERY_STATUSES.filter((status) => status !== 'SENDING');

export type UnknownOutcomePolicy = 'HOLD' | 'RESEND';
export type WaitReason =
  'SCHEDULED' | 'PACING' | 'RATE_LIMITED' | 'BACKOFF' | 'TEAM_PAUSED' | 'CONFIRMING' | 'CONNECTION';

export type { Priority } from '../event-types/priority.policy.ts';
export const priorityRank = (priority: Priority): number => PRIORITIES.indexOf(priority);
export const priorityOfRank = (rank: number): Priority => PRIORITIES[rank] ?? 'NORMAL';

/** Told after the commit by whoever moved notifications to a status. */
export type CountMoves = (status: DeliveryStatus, count: number) => void;

/** How a notification may begin: accepted, or refused and recorded. */
export const INITIAL: readonly DeliveryStatus[] = ['QUEUED', 'FAILED'];

/**
 * The state machine, read aloud. The database has the same moves (`is_status_move`) and refuses any other move.
 * UNCONFIRMED is left by a person's word or by a late definite answer.
 */
export const MOVES: Readonly<Record<DeliveryStatus, readonly DeliveryStatus[]>> = {
  QUEUED: ['SENDING', 'CANCELED', 'FAILED'],
  SENDING: ['DELIVERED', 'RETRYING', 'FAILED', 'UNCONFIRMED', 'CANCELED'],
  RETRYING: ['SENDING', 'CANCELED', 'FAILED', 'UNCONFIRMED'],
  UNCONFIRMED: ['DELIVERED', 'FAILED'],
  DELIVERED: [],
  FAILED: [],
  CANCELED: [],
};
