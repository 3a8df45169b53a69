import { useApolloClient } from '@apollo/client/react';
import { useEffect, useEffectEvent, useState } from 'react';
import { from, map, switchMap, tap } from 'rxjs';
import {
  ConnectionStatusChangedDocument,
  DeliveryStatusChangedDocument,
  type DeliveryStatusChangedSubscription,
  LiveCursorDocument,
} from '../../generated/graphql.ts';
import { codeOf } from './errors.ts';

export type DeliveryChange = DeliveryStatusChangedSubscription['deliveryStatusChanged'];

interface Followed {
  readonly workspaceId: string;
  readonly notificationId?: string;
  /** Where what is shown was read. Nothing is followed before that is known. */
  readonly after: string | undefined;
  readonly onChange: (change: DeliveryChange) => void;
  /** The cursor is too old to continue from: read anew. */
  readonly onGap: () => void;
}

/** Follows deliveries from exactly where a page was read. The notification of a change goes into the cache by itself. */
export function useDeliveryChanges({ workspaceId, notificationId, after, onChange, onGap }: Followed): void {
  const client = useApolloClient();
  const changed = useEffectEvent(onChange);
  const lost = useEffectEvent(onGap);
  useEffect(() => {
    if (after === undefined) return undefined;
    const variables = { workspaceId, after, ...(notificationId === undefined ? {} : { notificationId }) };
    const subscription = client.subscribe({ query: DeliveryStatusChangedDocument, variables }).subscribe({
      next: ({ data, error }) => {
        if (data) changed(data.deliveryStatusChanged);
        else if (error && codeOf(error).startsWith('CURSOR_')) lost();
      },
    });
    return () => subscription.unsubscribe();
  }, [client, workspaceId, notificationId, after]);
}

/** Follows connections and authorizations, from a place that is known before what is shown is read for the last time. */
export function useConnectionChanges(workspaceId: string, onChange: () => void): void {
  const client = useApolloClient();
  const changed = useEffectEvent(onChange);
  const [gaps, setGaps] = useState(0);
  useEffect(() => {
    const query = { query: LiveCursorDocument, variables: { workspaceId }, fetchPolicy: 'no-cache' } as const;
    // Without a cursor it is followed from now on.
    const cursor = client.query(query).then(
      ({ data }) => data?.notificationHistory.liveCursor,
      () => undefined,
    );
    const subscription = from(cursor)
      .pipe(
        tap(() => changed()),
        map((after) => ({ workspaceId, ...(after === undefined ? {} : { after }) })),
        switchMap((variables) => client.subscribe({ query: ConnectionStatusChangedDocument, variables })),
      )
      .subscribe(({ error }) => {
        if (error && codeOf(error).startsWith('CURSOR_')) setGaps((count) => count + 1);
        else changed();
      });
    return () => subscription.unsubscribe();
  }, [client, workspaceId, gaps]);
}
