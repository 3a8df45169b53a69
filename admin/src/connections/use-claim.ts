import { useApolloClient } from '@apollo/client/react';
import { notifications } from '@mantine/notifications';
import { useEffect, useEffectEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { CompleteSlackInstallDocument, ConnectionsDocument, IdentitiesDocument } from '../../generated/graphql.ts';
import { done } from '../api/errors.ts';
import { readAfterwards } from '../api/read-afterwards.ts';
import { useChange } from '../parts/change.ts';
import { useIsShown } from '../parts/shown.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { type Returned, takeBegun, takeReturnFromAddress, wordsForConnected } from './install.ts';

/** Read once, when the page is opened at the address that Slack's trip ends at; a claim works once too. */
let unread: Returned | undefined = takeReturnFromAddress();
const takeReturn = (): Returned => {
  const taken = unread ?? {};
  unread = undefined;
  return taken;
};

interface Claiming {
  readonly isClaiming: boolean;
  readonly failed: string | undefined;
  readonly error: unknown;
  /** Presents the claim once more, where no answer came to it. */
  readonly again: (() => void) | undefined;
  /** Presents a claim of a trip that was not begun here, which only a person may do. */
  readonly confirm: (() => void) | undefined;
  readonly dismiss: () => void;
}

/** On return from Slack: presents the claim of a trip that was begun here by itself, and goes on to who one posts as. */
export function useClaim(): Claiming {
  const { workspaceId, userId } = useWorkspace();
  const client = useApolloClient();
  const [, go] = useLocation();
  const isShown = useIsShown();
  const [back, setBack] = useState<Returned>({});
  const [isForeign, setForeign] = useState(false);
  const { go: change, busy, error } = useChange();
  const present = async (claim: string): Promise<void> => {
    const { data } = await client.mutate({ mutation: CompleteSlackInstallDocument, variables: { input: { claim } } });
    const payload = data?.completeSlackInstall;
    if (payload) {
      const variables = { workspaceId };
      await readAfterwards(client, [
        { query: ConnectionsDocument, variables },
        { query: IdentitiesDocument, variables },
      ]);
      // Without an answer the claim is kept: it is good for some minutes yet.
      setBack({});
    }
    const { authorization, connection } = done(payload);
    const connected = authorization ? 'you' : connection?.team.name;
    if (connected === undefined) return;
    if (isShown()) go(`/identity?connected=${encodeURIComponent(connected)}`, { replace: true });
    else notifications.show({ message: `${wordsForConnected(connected)}.` });
  };
  const start = (claim: string): void => void change('Connect Slack', () => present(claim));
  const begin = useEffectEvent(() => {
    const taken = takeReturn();
    if (taken.claim === undefined && taken.failed === undefined) return;
    setBack(taken);
    const isOwn = takeBegun(userId, workspaceId);
    setForeign(!isOwn);
    if (taken.claim !== undefined && isOwn) start(taken.claim);
  });
  useEffect(() => begin(), []);
  const { claim, failed } = back;
  const again = claim === undefined ? undefined : () => start(claim);
  const confirm = isForeign && !error ? again : undefined;
  return { isClaiming: busy, failed, error, again, confirm, dismiss: () => setBack({}) };
}
