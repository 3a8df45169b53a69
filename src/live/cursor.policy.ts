import { TopLevelError } from '../platform/top-level-error.ts';

/** A place in the status log. Rows are in the order (epoch, stamp, seq); `atMs` says how old the place is. */
export interface LogPosition {
  readonly epoch: number;
  readonly stamp: bigint;
  readonly seq: bigint;
  readonly atMs: number;
}

/** After every row of a stamp. */
export const END_OF_STAMP = 9_223_372_036_854_775_807n;

const FORM = /^v1:(\d{1,9}):(\d{1,19}):(\d{1,19}):(\d{1,16})$/;

/** Opaque to clients; the version lets a later server know what it reads. */
export const encodeCursor = ({ epoch, stamp, seq, atMs }: LogPosition): string =>
  Buffer.from(`v1:${epoch}:${stamp}:${seq}:${Math.floor(atMs)}`).toString('base64url');

export const decodeCursor = (cursor: string): LogPosition => {
  const [, epoch, stamp, seq, atMs] = FORM.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (epoch === undefined || stamp === undefined || seq === undefined || atMs === undefined) {
    throw new TopLevelError(
      'CURSOR_INVALID',
      'This is not a cursor of the status stream. Use a `liveCursor` or a change’s `cursor`.',
    );
  }
  const position = { epoch: Number(epoch), stamp: BigInt(stamp), seq: BigInt(seq), atMs: Number(atMs) };
  if (position.stamp > END_OF_STAMP || position.seq > END_OF_STAMP) {
    throw new TopLevelError('CURSOR_INVALID', 'This is not a cursor of the status stream.');
  }
  return position;
};

export const isAfter = (a: LogPosition, b: LogPosition): boolean => {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch;
  if (a.stamp !== b.stamp) return a.stamp > b.stamp;
  return a.seq > b.seq;
};

const expired = (): TopLevelError =>
  new TopLevelError(
    'CURSOR_EXPIRED',
    'The changes since this cursor are no longer kept. Read the history again and subscribe from its `liveCursor`.',
  );

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
