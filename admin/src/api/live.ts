import { useApolloClient } from '@apollo/client/react';
import { useEffect, useEffectEvent } from 'react';
import {
  ConnectionStatusChangedDocument,
  DeliveryStatusChangedDocument,
  type DeliveryStatusChangedSubscription,
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

/** Follows connections and authorizations from now on. */
export function useConnectionChanges(workspaceId: string, onChange: () => void): void {
  const client = useApolloClient();
  const changed = useEffectEvent(onChange);
  useEffect(() => {
    const subscription = client
      .subscribe({ query: ConnectionStatusChangedDocument, variables: { workspaceId } })
      .subscribe({ next: () => changed() });
    return () => subscription.unsubscribe();
  }, [client, workspaceId]);
}
