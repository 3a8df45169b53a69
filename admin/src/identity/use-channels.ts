import { NetworkStatus } from '@apollo/client';
import { useApolloClient, useQuery } from '@apollo/client/react';
import { useRef, useState } from 'react';
import {
  type ChannelPartsFragment,
  type ChannelType,
  ChannelsDocument,
  type ChannelsQuery,
  type DirectoryPartsFragment,
  RefreshChannelsDocument,
} from '../../generated/graphql.ts';
import { useAttempt } from '../api/attempt.ts';
import { done } from '../api/errors.ts';

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

type Page = ChannelsQuery['channels'];
type Variables = { identityId: string; types: ChannelType[]; first: number; search?: string };

/**
 * What follows the first page. Kept beside it, as the first page is read again and again while the team is being listed.
 * Where that ends elsewhere by then, what has come since may be in neither, and is had by asking for more once more.
 */
function useFurther(variables: Variables, first: Page | undefined) {
  const client = useApolloClient();
  const asked = JSON.stringify(variables);
  const firstEnd = first?.pageInfo.endCursor ?? null;
  const [read, setRead] = useState<{
    asked: string;
    firstEnd: string | null;
    nodes: ChannelPartsFragment[];
    pageInfo: Page['pageInfo'];
  }>();
  const [failed, setFailed] = useState<{ asked: string; error: unknown }>();
  const onItsWay = useRef<string>(undefined);
  const further = read?.asked === asked ? read : undefined;
  const isWhole = further?.firstEnd === firstEnd;
  const last = isWhole ? further?.pageInfo : first?.pageInfo;
  const shown = new Set(first?.nodes.map(({ id }) => id));
  const showMore = async (): Promise<void> => {
    // The same page twice would be shown twice.
    if (onItsWay.current === asked) return;
    onItsWay.current = asked;
    setFailed(undefined);
    const after = last?.endCursor ?? null;
    const query = { query: ChannelsDocument, variables: { ...variables, after }, fetchPolicy: 'no-cache' } as const;
    const answer = await client.query(query).catch((error: unknown) => ({ data: undefined, error }));
    // Another search has gone on meanwhile: what belongs to this one would replace what belongs to that.
    if (onItsWay.current !== asked) return;
    onItsWay.current = undefined;
    const page = answer.data?.channels;
    if (!page) return setFailed({ asked, error: answer.error });
    setRead((before) => ({
      asked,
      firstEnd,
      nodes: [...(isWhole && before?.asked === asked ? before.nodes : []), ...page.nodes],
      pageInfo: page.pageInfo,
    }));
  };
  const nodes = further?.nodes.filter(({ id }) => !shown.has(id)) ?? [];
  const error = failed?.asked === asked ? failed.error : undefined;
  return { nodes, hasMore: last?.hasNextPage ?? false, error, showMore };
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
  const further = useFurther(variables, asked.data?.channels);
  const isSyncing = isActive && (channels?.directory.syncing ?? false);
  const { startPolling, stopPolling } = asked;
  if (isSyncing) startPolling(SYNC_POLL_MS);
  else stopPolling();
  const client = useApolloClient();
  const reading = useAttempt(async () => {
    const { data } = await client.mutate({
      mutation: RefreshChannelsDocument,
      variables: { input: { identityId } },
    });
    done(data?.refreshChannels);
    await asked.refetch();
  }, identityId);
  return {
    channels: [...(channels?.nodes ?? []), ...further.nodes],
    directory: channels?.directory,
    hasMore: further.hasMore,
    isSearching: asked.loading && asked.networkStatus !== NetworkStatus.poll,
    error: asked.error ?? further.error ?? reading.error,
    showMore: () => void further.showMore(),
    readAgain: () => void reading.go(),
  };
}
