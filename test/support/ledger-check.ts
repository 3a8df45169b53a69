/** A notification that was accepted, as the database has it at the end. */
export interface AcceptedNotification {
  readonly id: string;
  readonly channel: string;
  readonly priority: number;
  /** Its last place in the queue; null for one that never entered. */
  readonly place: number | null;
  readonly status: string;
  /** It had to wait for a connection or a long backoff, so later ones may have passed it. */
  readonly mayBePassed?: boolean;
}

/** A message that is in Slack, in the order in which Slack took them. */
export interface PostedMessage {
  /** The marker that it carries. */
  readonly id: string | undefined;
  readonly channel: string;
}

/** What is wrong with a ledger; every list empty where nothing is. */
export interface LedgerVerdict {
  /** DELIVERED and not in Slack, or never at rest. */
  readonly lost: readonly string[];
  /** In Slack more than once. */
  readonly doubled: readonly string[];
  /** In Slack, though never accepted, or refused, or canceled, or in another channel than it was meant for. */
  readonly unexpected: readonly string[];
  /** In Slack after one of the same channel and priority that entered the queue later. */
  readonly inversions: readonly string[];
}

const AT_REST = new Set(['DELIVERED', 'FAILED', 'CANCELED', 'UNCONFIRMED']);
/** UNCONFIRMED: nobody knows, so Slack may have it or not. */
const MAY_BE_POSTED = new Set(['DELIVERED', 'UNCONFIRMED']);

const lostOnes = (accepted: readonly AcceptedNotification[], posted: ReadonlySet<string | undefined>): string[] =>
  accepted
    .filter(({ id, status }) => !AT_REST.has(status) || (status === 'DELIVERED' && !posted.has(id)))
    .map(({ id }) => id);

const unexpectedOnes = (
  known: ReadonlyMap<string | undefined, AcceptedNotification>,
  posts: readonly PostedMessage[],
): string[] =>
  posts
    .filter(({ id, channel }) => {
      const notification = known.get(id);
      return (
        notification?.channel !== channel ||
        (AT_REST.has(notification.status) && !MAY_BE_POSTED.has(notification.status))
      );
    })
    .map(({ id }) => id ?? 'a message without a marker');

const invertedOnes = (delivered: readonly (AcceptedNotification & { readonly place: number })[]): string[] => {
  const furthest = new Map<string, number>();
  return delivered.flatMap(({ id, channel, priority, place }) => {
    const queue = `${channel} ${priority}`;
    const before = furthest.get(queue) ?? -1;
    furthest.set(queue, Math.max(before, place));
    return place < before ? [id] : [];
  });
};

/** Judges what is in Slack by what was accepted. Pure: the same ledger gives the same verdict. */
export const judgeLedger = (
  accepted: readonly AcceptedNotification[],
  posts: readonly PostedMessage[],
): LedgerVerdict => {
  const known = new Map<string | undefined, AcceptedNotification>(accepted.map((row) => [row.id, row]));
  const ids = posts.map(({ id }) => id);
  const firstOnes = [...new Set(ids)];
  const inOrder = firstOnes.flatMap((id) => {
    const row = known.get(id);
    if (row?.status !== 'DELIVERED' || row.place === null || row.mayBePassed === true) return [];
    return [{ ...row, place: row.place }];
  });
  const doubled = firstOnes.filter((id) => id !== undefined && ids.indexOf(id) !== ids.lastIndexOf(id));
  return {
    lost: lostOnes(accepted, new Set(ids)),
    doubled: doubled.map(String),
    unexpected: [...new Set(unexpectedOnes(known, posts))],
    inversions: invertedOnes(inOrder),
  };
};
