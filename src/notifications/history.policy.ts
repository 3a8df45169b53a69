import { requireSearchable } from '../platform/search.ts';
import { wordsOf } from './words.policy.ts';

/** A search answers with the newest hits up to this many, however far one pages. */
export const MAX_SEARCH_HITS = 10_000;

/** What to look for: undefined where that is nothing in particular, none where nothing can be found by it. */
export const searchedWords = (search: string | undefined): string[] | undefined => {
  if (search === undefined || search.trim() === '') return undefined;
  requireSearchable(search);
  return wordsOf(search);
};

/** How many rows to read for a page of `size`: one more shows that there is a next page; a search ends at its last hit. */
export const rowsToRead = (size: number, hitsSeen: number | undefined): number =>
  hitsSeen === undefined ? size + 1 : Math.max(0, Math.min(size + 1, MAX_SEARCH_HITS - hitsSeen));
