import { useApolloClient } from '@apollo/client/react';
import {
  type IdentityPartsFragment,
  SelectIdentityDocument,
  SelectionDocument,
  type SelectionPartsFragment,
} from '../../generated/graphql.ts';
import { done, Refused } from '../api/errors.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';

const isAboutChannel = (error: unknown): boolean =>
  error instanceof Refused && error.userErrors.some(({ field }) => field?.at(-1) === 'defaultChannelId');

/** Into the first of these channels that the server does not refuse; undefined is none. Rejects where nothing is selected. */
type Select = (
  identity: IdentityPartsFragment,
  ...channelIds: (string | undefined)[]
) => Promise<SelectionPartsFragment | null | undefined>;

/** Chooses who the viewer posts as, with a default channel or without one. */
export function useSelectIdentity(): Select {
  const { workspaceId } = useWorkspace();
  const client = useApolloClient();
  const attempt = async (identity: IdentityPartsFragment, defaultChannelId: string | undefined) => {
    const { kind, connection, authorization } = identity;
    const input = {
      workspaceId,
      kind,
      connectionId: connection.id,
      ...(authorization && kind === 'PERSONAL_USER' ? { authorizationId: authorization.id } : {}),
      ...(defaultChannelId === undefined ? {} : { defaultChannelId }),
    };
    const { data } = await client.mutate({
      mutation: SelectIdentityDocument,
      variables: { input },
      update: (cache, answer) => {
        const selectedIdentity = answer.data?.selectIdentity.selection;
        if (selectedIdentity)
          cache.writeQuery({ query: SelectionDocument, variables: { workspaceId }, data: { selectedIdentity } });
      },
    });
    return done(data?.selectIdentity).selection;
  };
  const select: Select = async (identity, channelId, ...others) => {
    try {
      return await attempt(identity, channelId);
    } catch (error) {
      if (others.length === 0 || !isAboutChannel(error)) throw error;
      const [next, ...rest] = others;
      return select(identity, next, ...rest);
    }
  };
  return select;
}
