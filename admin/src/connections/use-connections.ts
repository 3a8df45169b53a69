import { useQuery } from '@apollo/client/react';
import { type ConnectionPartsFragment, ConnectionsDocument } from '../../generated/graphql.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';

interface Connections {
  readonly connections: readonly ConnectionPartsFragment[] | undefined;
  /** Those that need a person, disconnected ones not counted. */
  readonly broken: readonly ConnectionPartsFragment[];
  readonly error: unknown;
  readonly refetch: () => void;
}

const NONE: readonly ConnectionPartsFragment[] = [];

const isBroken = ({ status, problem, myAuthorization }: ConnectionPartsFragment): boolean =>
  status !== 'DISCONNECTED' && Boolean(problem ?? myAuthorization?.problem);

export function useConnections(): Connections {
  const { workspaceId } = useWorkspace();
  const { data, error, refetch } = useQuery(ConnectionsDocument, { variables: { workspaceId } });
  const connections = data?.connections;
  return {
    connections,
    broken: connections?.filter(isBroken) ?? NONE,
    error,
    refetch: () => void refetch(),
  };
}
