import { describe, expect, test } from 'vitest';
import { ANY_TEXT, EPOCH_US, PageCursors, pageOf, pageSize, UUID } from './page.ts';

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'nothing was thrown';
};

describe('pageSize', () => {
  test('is 50 where nothing is asked for', () => {
    expect([pageSize(undefined), pageSize(null), pageSize(1), pageSize(100)]).toEqual([50, 50, 1, 100]);
  });

  test.each([0, -1, 101])('refuses %i', (first) => {
    expect(codeOf(() => pageSize(first))).toBe('BAD_USER_INPUT');
  });
});

/** The same check sum on something else. */
const altered = (cursor: string, position: readonly string[], version = 2): string => {
  const [, checkSum] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
  return Buffer.from(JSON.stringify([version, checkSum, ...position])).toString('base64url');
};

describe('PageCursors', () => {
  const cursors = new PageCursors(['history', 'w', { statuses: ['QUEUED'] }]);
  const id = '01890000-0000-7000-8000-000000000000';

  test('give back a position', () => {
    const cursor = cursors.encode(['1700000000000000', id]);
    expect(cursors.decode(cursor, [EPOCH_US, UUID])).toEqual(['1700000000000000', id]);
    expect(cursors.decode(null, [UUID])).toBeUndefined();
  });

  test('keep any text, also none and one with quotes', () => {
    for (const name of ['', 'a"b', '\\', 'ünï 🎉']) {
      expect(cursors.decode(cursors.encode([name]), [ANY_TEXT])).toEqual([name]);
    }
  });

  test.each([
    ['of another query', () => new PageCursors(['history', 'w', {}]).encode(['1', id])],
    ['with another number of parts', () => cursors.encode(['1'])],
    ['whose time is none', () => cursors.encode(['now', id])],
    ['whose time is too large for Postgres', () => cursors.encode(['9'.repeat(19), id])],
    ['whose id is none', () => cursors.encode(['1', 'x'])],
    ['that is no JSON', () => 'x'],
    ['that is empty', () => ''],
    ['with another position under the same check sum', () => altered(cursors.encode(['1', id]), ['2', id])],
    ['with something added', () => `${cursors.encode(['1', id])}A`],
    ['of a form before', () => altered(cursors.encode(['1', id]), ['1', id], 1)],
    ['with a number for a text', () => Buffer.from('[1,"x",7,8]').toString('base64url')],
  ])('refuse one %s', (_name, cursor) => {
    expect(codeOf(() => cursors.decode(cursor(), [EPOCH_US, UUID]))).toBe('CURSOR_INVALID');
  });
});

describe('pageOf', () => {
  const page = (rows: number[], size: number, hasPrevious = false) =>
    pageOf(rows, size, hasPrevious, (row) => row * 2, String);

  test('one row more than the page says that there is a next page', () => {
    expect(page([1, 2, 3], 2)).toEqual({
      edges: [
        { cursor: '1', node: 2 },
        { cursor: '2', node: 4 },
      ],
      nodes: [2, 4],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: '1', endCursor: '2' },
    });
  });

  test('exactly a page, and nothing at all', () => {
    expect(page([1, 2], 2, true).pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const none = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
    expect(page([], 2)).toEqual({ edges: [], nodes: [], pageInfo: none });
  });
});
