import { useApolloClient } from '@apollo/client/react';
import { ChannelDocument, type IdentityPartsFragment, type SelectionPartsFragment } from '../../generated/graphql.ts';
import { useChange } from '../parts/change.ts';
import { showUndo } from '../parts/undo.tsx';
import { nameOf } from './channel-words.ts';
import { useSelectIdentity } from './select-identity.ts';

/** Posts as another one from now on: into the same default channel where that one sees it. It can be taken back. */
export function useChooseAnother(before: SelectionPartsFragment | null | undefined) {
  const client = useApolloClient();
  const select = useSelectIdentity();
  const old = before?.defaultChannel;
  const isArchivedFor = async (identity: IdentityPartsFragment): Promise<boolean> => {
    if (!old) return false;
    const variables = { identityId: identity.id, id: old.id };
    const { data } = await client.query({ query: ChannelDocument, variables, fetchPolicy: 'no-cache' });
    return data?.channel?.isArchived === true;
  };
  const choose = async (identity: IdentityPartsFragment): Promise<void> => {
    const isArchived = await isArchivedFor(identity);
    // What cannot be looked up may still be posted in: only the server knows which channel it takes.
    const selection = await (old && !isArchived ? select(identity, old.id, undefined) : select(identity));
    if (!before) return;
    const why = isArchived ? 'is archived' : `is not seen by ${identity.postsAs}`;
    const loss = old && !selection?.defaultChannel ? ` Choose a default channel: ${nameOf(old)} ${why}.` : '';
    showUndo(`You post as ${identity.postsAs}`, `It was ${before.identity.postsAs} until now.${loss}`, () =>
      select(before.identity, old?.id),
    );
  };
  const { go, busy, error } = useChange();
  return {
    choose: (identity: IdentityPartsFragment) => void go(`Post as ${identity.postsAs}`, () => choose(identity)),
    busy,
    error,
  };
}
