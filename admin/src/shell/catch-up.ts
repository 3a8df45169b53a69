import type { ApolloClient } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import type { DocumentNode } from 'graphql';
import { useEffect, useRef } from 'react';
import {
  AuthorizationsDocument,
  ConnectionsDocument,
  EventTypesDocument,
  IdentitiesDocument,
  PreflightDocument,
  SelectionDocument,
  StatsDocument,
} from '../../generated/graphql.ts';
import { useLine } from '../api/line.ts';
import { useConnectionChanges } from '../api/live.ts';
import { useReadAgain } from '../api/read-again.ts';
import { useSession } from '../session/session.tsx';

/** What no stream of deliveries brings up to date. What failed is read anew as well. */
const READ_ANEW: ReadonlySet<DocumentNode> = new Set<DocumentNode>([
  AuthorizationsDocument,
  ConnectionsDocument,
  EventTypesDocument,
  IdentitiesDocument,
  PreflightDocument,
  SelectionDocument,
  StatsDocument,
]);

function readAnew(client: ApolloClient): Promise<unknown> {
  const stale = [...client.getObservableQueries()].filter(
    // As it was written: `query` is the document as the cache has changed it, and equal to none of ours.
    (shown) => READ_ANEW.has(shown.options.query) || shown.getCurrentResult().error !== undefined,
  );
  return Promise.allSettled(stale.map((shown) => waitedFor(shown.options.query, shown.refetch())));
}

/** A preflight may have to ask Slack: what changes meanwhile does not wait for that. */
function waitedFor(query: DocumentNode, reading: Promise<unknown>): Promise<unknown> {
  if (query !== PreflightDocument) return reading;
  void reading.catch(() => undefined);
  return Promise.resolve();
}

/** Keeps connections and identities current: when one changes, and when the line was down for a while. */
export function useCatchUp(workspaceId: string): void {
  const client = useApolloClient();
  const line = useLine(useSession().line);
  const wasDown = useRef(false);
  const readAgain = useReadAgain(() => readAnew(client));
  useConnectionChanges(workspaceId, readAgain);
  useEffect(() => {
    if (line === 'down') wasDown.current = true;
    if (line !== 'open' || !wasDown.current) return;
    wasDown.current = false;
    readAgain();
  });
}
