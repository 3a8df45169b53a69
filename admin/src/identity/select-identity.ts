import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import {
  type IdentityPartsFragment,
  SelectIdentityDocument,
  SelectionDocument,
  type SelectionPartsFragment,
  type UserErrorPartsFragment,
} from '../../generated/graphql.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';

const isAboutChannel = ({ field }: UserErrorPartsFragment): boolean => field?.at(-1) === 'defaultChannelId';

interface Select {
  /** Into the first of these channels that the server does not refuse; undefined is none. */
  readonly select: (
    identity: IdentityPartsFragment,
    ...channelIds: (string | undefined)[]
  ) => Promise<SelectionPartsFragment | null>;
  readonly busy: boolean;
  readonly errors: readonly UserErrorPartsFragment[];
  readonly error: unknown;
}

/** Chooses who the viewer posts as, with a default channel or without one. */
export function useSelectIdentity(): Select {
  const { workspaceId } = useWorkspace();
  const [run, { loading, error }] = useMutation(SelectIdentityDocument);
  const [errors, setErrors] = useState<readonly UserErrorPartsFragment[]>([]);
  const attempt = async (identity: IdentityPartsFragment, defaultChannelId: string | undefined) => {
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
    return answer?.data?.selectIdentity;
  };
  const select: Select['select'] = async (identity, channelId, ...others) => {
    const payload = await attempt(identity, channelId);
    if (others.length > 0 && payload?.userErrors.some(isAboutChannel)) {
      const [next, ...rest] = others;
      return select(identity, next, ...rest);
    }
    setErrors(payload?.userErrors ?? []);
    return payload?.selection ?? null;
  };
  return { select, busy: loading, errors, error };
}
