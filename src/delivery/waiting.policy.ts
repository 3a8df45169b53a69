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
  /** When the team may send next by its limit of messages a minute; null without one. */
  readonly teamFreeAt: Date | null;
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
  if (position === null) return 'It is about to take its place in its channel.';
  if (position === 0) return 'It is next in its channel and waits for its turn.';
  return position === 1
    ? 'One message is before it in its channel.'
    : `${position} messages are before it in its channel.`;
};

const isLater = (time: Date | null, now: Date): time is Date => time !== null && time > now;

const latest = (times: readonly (Date | null)[]): Date | null =>
  times.reduce((last, time) => (last === null || (time !== null && time > last) ? time : last), null);

const causeOf = (place: QueuePlace, line: string): Pick<Waiting, 'reason' | 'detail'> => {
  const { now } = place;
  if (isLater(place.pausedUntil, now)) {
    const detail = place.isProbed
      ? 'Slack did not answer for this team; it is asked again then.'
      : 'Slack limits the whole team; nothing is sent to it until then.';
    return { reason: 'TEAM_PAUSED', detail };
  }
  if (isLater(place.heldUntil, now)) return { reason: 'RATE_LIMITED', detail: `Slack limits its channel. ${line}` };
  if (isLater(place.teamFreeAt, now))
    return { reason: 'PACING', detail: `Its team has sent as much as it may for now. ${line}` };
  return { reason: 'PACING', detail: line };
};

/** A wait whose time is over is not what keeps it any more; an outcome that is unknown stays so until it is settled. */
const isStillSo = ({ waitReason, waitUntil, now }: QueuePlace): boolean =>
  waitUntil === null || waitUntil > now || waitReason === 'CONFIRMING';

/**
 * Why a notification is not moving now, and when it will; null where it is being sent. Where nothing that is stored holds
 * it, it waits for its turn: how many sends are open, each process knows only of itself.
 */
export const waitingOf = (place: QueuePlace): Waiting | null => {
  const { position, now } = place;
  if (place.attemptOpen && place.waitReason === null) return null;
  if (place.waitReason !== null && isStillSo(place)) {
    const detail = place.waitDetail ?? ahead(position);
    // What waits for a time of its own waits for its channel and its team as well.
    const team = position === null ? [] : [place.teamFreeAt];
    const until = place.waitUntil && latest([place.waitUntil, place.heldUntil, place.pausedUntil, ...team]);
    return { reason: place.waitReason, until, position, detail };
  }
  const until = latest(
    [place.pausedUntil, place.heldUntil, place.teamFreeAt, place.readyAt].filter((time) => isLater(time, now)),
  );
  return { ...causeOf(place, ahead(position)), until, position };
};
