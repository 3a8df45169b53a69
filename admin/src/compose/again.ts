import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { ChannelDocument, NotificationDetailDocument } from '../../generated/graphql.ts';
import type { Draft } from './draft.ts';

interface Again {
  /** Undefined until it was read; without anything where there is none that the viewer may see. */
  readonly draft: Partial<Draft> | undefined;
  /** Of its blocks only the text that stands in for them can be written again. */
  readonly hadBlocks: boolean;
  readonly error: unknown;
  readonly refetch: () => void;
}

/** What was sent once, to be mended and sent as a message of its own. */
export function useWrittenAgain(id: string): Again {
  const { data, error, refetch } = useQuery(NotificationDetailDocument, { variables: { id } });
  const { identity, channelId, text, priority, threadTs } = data?.notification ?? {};
  const isPlaced = Boolean(identity && channelId);
  const place = useQuery(ChannelDocument, {
    variables: { identityId: identity?.id ?? '', id: channelId ?? '' },
    skip: !isPlaced,
  });
  const isRead = data !== undefined && (!isPlaced || !place.loading);
  const draft = {
    ...(text === undefined ? {} : { text }),
    ...(priority === undefined ? {} : { priority }),
    threadTs: threadTs ?? '',
    ...(identity ? { identityId: identity.id } : {}),
    // Where it is not known any more, another one is to be chosen.
    ...(data?.notification ? { channel: place.data?.channel ?? null } : {}),
  };
  // What is read anew after an outage must neither close what is being written nor begin it again.
  const [first, setFirst] = useState<Partial<Draft>>();
  if (first === undefined && isRead) setFirst(draft);
  return { draft: first, hadBlocks: Boolean(data?.notification?.blocks), error, refetch: () => void refetch() };
}
