import { useQuery } from '@apollo/client/react';
import { useRef, useState } from 'react';
import {
  NotificationHistoryDocument,
  type NotificationFilter,
  type NotificationRowFragment,
} from '../../generated/graphql.ts';
import { useAttempt } from '../api/attempt.ts';
import { type DeliveryChange, useDeliveryChanges } from '../api/live.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { cameBack } from './navigated.ts';
import { newAfter } from './new-ones.ts';

const PAGE = 50;
const NOBODY: ReadonlySet<string> = new Set();

interface History {
  readonly rows: readonly NotificationRowFragment[];
  readonly isFirstLoading: boolean;
  readonly hasMore: boolean;
  readonly error: unknown;
  /** How many came that are not shown yet. */
  readonly newCount: number;
  readonly showNew: () => Promise<void>;
  readonly older: ReturnType<typeof useAttempt<[]>>;
}

const countOthers = (ids: ReadonlySet<string>, rows: readonly { readonly id: string }[]): number => {
  const shown = new Set(rows.map(({ id }) => id));
  return [...ids].filter((id) => !shown.has(id)).length;
};

/** As it is when it is asked for, and not when whoever asks was made. */
function useCurrent<T>(value: T): { readonly current: T } {
  const ref = useRef(value);
  ref.current = value;
  return ref;
}

/** One after the other: an older page belongs to the end of the list that it was asked for. */
function useTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  const last = useRef<Promise<unknown>>(Promise.resolve());
  return (work) => {
    const done = last.current.then(work, work);
    last.current = done;
    return done;
  };
}

/** The list, page by page. What is shown changes in place; what is new is only counted until somebody asks for it. */
export function useHistory(filter: NotificationFilter): History {
  const { workspaceId } = useWorkspace();
  // Going back finds the pages that were read; a fresh visit reads the newest.
  const fetchPolicy = useRef(cameBack() ? ('cache-first' as const) : ('cache-and-network' as const)).current;
  const { data, error, fetchMore, refetch } = useQuery(NotificationHistoryDocument, {
    variables: { workspaceId, filter, first: PAGE },
    fetchPolicy,
    nextFetchPolicy: 'cache-first',
  });
  const history = data?.notificationHistory;
  // Another filter shows another list, and so does another first page, whoever has it read.
  const list = JSON.stringify([workspaceId, filter, history?.liveCursor]);
  const [counted, setCounted] = useState({ list, ids: NOBODY });
  const fresh = counted.list === list ? counted.ids : NOBODY;
  const rows = history?.edges.map(({ node }) => node) ?? [];
  const shown = useCurrent(list);
  const end = useCurrent(history?.pageInfo.endCursor ?? null);
  const hasMore = history?.pageInfo.hasNextPage ?? false;
  const follow = ({ notification }: DeliveryChange): void =>
    setCounted((before) => {
      const known = before.list === list ? before.ids : NOBODY;
      const ids = newAfter(known, notification, { filter, rows, hasMore });
      return ids === known ? before : { list, ids };
    });
  const inTurn = useTurns();
  // An older page may say less of a row than was told of it while the page was on its way: it is told again.
  const [told, setTold] = useState<{ readonly list: string; readonly cursor: string; readonly turn: number }>();
  const place = told?.list === list ? told : { cursor: history?.liveCursor, turn: 0 };
  const showNew = (): Promise<void> =>
    inTurn(async () => {
      await refetch();
      setTold(undefined);
      setCounted((before) => (before.list === list ? { list, ids: NOBODY } : before));
    });
  const reached = useDeliveryChanges({
    workspaceId,
    after: place.cursor,
    turn: place.turn,
    onChange: follow,
    onGap: showNew,
  });
  const older = useAttempt(
    () =>
      inTurn(async () => {
        const cursor = reached();
        await fetchMore({ variables: { after: end.current } });
        if (cursor !== undefined) setTold((before) => ({ list: shown.current, cursor, turn: (before?.turn ?? 0) + 1 }));
      }),
    JSON.stringify([workspaceId, filter]),
  );
  return {
    rows,
    isFirstLoading: history === undefined && error === undefined,
    hasMore,
    error,
    newCount: countOthers(fresh, rows),
    showNew,
    older,
  };
}
