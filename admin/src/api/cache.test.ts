import { gql, type InMemoryCache } from '@apollo/client';
import { expect, test } from 'vitest';
import { createCache } from './cache.ts';

const HISTORY = gql`
  query History($after: String) {
    notificationHistory(workspaceId: "w", first: 2, after: $after) {
      liveCursor
      edges {
        cursor
        node {
          id
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`;

const write = (cache: InMemoryCache, cursors: string[], liveCursor: string, after: string | null = null): void => {
  const pageInfo = { __typename: 'PageInfo', endCursor: cursors.at(-1), hasNextPage: true };
  const edges = cursors.map((cursor) => ({
    __typename: 'NotificationEdge',
    cursor,
    node: { __typename: 'Notification', id: cursor },
  }));
  const notificationHistory = { __typename: 'NotificationConnection', liveCursor, edges, pageInfo };
  cache.writeQuery({ query: HISTORY, variables: { after }, data: { notificationHistory } });
};

const shown = (cache: InMemoryCache) => {
  const data = cache.readQuery<{ notificationHistory: { liveCursor: string; edges: { cursor: string }[] } }>({
    query: HISTORY,
  });
  return {
    live: data?.notificationHistory.liveCursor,
    cursors: data?.notificationHistory.edges.map(({ cursor }) => cursor),
  };
};

test('an older page is put behind the list, which keeps the cursor that its first page is followed from', () => {
  const cache = createCache();
  write(cache, ['9', '8'], 'live 1');
  write(cache, ['7', '6'], 'live 2', '8');
  expect(shown(cache)).toEqual({ live: 'live 1', cursors: ['9', '8', '7', '6'] });
});

test('an older page of a list that was read anew meanwhile, and is shorter, leaves no hole in it', () => {
  const cache = createCache();
  write(cache, ['9', '8'], 'live 1');
  write(cache, ['7', '6'], 'live 2', '8');
  write(cache, ['10', '9'], 'live 3');
  write(cache, ['5', '4'], 'live 4', '6');
  expect(shown(cache)).toEqual({ live: 'live 3', cursors: ['10', '9'] });
});
