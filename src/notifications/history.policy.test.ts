import { describe, expect, test } from 'vitest';
import { MAX_SEARCH_HITS, rowsToRead, searchedWords } from './history.policy.ts';

describe('searchedWords', () => {
  test('blank is no condition, and what has no word finds nothing', () => {
    expect([undefined, '', '  \n'].map(searchedWords)).toEqual([undefined, undefined, undefined]);
    expect(searchedWords('… !')).toEqual([]);
    expect(searchedWords(' the Audit ')).toEqual(['the', 'audit']);
  });

  test('a search that is longer than anybody types is refused', () => {
    expect(searchedWords('x'.repeat(1000))).toEqual(['x'.repeat(100)]);
    expect(() => searchedWords('x'.repeat(1001))).toThrow('at most 1000 characters; this one has 1001');
  });
});

describe('rowsToRead', () => {
  test('one more than a page shows that there is a next one', () => {
    expect(rowsToRead(50, undefined)).toBe(51);
    expect(rowsToRead(50, 0)).toBe(51);
    expect(rowsToRead(50, 9900)).toBe(51);
  });

  test('the last page of a search ends at its last hit, and shows no next one', () => {
    expect(rowsToRead(50, MAX_SEARCH_HITS - 50)).toBe(50);
    expect(rowsToRead(50, MAX_SEARCH_HITS - 7)).toBe(7);
    expect(rowsToRead(50, MAX_SEARCH_HITS)).toBe(0);
    expect(rowsToRead(50, 99_999)).toBe(0);
  });
});
