import { isLongerThan, isStorable, notStorable } from './text.ts';
import { TopLevelError } from './top-level-error.ts';

const MAX_SEARCH_LENGTH = 1000;

/** What a search costs grows with its length, and nothing that can be found is as long. */
export const requireSearchable = (search: string): void => {
  if (isLongerThan(search, MAX_SEARCH_LENGTH)) {
    const message = `A search has at most ${MAX_SEARCH_LENGTH} characters; this one has ${[...search].length}.`;
    throw new TopLevelError('BAD_USER_INPUT', message);
  }
  if (!isStorable(search)) throw new TopLevelError('BAD_USER_INPUT', notStorable('The search').join(' '));
};
