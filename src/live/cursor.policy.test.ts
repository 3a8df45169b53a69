import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeCursor,
  encodeCursor,
  END_OF_STAMP,
  isAfter,
  requireReplayable,
  type LogPosition,
} from './cursor.policy.ts';

const position: fc.Arbitrary<LogPosition> = fc.record(
  {
    epoch: fc.integer({ min: 0, max: 999_999_999 }),
    stamp: fc.bigInt({ min: 0n, max: END_OF_STAMP }),
    seq: fc.bigInt({ min: 0n, max: END_OF_STAMP }),
    atMs: fc.integer({ min: 0, max: 4_102_444_800_000 }),
    openFrom: fc.bigInt({ min: 0n, max: END_OF_STAMP }),
  },
  { requiredKeys: ['epoch', 'stamp', 'seq', 'atMs'] },
);
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'nothing was thrown';
};

test('a cursor gives back the position that it was made of', () => {
  fc.assert(
    fc.property(position, (given) => {
      expect(decodeCursor(encodeCursor(given))).toEqual(given);
    }),
  );
});

test('a cursor of the version before has expired: its client begins anew', () => {
  const cursor = Buffer.from('v1:1:1:1:1').toString('base64url');
  expect(codeOf(() => decodeCursor(cursor))).toBe('CURSOR_EXPIRED');
});

test('no text but a cursor is taken, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(codeOf(() => decodeCursor(text))).toBe('CURSOR_INVALID');
    }),
  );
  const forged = ['v3:1:1:1:1:', 'v2:1:1:1:1:', 'v2:-1:1:1:1:', 'v2:1:1:1:1:AAAAAAAAAAAA', 'v2:1:1:1:1;drop table'];
  for (const text of forged) {
    const cursor = Buffer.from(text).toString('base64url');
    expect(codeOf(() => decodeCursor(cursor))).toBe('CURSOR_INVALID');
  }
});

test('a cursor that was changed anywhere, lengthened or cut is not taken', () => {
  fc.assert(
    fc.property(position, fc.nat(), fc.constantFrom('A', ' ', '=', '-', '!'), (given, place, piece) => {
      const cursor = encodeCursor(given);
      const at = place % cursor.length;
      const changed = [
        cursor + piece,
        piece + cursor,
        cursor.slice(0, -1 - at),
        cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1),
      ];
      for (const text of changed) expect(codeOf(() => decodeCursor(text))).toBe('CURSOR_INVALID');
    }),
  );
  const beyond = { epoch: 1, stamp: END_OF_STAMP + 1n, seq: 1n, atMs: 1 };
  expect(codeOf(() => decodeCursor(encodeCursor(beyond)))).toBe('CURSOR_INVALID');
});

test('isAfter orders positions by epoch, then stamp, then seq, and by nothing else', () => {
  const key = ({ epoch, stamp, seq }: LogPosition): bigint => (BigInt(epoch) << 126n) + (stamp << 63n) + seq;
  fc.assert(
    fc.property(position, position, (a, b) => {
      expect(isAfter(a, b)).toBe(key(a) > key(b));
      expect(isAfter(a, { ...a, atMs: b.atMs })).toBe(false);
    }),
  );
});

describe('requireReplayable', () => {
  const now = { epoch: 3, end: 1000n, atMs: 1_000_000_000_000 };
  const at = (but: Partial<LogPosition>): LogPosition => ({ epoch: 3, stamp: 500n, seq: 1n, atMs: now.atMs, ...but });
  const days = (count: number): number => now.atMs - count * 86_400_000;
  test.each([
    ['of now', at({}), 'nothing was thrown'],
    ['of 7 days ago', at({ atMs: days(7) }), 'nothing was thrown'],
    ['older than 7 days', at({ atMs: days(7) - 1 }), 'CURSOR_EXPIRED'],
    ['of the epoch before', at({ epoch: 2 }), 'CURSOR_EXPIRED'],
    ['of the epoch before, with a stamp that is not there yet', at({ epoch: 2, stamp: 5000n }), 'CURSOR_EXPIRED'],
    ['of an epoch to come', at({ epoch: 4 }), 'CURSOR_INVALID'],
    ['of a stamp that is not there yet', at({ stamp: 1001n }), 'CURSOR_INVALID'],
  ])('a position %s', (_name, given, expected) => {
    expect(codeOf(() => requireReplayable(given, now, 7))).toBe(expected);
  });
});
