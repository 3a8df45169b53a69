import { useApolloClient } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import {
  AuthorizationsDocument,
  IdentitiesDocument,
  type NotificationFilter,
  QueuedCountDocument,
} from '../../generated/graphql.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';

/** Counted in pages of 100; beyond this, "more than" says enough. */
const MOST_PAGES = 10;
const WAITING = ['QUEUED', 'SENDING', 'RETRYING'] as const;

export const plural = (count: number, one: string, many: string, isMore = false): string =>
  `${count.toLocaleString('en')}${isMore ? '+' : ''} ${count === 1 ? one : many}`;

interface Consequences {
  readonly waiting: number;
  readonly isMore: boolean;
  readonly people: number;
  readonly isCounting: boolean;
}

interface Target {
  readonly id: string;
  readonly kind: 'connection' | 'authorization';
  readonly connectionId: string;
}

const COUNTING: Consequences = { waiting: 0, isMore: false, people: 0, isCounting: true };

/** What a disconnect would end, counted when the dialog opens. */
export function useConsequences(target: Target, opened: boolean): Consequences {
  const client = useApolloClient();
  const { workspaceId } = useWorkspace();
  const [found, setFound] = useState(COUNTING);
  const { id, kind, connectionId } = target;
  useEffect(() => {
    if (!opened) return undefined;
    let isCurrent = true;
    const ask = async (): Promise<void> => {
      const filter = await filterFor();
      const [counted, people] = await Promise.all([
        filter ? count(filter) : { waiting: 0, isMore: false },
        countPeople(),
      ]);
      if (isCurrent) setFound({ ...counted, people, isCounting: false });
    };
    const filterFor = async (): Promise<NotificationFilter | undefined> => {
      const statuses = [...WAITING];
      if (kind === 'connection') return { connectionId, statuses };
      const { data } = await client.query({
        query: IdentitiesDocument,
        variables: { workspaceId },
        fetchPolicy: 'network-only',
      });
      const identity = data?.availableIdentities.find(({ authorization }) => authorization?.id === id);
      return identity && { identityId: identity.id, statuses };
    };
    const count = async (filter: NotificationFilter): Promise<{ waiting: number; isMore: boolean }> => {
      let waiting = 0;
      let after: string | null = null;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const variables: { workspaceId: string; filter: NotificationFilter; after: string | null } = {
          workspaceId,
          filter,
          after,
        };
        const { data } = await client.query({ query: QueuedCountDocument, variables, fetchPolicy: 'no-cache' });
        waiting += data?.notificationHistory.nodes.length ?? 0;
        if (!data?.notificationHistory.pageInfo.hasNextPage) return { waiting, isMore: false };
        after = data.notificationHistory.pageInfo.endCursor ?? null;
      }
      return { waiting, isMore: true };
    };
    const countPeople = async (): Promise<number> => {
      if (kind === 'authorization') return 0;
      const { data } = await client.query({
        query: AuthorizationsDocument,
        variables: { connectionId },
        fetchPolicy: 'no-cache',
      });
      return data?.connection?.authorizations.nodes.filter(({ status }) => status !== 'DISCONNECTED').length ?? 0;
    };
    setFound(COUNTING);
    ask().catch(() => isCurrent && setFound({ ...COUNTING, isCounting: false }));
    return () => {
      isCurrent = false;
    };
  }, [client, workspaceId, id, kind, connectionId, opened]);
  return found;
}
