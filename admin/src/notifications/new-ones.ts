import type { NotificationFilter, NotificationRowFragment } from '../../generated/graphql.ts';
import { matches } from './filter.ts';

/** Beyond it a number says no more, and a page that is left open overnight would carry each of them along. */
export const MOST_COUNTED = 1000;

interface List {
  readonly filter: NotificationFilter;
  readonly rows: readonly NotificationRowFragment[];
  /** There are older ones, which nobody has asked for yet. */
  readonly hasMore: boolean;
}

const isOlder = (one: NotificationRowFragment, other: NotificationRowFragment | undefined): boolean =>
  other !== undefined && Date.parse(one.createdAt) < Date.parse(other.createdAt);

/** Whether it would be in the list if that were read again now, above what is shown of it. */
function isNew(changed: NotificationRowFragment, { filter, rows, hasMore }: List): boolean {
  if (rows.some(({ id }) => id === changed.id) || !matches(changed, filter)) return false;
  // It has its place further down, where nobody has looked yet.
  return !(hasMore && isOlder(changed, rows.at(-1)));
}

/** The ids that are new to a list, after one more change: what fits its filter no longer is taken out again. */
export function newAfter(ids: ReadonlySet<string>, changed: NotificationRowFragment, list: List): ReadonlySet<string> {
  if (isNew(changed, list) === ids.has(changed.id)) return ids;
  if (!ids.has(changed.id) && ids.size >= MOST_COUNTED) return ids;
  const next = new Set(ids);
  if (!next.delete(changed.id)) next.add(changed.id);
  return next;
}
