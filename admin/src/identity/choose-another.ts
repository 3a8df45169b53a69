import { useApolloClient } from '@apollo/client/react';
import { ChannelDocument, type IdentityPartsFragment, type SelectionPartsFragment } from '../../generated/graphql.ts';
import { showUndo } from '../parts/undo.tsx';
import { useSelectIdentity } from './select-identity.ts';

type Choice = Omit<ReturnType<typeof useSelectIdentity>, 'select'> & {
  readonly choose: (identity: IdentityPartsFragment) => Promise<void>;
};

/** Posts as another one from now on: into the same default channel where that one sees it. It can be taken back. */
export function useChooseAnother(before: SelectionPartsFragment | null | undefined): Choice {
  const client = useApolloClient();
  const { select, ...rest } = useSelectIdentity();
  const old = before?.defaultChannel;
  /** Undefined also where it cannot be told: then none is chosen rather than a wrong one. */
  const channelFor = async (identity: IdentityPartsFragment): Promise<string | undefined> => {
    if (!old) return undefined;
    const variables = { identityId: identity.id, id: old.id };
    const answer = await client
      .query({ query: ChannelDocument, variables, fetchPolicy: 'no-cache' })
      .catch(() => undefined);
    const channel = answer?.data?.channel;
    return channel && !channel.isArchived ? channel.id : undefined;
  };
  const choose = async (identity: IdentityPartsFragment): Promise<void> => {
    const kept = await channelFor(identity);
    if (!(await select(identity, kept)) || !before) return;
    const loss =
      old && kept === undefined ? ` Choose a default channel: ${identity.postsAs} does not see ${old.name}.` : '';
    showUndo(`You post as ${identity.postsAs}`, `It was ${before.identity.postsAs} until now.${loss}`, async () => {
      await select(before.identity, old?.id);
    });
  };
  return { ...rest, choose };
}
