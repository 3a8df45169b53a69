import { isStorable, notStorable } from '../platform/text.ts';
import { TopLevelError } from '../platform/top-level-error.ts';
import { wordsOf } from './words.policy.ts';

/** A search answers with the newest hits up to this many, however far one pages. */
export const MAX_SEARCH_HITS = 10_000;
const MAX_SEARCH_LENGTH = 1000;

/** What to look for: undefined where that is nothing in particular, none where nothing can be found by it. */
export const searchedWords = (search: string | undefined): string[] | undefined => {
  if (search === undefined || search.trim() === '') return undefined;
  if (search.length > MAX_SEARCH_LENGTH) {
    const message = `A search has at most ${MAX_SEARCH_LENGTH} characters; this one has ${search.length}.`;
    throw new TopLevelError('BAD_USER_INPUT', message);
  }
  if (!isStorable(search)) throw new TopLevelError('BAD_USER_INPUT', notStorable('The search').join(' '));
  return wordsOf(search);
};

/** How many rows to read for a page of `size`: one more shows that there is a next page; a search ends at its last hit. */
export const rowsToRead = (size: number, hitsSeen: number | undefined): number =>
  hitsSeen === undefined ? size + 1 : Math.max(0, Math.min(size + 1, MAX_SEARCH_HITS - hitsSeen));
