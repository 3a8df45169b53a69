import { useApolloClient } from '@apollo/client/react';
import type { DocumentNode } from 'graphql';
import { useEffect, useRef } from 'react';
import { ConnectionsDocument, IdentitiesDocument, SelectionDocument, StatsDocument } from '../../generated/graphql.ts';
import { useLine } from '../api/line.ts';
import { useConnectionChanges } from '../api/live.ts';
import { useSession } from '../session/session.tsx';

/** What no stream of deliveries brings up to date. */
const READ_ANEW: readonly DocumentNode[] = [ConnectionsDocument, IdentitiesDocument, SelectionDocument, StatsDocument];

/** Keeps connections and identities current: when one changes, and when the line was down for a while. */
export function useCatchUp(workspaceId: string): void {
  const client = useApolloClient();
  const line = useLine(useSession().line);
  const wasDown = useRef(false);
  const readAnew = (): void => {
    const active = [...client.getObservableQueries().values()].map(({ query }) => query);
    const include = READ_ANEW.filter((document) => active.includes(document));
    if (include.length > 0) void client.refetchQueries({ include });
  };
  useConnectionChanges(workspaceId, readAnew);
  useEffect(() => {
    if (line === 'down') wasDown.current = true;
    if (line !== 'open' || !wasDown.current) return;
    wasDown.current = false;
    readAnew();
  });
}
