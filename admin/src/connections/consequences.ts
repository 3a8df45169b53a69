import type { ApolloClient } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { AuthorizationsDocument, QueuedCountDocument } from '../../generated/graphql.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { type Counted, countPages } from './count-pages.ts';

const WAITING = ['QUEUED', 'SENDING', 'RETRYING'] as const;

export const plural = (count: number, one: string, many: string, isMore = false): string =>
  `${count.toLocaleString('en')}${isMore ? '+' : ''} ${count === 1 && !isMore ? one : many}`;

export interface Consequences {
  readonly waiting: Counted;
  readonly people: Counted;
}

export interface Target {
  readonly id: string;
  readonly kind: 'connection' | 'authorization';
  readonly connectionId: string;
}

const NOBODY: Counted = { count: 0, isMore: false };

/** Counted by whom each is sent as: only the person themself is told of their identity, an admin is not. */
function countWaiting(client: ApolloClient, workspaceId: string, target: Target): Promise<Counted> {
  const filter = { connectionId: target.connectionId, statuses: [...WAITING] };
  return countPages(
    async (after) => {
      const variables = { workspaceId, filter, after };
      const { data } = await client.query({ query: QueuedCountDocument, variables, fetchPolicy: 'no-cache' });
      return data?.notificationHistory;
    },
    ({ identity }) => target.kind === 'connection' || identity?.authorization?.id === target.id,
  );
}

async function countPeople(client: ApolloClient, { kind, connectionId }: Target): Promise<Counted> {
  if (kind === 'authorization') return NOBODY;
  return countPages(
    async (after) => {
      const variables = { connectionId, after };
      const { data } = await client.query({ query: AuthorizationsDocument, variables, fetchPolicy: 'no-cache' });
      return data?.connection?.authorizations;
    },
    ({ status }) => status !== 'DISCONNECTED',
  );
}

interface Counting {
  /** Undefined until it is counted. */
  readonly found: Consequences | undefined;
  /** Why it could not be counted. */
  readonly error: unknown;
  readonly countAgain: () => void;
}

/** What a disconnect would end, counted when it is asked. */
export function useConsequences({ id, kind, connectionId }: Target): Counting {
  const client = useApolloClient();
  const { workspaceId } = useWorkspace();
  const [found, setFound] = useState<Consequences>();
  const [error, setError] = useState<unknown>();
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    const count = async (): Promise<void> => {
      const target = { id, kind, connectionId };
      const [waiting, people] = await Promise.all([
        countWaiting(client, workspaceId, target),
        countPeople(client, target),
      ]);
      if (isCurrent) setFound({ waiting, people });
    };
    setFound(undefined);
    setError(undefined);
    count().catch((problem: unknown) => isCurrent && setError(problem));
    return () => {
      isCurrent = false;
    };
  }, [client, workspaceId, id, kind, connectionId, tries]);
  return { found, error, countAgain: () => setTries((before) => before + 1) };
}
