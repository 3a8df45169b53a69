import type { WaitReason } from '../notifications/notification.states.ts';

/** What keeps a notification that is not at rest, as the queue has it. */
export interface QueuePlace {
  readonly status: string;
  readonly attemptOpen: boolean;
  readonly waitReason: WaitReason | null;
  readonly waitUntil: Date | null;
  readonly waitDetail: string | null;
  readonly readyAt: Date | null;
  readonly heldUntil: Date | null;
  readonly pausedUntil: Date | null;
  /** The team is only probed, because Slack did not answer for it. */
  readonly isProbed: boolean;
  /** How many are before it in its lane; null outside a lane. */
  readonly position: number | null;
  readonly now: Date;
}

export interface Waiting {
  readonly reason: WaitReason;
  readonly until: Date | null;
  readonly position: number | null;
  readonly detail: string;
}

const ahead = (position: number | null): string => {
  if (position === null || position === 0) return 'It is next in its channel.';
  return position === 1
    ? 'One message is before it in its channel.'
    : `${position} messages are before it in its channel.`;
};

const isLater = (time: Date | null, now: Date): time is Date => time !== null && time > now;

/** What waits for a time waits for its team as well. */
const later = (until: Date | null, pausedUntil: Date | null): Date | null =>
  until !== null && pausedUntil !== null && pausedUntil > until ? pausedUntil : until;

/** Why a notification is not moving now, and when it will; null where it is moving, or about to. */
export const waitingOf = (place: QueuePlace): Waiting | null => {
  const { position, now } = place;
  if (place.attemptOpen && place.waitReason === null) return null;
  if (place.waitReason !== null) {
    const detail = place.waitDetail ?? ahead(position);
    return { reason: place.waitReason, until: later(place.waitUntil, place.pausedUntil), position, detail };
  }
  if (isLater(place.pausedUntil, now)) {
    const detail = place.isProbed
      ? 'Slack did not answer for this team; it is asked again then.'
      : 'Slack limits the whole team; nothing is sent to it until then.';
    return { reason: 'TEAM_PAUSED', until: place.pausedUntil, position, detail };
  }
  if (isLater(place.heldUntil, now)) {
    return {
      reason: 'RATE_LIMITED',
      until: place.heldUntil,
      position,
      detail: `Slack limits its channel. ${ahead(position)}`,
    };
  }
  const until =
    isLater(place.readyAt, now) && place.readyAt.getTime() < Number.POSITIVE_INFINITY ? place.readyAt : null;
  if (until === null && !position) return null;
  return { reason: 'PACING', until, position, detail: ahead(position) };
};
