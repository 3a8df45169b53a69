import { useApolloClient, useQuery } from '@apollo/client/react';
import { useEffect, useRef, useState } from 'react';
import { NotificationDetailDocument, type NotificationDetailQuery } from '../../generated/graphql.ts';
import { readLiveCursor, useDeliveryChanges } from '../api/live.ts';
import { useReadAgain } from '../api/read-again.ts';
import { MOVES } from '../parts/status.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';

export type Detail = NonNullable<NotificationDetailQuery['notification']>;

/** What one waits for that is not at rest changes without its status, so nothing tells of it. */
const LOOK_AGAIN_MS = 3000;

interface Notification {
  /** Null where there is none with that id that the viewer may see. */
  readonly detail: Detail | null | undefined;
  /** Why it could not be read; why it could not be read again, where it is known. */
  readonly error: unknown;
  readonly refetch: () => void;
}

/** One notification with all of its story, followed from its last change on. */
export function useNotification(id: string): Notification {
  const { workspaceId } = useWorkspace();
  const client = useApolloClient();
  const { data, error, refetch, startPolling, stopPolling } = useQuery(NotificationDetailDocument, {
    variables: { id },
  });
  const detail = data?.notification;
  const isMoving = detail !== undefined && detail !== null && MOVES.includes(detail.status);
  useEffect(() => {
    if (!isMoving) return undefined;
    startPolling(LOOK_AGAIN_MS);
    return stopPolling;
  }, [isMoving, startPolling, stopPolling]);
  const again = useReadAgain(() => refetch());
  const [place, setPlace] = useState<string>();
  // Where the first reading ended; later ones must not begin the stream anew.
  const readUpTo = useRef<string>(undefined);
  readUpTo.current ??= detail?.timeline.at(-1)?.cursor;
  useDeliveryChanges({
    workspaceId,
    notificationId: id,
    after: place ?? readUpTo.current,
    onChange: ({ cursor }) => {
      if (!detail?.timeline.some((change) => change.cursor === cursor)) again();
    },
    onGap: async () => {
      // Not the last change's: that of an old notification is too old however often it is read.
      const cursor = await readLiveCursor(client, workspaceId);
      await refetch();
      setPlace(cursor);
    },
  });
  return { detail: data && (detail ?? null), error, refetch: again };
}
