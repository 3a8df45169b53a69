import { useMutation } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import {
  CompleteSlackInstallDocument,
  ConnectionsDocument,
  IdentitiesDocument,
  type UserErrorPartsFragment,
} from '../../generated/graphql.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { type Returned, takeReturnFromAddress } from './install.ts';

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
  readonly errors: readonly UserErrorPartsFragment[];
  readonly error: unknown;
  readonly dismiss: () => void;
}

/** On return from Slack: presents the claim by itself, and goes on to who one posts as. */
export function useClaim(): Claiming {
  const { workspaceId } = useWorkspace();
  const [, go] = useLocation();
  const [back, setBack] = useState<Returned>({});
  const [errors, setErrors] = useState<readonly UserErrorPartsFragment[]>([]);
  const [complete, { error }] = useMutation(CompleteSlackInstallDocument);
  useEffect(() => {
    const taken = takeReturn();
    const { claim } = taken;
    if (claim === undefined && taken.failed === undefined) return;
    setBack(taken);
    if (claim === undefined) return;
    const variables = { workspaceId };
    const refetchQueries = [
      { query: ConnectionsDocument, variables },
      { query: IdentitiesDocument, variables },
    ];
    complete({ variables: { input: { claim } }, refetchQueries, awaitRefetchQueries: true })
      .then(({ data }) => {
        setErrors(data?.completeSlackInstall.userErrors ?? []);
        const { connection, authorization } = data?.completeSlackInstall ?? {};
        const connected = authorization ? 'you' : connection?.team.name;
        if (connected !== undefined) go(`/identity?connected=${encodeURIComponent(connected)}`, { replace: true });
        else setBack({});
      })
      .catch(() => setBack({}));
  }, [complete, go, workspaceId]);
  return { isClaiming: back.claim !== undefined, failed: back.failed, errors, error, dismiss: () => setBack({}) };
}
