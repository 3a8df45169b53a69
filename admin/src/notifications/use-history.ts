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

/** The list, page by page. What is shown changes in place; what is new is only counted until somebody asks for it. */
export function useHistory(filter: NotificationFilter): History {
  const { workspaceId } = useWorkspace();
  // Counted for one list: another filter shows another one, and reads it anew.
  const list = JSON.stringify([workspaceId, filter]);
  const [counted, setCounted] = useState({ list, ids: NOBODY });
  const fresh = counted.list === list ? counted.ids : NOBODY;
  // Going back finds the pages that were read; a fresh visit reads the newest.
  const fetchPolicy = useRef(cameBack() ? ('cache-first' as const) : ('cache-and-network' as const)).current;
  const { data, error, fetchMore, refetch } = useQuery(NotificationHistoryDocument, {
    variables: { workspaceId, filter, first: PAGE },
    fetchPolicy,
    nextFetchPolicy: 'cache-first',
    notifyOnNetworkStatusChange: true,
  });
  const history = data?.notificationHistory;
  const rows = history?.edges.map(({ node }) => node) ?? [];
  const latest = useRef<string | null>(undefined);
  latest.current = history?.pageInfo.endCursor ?? null;
  const hasMore = history?.pageInfo.hasNextPage ?? false;
  const follow = ({ notification }: DeliveryChange): void =>
    setCounted((before) => {
      const known = before.list === list ? before.ids : NOBODY;
      const ids = newAfter(known, notification, { filter, rows, hasMore });
      return ids === known ? before : { list, ids };
    });
  // One after the other: an older page belongs to the end of the list that it was asked for.
  const turn = useRef<Promise<unknown>>(Promise.resolve());
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.current.then(work, work);
    turn.current = done;
    return done;
  };
  // An older page may say less of a row than was told of it while the page was on its way: it is told again.
  const [told, setTold] = useState<{ readonly list: string; readonly cursor: string; readonly turn: number }>();
  const isTold = told?.list === list;
  const showNew = (): Promise<void> =>
    inTurn(async () => {
      await refetch();
      setTold(undefined);
      setCounted({ list, ids: NOBODY });
    });
  const reached = useDeliveryChanges({
    workspaceId,
    after: isTold ? told.cursor : history?.liveCursor,
    turn: isTold ? told.turn : 0,
    onChange: follow,
    onGap: showNew,
  });
  const older = useAttempt(
    () =>
      inTurn(async () => {
        const after = latest.current ?? null;
        const cursor = reached();
        await fetchMore({ variables: { after } });
        if (cursor !== undefined) setTold((before) => ({ list, cursor, turn: (before?.turn ?? 0) + 1 }));
      }),
    list,
  );
  const shown = new Set(rows.map(({ id }) => id));
  return {
    rows,
    isFirstLoading: history === undefined && error === undefined,
    hasMore,
    error,
    newCount: [...fresh].filter((id) => !shown.has(id)).length,
    showNew,
    older,
  };
}
