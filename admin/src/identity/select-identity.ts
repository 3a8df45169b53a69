import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import {
  type IdentityPartsFragment,
  SelectIdentityDocument,
  SelectionDocument,
  type UserErrorPartsFragment,
} from '../../generated/graphql.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';

interface Select {
  readonly select: (identity: IdentityPartsFragment, defaultChannelId?: string) => Promise<boolean>;
  readonly busy: boolean;
  readonly errors: readonly UserErrorPartsFragment[];
  readonly error: unknown;
}

/** Chooses who the viewer posts as, with a default channel or without one. */
export function useSelectIdentity(): Select {
  const { workspaceId } = useWorkspace();
  const [run, { loading, error }] = useMutation(SelectIdentityDocument);
  const [errors, setErrors] = useState<readonly UserErrorPartsFragment[]>([]);
  const select = async (identity: IdentityPartsFragment, defaultChannelId?: string): Promise<boolean> => {
    const { kind, connection, authorization } = identity;
    const input = {
      workspaceId,
      kind,
      connectionId: connection.id,
      ...(authorization && kind === 'PERSONAL_USER' ? { authorizationId: authorization.id } : {}),
      ...(defaultChannelId === undefined ? {} : { defaultChannelId }),
    };
    const answer = await run({
      variables: { input },
      update: (cache, { data }) => {
        const selectedIdentity = data?.selectIdentity.selection;
        if (selectedIdentity)
          cache.writeQuery({ query: SelectionDocument, variables: { workspaceId }, data: { selectedIdentity } });
      },
    }).catch(() => undefined);
    const payload = answer?.data?.selectIdentity;
    setErrors(payload?.userErrors ?? []);
    return Boolean(payload?.selection);
  };
  return { select, busy: loading, errors, error };
}
