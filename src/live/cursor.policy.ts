import { hash } from 'node:crypto';
import { TopLevelError } from '../platform/top-level-error.ts';

/** A place in the status log. Rows are in the order (epoch, stamp, seq); `atMs` says how old the place is. */
export interface LogPosition {
  readonly epoch: number;
  readonly stamp: bigint;
  readonly seq: bigint;
  readonly atMs: number;
  /** Of a row that was read while transactions from this one on were still open: some of them may come before it. */
  readonly openFrom?: bigint;
}

/** After every row of a stamp. */
export const END_OF_STAMP = 9_223_372_036_854_775_807n;

const FORM = /^v2:(\d{1,9}):(\d{1,19}):(\d{1,19}):(\d{1,16}):(?:(\d{1,19}):)?/;
const EARLIER_FORM = /^v1:\d{1,9}:\d{1,19}:\d{1,19}:\d{1,16}$/;
const CHECK_SUM_LENGTH = 12;

/**
 * Opaque to clients, and with a check sum, so that none is cut or changed by accident; the version lets a later server
 * know what it reads.
 */
export const encodeCursor = ({ epoch, stamp, seq, atMs, openFrom }: LogPosition): string => {
  const place = `v2:${epoch}:${stamp}:${seq}:${Math.floor(atMs)}:${openFrom === undefined ? '' : `${openFrom}:`}`;
  return Buffer.from(place + hash('sha256', place, 'base64url').slice(0, CHECK_SUM_LENGTH)).toString('base64url');
};

const expired = (): TopLevelError =>
  new TopLevelError(
    'CURSOR_EXPIRED',
    'The changes since this cursor are no longer kept. Read the history again and subscribe from its `liveCursor`.',
  );

/**
 * The position of a cursor that was given out; of a text that differs from one in anything, CURSOR_INVALID. One of the
 * version before has expired: a client that held it through an upgrade begins anew.
 */
export const decodeCursor = (cursor: string): LogPosition => {
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  if (EARLIER_FORM.test(text)) throw expired();
  const [, epoch, stamp, seq, atMs, openFrom] = FORM.exec(text) ?? [];
  const position = {
    epoch: Number(epoch ?? 0),
    stamp: BigInt(stamp ?? 0),
    seq: BigInt(seq ?? 0),
    atMs: Number(atMs ?? 0),
    ...(openFrom === undefined ? {} : { openFrom: BigInt(openFrom) }),
  };
  const numbers = [position.stamp, position.seq, position.openFrom ?? 0n];
  if (encodeCursor(position) !== cursor || numbers.some((number) => number > END_OF_STAMP)) {
    throw new TopLevelError(
      'CURSOR_INVALID',
      'This is not a cursor of the status stream. Use a `liveCursor` or a change’s `cursor`.',
    );
  }
  return position;
};

export const isAfter = (a: LogPosition, b: LogPosition): boolean => {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch;
  if (a.stamp !== b.stamp) return a.stamp > b.stamp;
  return a.seq > b.seq;
};

/** Where to begin for the changes of everything, and not of one notification alone, whose changes never swap. */
export const beforeWhatWasOpen = ({ openFrom, ...position }: LogPosition): LogPosition =>
  openFrom === undefined ? position : { ...position, stamp: openFrom - 1n, seq: END_OF_STAMP };

/** Between two epochs nobody can say what was lost, for a cursor and for a subscriber that was there all the time. */
export const requireSameEpoch = (from: LogPosition, to: LogPosition): void => {
  if (from.epoch !== to.epoch) throw expired();
};

/** Whether the log can still be replayed from here without a gap. */
export const requireReplayable = (
  position: LogPosition,
  now: { readonly epoch: number; readonly end: bigint; readonly atMs: number },
  keptDays: number,
): void => {
  const tooOld = now.atMs - position.atMs > keptDays * 86_400_000;
  if (position.epoch < now.epoch || tooOld) throw expired();
  if (position.epoch > now.epoch || position.stamp > now.end) {
    throw new TopLevelError('CURSOR_INVALID', 'This cursor is not of this server’s status stream.');
  }
};
