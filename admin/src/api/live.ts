import type { ApolloClient } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { useEffect, useEffectEvent, useRef } from 'react';
import { from, switchMap } from 'rxjs';
import {
  ConnectionStatusChangedDocument,
  DeliveryStatusChangedDocument,
  type DeliveryStatusChangedSubscription,
  LiveCursorDocument,
} from '../../generated/graphql.ts';
import { showEnded } from '../parts/ended.ts';
import { useSession } from '../session/session.tsx';
import { follow } from './follow.ts';

export type DeliveryChange = DeliveryStatusChangedSubscription['deliveryStatusChanged'];

interface Followed {
  readonly workspaceId: string;
  readonly notificationId?: string;
  /** Where what is shown was read. Nothing is followed before that is known. */
  readonly after: string | undefined;
  /** Another one begins there once more, though what came from there was told. */
  readonly turn?: number;
  readonly onChange: (change: DeliveryChange) => void;
  /** The cursor is too old to continue from: read anew, and give another `after`. Resolves when that is done. */
  readonly onGap: () => unknown;
}

/** Where the streams are now: what is read after it misses nothing that they tell. */
export async function readLiveCursor(client: ApolloClient, workspaceId: string): Promise<string | undefined> {
  const query = { query: LiveCursorDocument, variables: { workspaceId }, fetchPolicy: 'no-cache' } as const;
  const { data } = await client.query(query);
  return data?.notificationHistory.liveCursor;
}

/**
 * Follows deliveries from exactly where a page was read. The notification of a change goes into the cache by itself. Answers
 * with how far it has come.
 */
export function useDeliveryChanges({
  workspaceId,
  notificationId,
  after,
  turn = 0,
  onChange,
  onGap,
}: Followed): () => string | undefined {
  const client = useApolloClient();
  const { line } = useSession();
  const changed = useEffectEvent(onChange);
  const lost = useEffectEvent(onGap);
  // Outlives a sign-in: what was told before it is not told again.
  const told = useRef<{ readonly since: string; readonly cursor: string }>(undefined);
  const since = JSON.stringify([workspaceId, notificationId, after, turn]);
  useEffect(() => {
    if (after === undefined) return undefined;
    const variables = { workspaceId, after, ...(notificationId === undefined ? {} : { notificationId }) };
    if (told.current?.since === since) variables.after = told.current.cursor;
    return follow(line, {
      subscribe: () => client.subscribe({ query: DeliveryStatusChangedDocument, variables: { ...variables } }),
      onData: ({ deliveryStatusChanged: change }) => {
        variables.after = change.cursor;
        told.current = { since, cursor: change.cursor };
        changed(change);
      },
      onGap: () => {
        told.current = undefined;
        return lost();
      },
      onEnd: showEnded,
    });
  }, [client, line, workspaceId, notificationId, after, since]);
  return () => (told.current?.since === since ? told.current.cursor : after);
}

/** Follows connections and authorizations, from a place that is known before what is shown is read for the last time. */
export function useConnectionChanges(workspaceId: string, onChange: () => void): void {
  const client = useApolloClient();
  const { line } = useSession();
  const changed = useEffectEvent(onChange);
  useEffect(() => {
    let after: string | undefined;
    const findPlace = async (): Promise<void> => {
      // Without a cursor it is followed from now on.
      after = await readLiveCursor(client, workspaceId).catch(() => undefined);
      changed();
    };
    let found = findPlace();
    const subscribe = () => {
      const variables = { workspaceId, ...(after === undefined ? {} : { after }) };
      return client.subscribe({ query: ConnectionStatusChangedDocument, variables });
    };
    return follow(line, {
      subscribe: () => from(found).pipe(switchMap(subscribe)),
      onData: ({ connectionStatusChanged: change }) => {
        after = change.cursor;
        changed();
      },
      onGap: () => (found = findPlace()),
      onEnd: showEnded,
    });
  }, [client, line, workspaceId]);
}
