import { useQuery } from '@apollo/client/react';
import { useThrottledCallback } from '@mantine/hooks';
import { useState } from 'react';
import {
  LatestNotificationsDocument,
  StatsDocument,
  type DeliveryStatus,
  type NotificationRowFragment,
  type StatsQuery,
} from '../../generated/graphql.ts';
import { useDeliveryChanges } from '../api/live.ts';
import { useReadAgain } from '../api/read-again.ts';
import { useStartOfToday } from '../parts/time.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';

const SHOWN = 6;
const READ_EVERY_MS = 1_500;
const WAITING: DeliveryStatus[] = ['QUEUED', 'SENDING', 'RETRYING'];

interface Overview {
  /** When the day that is counted began. */
  readonly midnight: number;
  readonly stats: StatsQuery['deliveryStats'] | undefined;
  readonly statsError: unknown;
  readonly latest: readonly NotificationRowFragment[] | undefined;
  readonly waiting: readonly NotificationRowFragment[];
  readonly isMoreWaiting: boolean;
  readonly error: unknown;
  readonly refetch: () => void;
}

/** Today in numbers, read again while things happen, and the newest notifications. */
export function useOverview(): Overview {
  const { workspaceId } = useWorkspace();
  const midnight = useStartOfToday();
  const since = new Date(midnight).toISOString();
  // Up to now, if it were left out: a clock that is ahead has its midnight in the server's future, which is refused.
  const until = new Date(new Date(midnight).setHours(24)).toISOString();
  const stats = useQuery(StatsDocument, { variables: { workspaceId, since, until } });
  const lists = useQuery(LatestNotificationsDocument, {
    variables: { workspaceId, first: SHOWN, waiting: { statuses: WAITING } },
  });
  const readAll = useReadAgain(() => Promise.allSettled([lists.refetch(), stats.refetch()]));
  // A busy workspace changes many times a second; the numbers need not.
  const readSoon = useThrottledCallback(readAll, READ_EVERY_MS);
  const [firstCursor, setFirstCursor] = useState<string>();
  const cursor = lists.data?.latest.liveCursor;
  if (firstCursor === undefined && cursor !== undefined) setFirstCursor(cursor);
  const restart = async (): Promise<void> => {
    // Without numbers the stream goes on all the same: it is what they are read again by.
    const [list] = await Promise.allSettled([lists.refetch(), stats.refetch()]);
    if (list.status === 'rejected') throw list.reason;
    if (list.value.data) setFirstCursor(list.value.data.latest.liveCursor);
  };
  useDeliveryChanges({ workspaceId, after: firstCursor, onChange: readSoon, onGap: restart });
  return {
    midnight,
    stats: stats.data?.deliveryStats,
    statsError: stats.error,
    latest: lists.data?.latest.edges.map(({ node }) => node),
    waiting: lists.data?.waiting.edges.map(({ node }) => node) ?? [],
    isMoreWaiting: lists.data?.waiting.pageInfo.hasNextPage ?? false,
    error: lists.error,
    refetch: readAll,
  };
}
