import { type ApolloClient, CombinedGraphQLErrors, gql, type TypedDocumentNode } from '@apollo/client';
import { defer, map, type Observable, retry, switchMap, tap, throwError, timer } from 'rxjs';

export interface DeliveryNode {
  readonly id: string;
  readonly status: string;
  readonly text: string;
}

export interface DeliveryChange {
  readonly cursor: string;
  /** Null for the first change of a notification. */
  readonly from: string | null;
  readonly to: string;
  readonly notification: DeliveryNode;
}

interface History {
  readonly notificationHistory: {
    readonly liveCursor: string;
    readonly edges: readonly { readonly cursor: string; readonly node: DeliveryNode }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

export const HISTORY: TypedDocumentNode<History, { workspaceId: string; after?: string | null }> = gql`
  query History($workspaceId: ID!, $after: String) {
    notificationHistory(workspaceId: $workspaceId, first: 50, after: $after) {
      liveCursor
      edges {
        cursor
        node {
          id
          status
          text
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

const CHANGES: TypedDocumentNode<{ deliveryStatusChanged: DeliveryChange }, { workspaceId: string; after: string }> =
  gql`
    subscription Changes($workspaceId: ID!, $after: String) {
      deliveryStatusChanged(workspaceId: $workspaceId, after: $after) {
        cursor
        from
        to
        notification {
          id
          status
          text
        }
      }
    }
  `;

const RETRY_WITHIN_MS = 5_000;

const codeOf = (error: unknown): unknown =>
  CombinedGraphQLErrors.is(error) ? error.errors[0]?.extensions?.['code'] : undefined;

/** What the server says before the subscription has begun, or in place of a change. A lost connection is none of it. */
const isTemporary = (error: unknown): boolean =>
  !CombinedGraphQLErrors.is(error) || codeOf(error) === 'SERVICE_UNAVAILABLE' || codeOf(error) === 'RATE_LIMITED';

/** A new notification is put before the first page that is cached; the others are updated by their ids, by Apollo itself. */
const addToHistory = (
  client: ApolloClient,
  workspaceId: string,
  { from, notification, cursor }: DeliveryChange,
): void => {
  if (from !== null) return;
  client.cache.updateQuery({ query: HISTORY, variables: { workspaceId } }, (cached) => {
    if (!cached || cached.notificationHistory.edges.some(({ node }) => node.id === notification.id)) return undefined;
    // Nobody pages from this edge: the end of the page keeps its cursor.
    const edge = { __typename: 'NotificationEdge', cursor, node: notification };
    const { notificationHistory } = cached;
    return { notificationHistory: { ...notificationHistory, edges: [edge, ...notificationHistory.edges] } };
  });
};

/**
 * Reads the first page of a workspace's history and follows every change since, once and in order, over lost connections
 * and restarts of the server. The cache stays current: watch HISTORY for what to show.
 */
export const followDeliveries = (client: ApolloClient, workspaceId: string): Observable<DeliveryChange> => {
  let last: string | undefined;
  const begin = async (): Promise<string> => {
    if (last !== undefined) return last;
    const { data } = await client.query({ query: HISTORY, variables: { workspaceId }, fetchPolicy: 'network-only' });
    if (!data) throw new Error('The history could not be read.');
    // A subscription that is refused before its first change begins here again, not at a later page.
    last = data.notificationHistory.liveCursor;
    return last;
  };
  return defer(begin).pipe(
    switchMap((after) => client.subscribe({ query: CHANGES, variables: { workspaceId, after } })),
    map(({ data, error }) => {
      if (error) throw error instanceof Error ? error : new Error(error.message);
      if (!data) throw new Error('A change came without its data.');
      return data.deliveryStatusChanged;
    }),
    tap((change) => {
      last = change.cursor;
      addToHistory(client, workspaceId, change);
    }),
    retry({
      delay: (error: unknown) => {
        // Too long away: the page is read anew, and followed from there.
        if (codeOf(error) === 'CURSOR_EXPIRED') last = undefined;
        else if (!isTemporary(error)) return throwError(() => error);
        return timer(Math.random() * RETRY_WITHIN_MS);
      },
    }),
  );
};
