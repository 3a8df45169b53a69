import { useApolloClient } from '@apollo/client/react';
import { useState } from 'react';
import { BeginSlackInstallDocument, type InstallIntent } from '../../generated/graphql.ts';
import { useAttempt } from '../api/attempt.ts';
import { done } from '../api/errors.ts';
import { useIsShown } from '../parts/shown.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';

interface Begin {
  readonly begin: (intent: InstallIntent, connectionId?: string) => void;
  readonly busy: boolean;
  readonly error: unknown;
}

const LEAVING_MS = 8_000;

const BEGUN_KEY = 'heliograph.install';
const begunBy = (userId: string, workspaceId: string): string => JSON.stringify([userId, workspaceId]);

/**
 * Whether the trip that has come back was begun in this tab by who is signed in here. An address that somebody mailed ends
 * here as well, with what its reader has approved.
 */
export function takeBegun(userId: string, workspaceId: string): boolean {
  const begun = sessionStorage.getItem(BEGUN_KEY);
  sessionStorage.removeItem(BEGUN_KEY);
  return begun === begunBy(userId, workspaceId);
}

/** Begins the trip to Slack; the browser comes back to the connections with a claim in its address. */
export function useBeginInstall(): Begin {
  const { workspaceId, userId } = useWorkspace();
  const client = useApolloClient();
  const isShown = useIsShown();
  const [isLeaving, setLeaving] = useState(false);
  const { go, busy, error } = useAttempt(async (intent: InstallIntent, connectionId?: string) => {
    const returnTo = `${location.origin}/admin/w/${encodeURIComponent(workspaceId)}/connections`;
    const input = { workspaceId, intent, returnTo, ...(connectionId === undefined ? {} : { connectionId }) };
    const { data } = await client.mutate({ mutation: BeginSlackInstallDocument, variables: { input } });
    const { authorizeUrl } = done(data?.beginSlackInstall);
    // Whoever has gone on by then is not taken to Slack.
    if (!authorizeUrl || !isShown()) return;
    setLeaving(true);
    // Whoever presses Stop stays, and a browser that keeps pages brings this one back as it was.
    setTimeout(() => setLeaving(false), LEAVING_MS);
    sessionStorage.setItem(BEGUN_KEY, begunBy(userId, workspaceId));
    location.assign(authorizeUrl);
  });
  return { begin: (intent, connectionId) => void go(intent, connectionId), busy: busy || isLeaving, error };
}

export interface Returned {
  readonly claim?: string;
  readonly failed?: string;
}

/** What Slack's trip brought back, taken out of the address bar at once: a claim works once. */
export function takeReturnFromAddress(): Returned {
  const given = new URLSearchParams(location.search);
  const status = given.get('status');
  const claim = given.get('claim');
  const isReturn = status === 'failed' || (status === 'granted' && claim !== null);
  if (!isReturn) return {};
  history.replaceState(history.state, '', location.pathname);
  return status === 'granted' && claim !== null ? { claim } : { failed: given.get('code') ?? 'SLACK_ERROR' };
}

/** The codes with which the trip can come back; there is no answer of the API that would explain them. */
const RETURN_CODES: Readonly<Record<string, string>> = {
  ACCESS_DENIED: 'Slack was not allowed to connect: somebody pressed Cancel. Nothing has changed.',
  STATE_INVALID: 'This trip to Slack is not known here. Begin again.',
  STATE_EXPIRED: 'The trip to Slack took more than 10 minutes. Begin again.',
  STATE_USED: 'This trip to Slack was finished before. Begin again if something is still missing.',
  TEAM_MISMATCH:
    'Another Slack team was chosen than the one to reconnect, so nothing was kept. Begin again and choose the same team.',
  ENTERPRISE_INSTALL_UNSUPPORTED:
    'The app was installed for a whole organisation, which is not supported. Begin again and choose a single team.',
  SLACK_ERROR: 'Slack could not finish the connection. Begin again; if it keeps failing, tell the operator.',
};

export const wordsForReturn = (code: string): string =>
  RETURN_CODES[code] ?? `The trip to Slack failed (${code}). Begin again.`;

/** What the trip has connected: a team by its name, or the viewer. */
export const wordsForConnected = (connected: string): string =>
  connected === 'you' ? 'You are authorized' : `${connected} is connected`;
