import { NetworkStatus } from '@apollo/client';
import { useMutation, useQuery } from '@apollo/client/react';
import {
  type ChannelPartsFragment,
  type ChannelType,
  ChannelsDocument,
  type DirectoryPartsFragment,
  RefreshChannelsDocument,
} from '../../generated/graphql.ts';

const PAGE = 50;
const SYNC_POLL_MS = 1_000;
const TYPES: ChannelType[] = ['PUBLIC', 'PRIVATE', 'GROUP_DM', 'DM'];

interface Channels {
  readonly channels: readonly ChannelPartsFragment[];
  readonly directory: DirectoryPartsFragment | undefined;
  readonly hasMore: boolean;
  readonly isSearching: boolean;
  readonly error: unknown;
  readonly showMore: () => void;
  readonly readAgain: () => void;
}

/** Searches on the server: a team may have tens of thousands of channels. While it is being listed, looks again by itself. */
export function useChannels(identityId: string, search: string, isActive: boolean): Channels {
  const variables = { identityId, types: TYPES, first: PAGE, ...(search === '' ? {} : { search }) };
  const asked = useQuery(ChannelsDocument, {
    variables,
    skip: !isActive,
    notifyOnNetworkStatusChange: true,
    fetchPolicy: 'network-only',
  });
  const page = asked.data ?? (asked.networkStatus === NetworkStatus.setVariables ? asked.previousData : undefined);
  const channels = page?.channels;
  const isSyncing = isActive && (channels?.directory.syncing ?? false);
  const { startPolling, stopPolling } = asked;
  if (isSyncing) startPolling(SYNC_POLL_MS);
  else stopPolling();
  const [refresh] = useMutation(RefreshChannelsDocument);
  return {
    channels: channels?.nodes ?? [],
    directory: channels?.directory,
    hasMore: channels?.pageInfo.hasNextPage ?? false,
    isSearching: asked.loading && asked.networkStatus !== NetworkStatus.poll,
    error: asked.error,
    showMore: () =>
      void asked.fetchMore({
        variables: { after: channels?.pageInfo.endCursor ?? null },
        updateQuery: (before, { fetchMoreResult: next }) => ({
          ...next,
          channels: { ...next.channels, nodes: [...before.channels.nodes, ...next.channels.nodes] },
        }),
      }),
    readAgain: () =>
      void refresh({ variables: { input: { identityId } } })
        .then(() => asked.refetch())
        .catch(() => undefined),
  };
}
