import { useQuery } from '@apollo/client/react';
import {
  IdentitiesDocument,
  type IdentityPartsFragment,
  SelectionDocument,
  type SelectionPartsFragment,
} from '../../generated/graphql.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';

interface Identities {
  readonly identities: readonly IdentityPartsFragment[] | undefined;
  readonly selection: SelectionPartsFragment | null | undefined;
  /** Whether what is shown may be from before, since it is being read. */
  readonly isReading: boolean;
  readonly error: unknown;
  readonly refetch: () => void;
}

/** Who the viewer could post as, and who they chose. */
export function useIdentities(): Identities {
  const { workspaceId, role } = useWorkspace();
  const identities = useQuery(IdentitiesDocument, { variables: { workspaceId } });
  // A service selects nothing.
  const selection = useQuery(SelectionDocument, { variables: { workspaceId }, skip: role === 'SERVICE' });
  return {
    identities: identities.data?.availableIdentities,
    selection: role === 'SERVICE' ? null : selection.data && (selection.data.selectedIdentity ?? null),
    isReading: identities.loading || selection.loading,
    error: identities.error ?? selection.error,
    refetch: () => void Promise.all([identities.refetch(), role === 'SERVICE' ? undefined : selection.refetch()]),
  };
}

export const kindOf = ({ kind, authorization }: IdentityPartsFragment): string =>
  kind === 'WORKSPACE_BOT' ? 'the bot' : `a person (${authorization?.userId ?? 'unknown'})`;
