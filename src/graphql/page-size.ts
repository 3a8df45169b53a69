import { TopLevelError } from '../platform/top-level-error.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from './page.types.ts';

/** The number of entries that `first` asks for; null is the default, as it is where the argument is left out. */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? DEFAULT_PAGE_SIZE;
  if (size >= 1 && size <= MAX_PAGE_SIZE) return size;
  throw new TopLevelError(
    'BAD_USER_INPUT',
    `\`first\` must be 1 to ${MAX_PAGE_SIZE}: ask for the rest with \`after\`.`,
  );
}
