import { useApolloClient } from '@apollo/client/react';
import { useEffect, useRef, useState } from 'react';
import {
  type FailureCode,
  type NotificationFilter,
  ResendCandidatesDocument,
  type ResendCandidatesQuery,
  ResendNotificationDocument,
  type ResendNotificationMutation,
} from '../../generated/graphql.ts';
import { mayResend } from '../notification/permissions.ts';
import { explain } from '../api/errors.ts';
import { momentOf } from '../parts/moment.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';

type Candidate = ResendCandidatesQuery['notificationHistory']['nodes'][number];

export interface Wanted {
  readonly since: string;
  readonly failureCode: FailureCode | null;
  readonly reason: string;
}

export interface Run {
  readonly phase: 'idle' | 'counting' | 'counted' | 'sending' | 'done';
  readonly candidates: readonly Candidate[];
  /** Failed ones that the viewer cannot resend. */
  readonly notTheirs: number;
  readonly sent: number;
  /** What was refused: each reason with how often, and with what helps. */
  readonly refused: Readonly<Record<string, { readonly count: number; readonly remedy: string }>>;
  readonly stopped: boolean;
  /** The queue is full; it goes on when there is room. */
  readonly isWaiting: boolean;
  readonly trouble: string | undefined;
}

const NOTHING: Run = {
  phase: 'idle',
  candidates: [],
  notTheirs: 0,
  sent: 0,
  refused: {},
  stopped: false,
  isWaiting: false,
  trouble: undefined,
};

export interface ResendFailedRun {
  readonly run: Run;
  readonly count: (wanted: Wanted) => Promise<void>;
  readonly send: (reason: string) => Promise<void>;
  readonly stop: () => void;
  readonly reset: () => void;
}

type Client = ReturnType<typeof useApolloClient>;

/** Every failed notification that was not resent yet, page by page. */
async function* candidatesOf(client: Client, workspaceId: string, filter: NotificationFilter) {
  let after: string | null = null;
  for (;;) {
    const variables: { workspaceId: string; filter: NotificationFilter; after: string | null } = {
      workspaceId,
      filter,
      after,
    };
    const { data } = await client.query({ query: ResendCandidatesDocument, variables, fetchPolicy: 'no-cache' });
    const page = data?.notificationHistory;
    yield page?.nodes.filter(({ resentAs }) => !resentAs) ?? [];
    if (!page?.pageInfo.hasNextPage) return;
    after = page.pageInfo.endCursor ?? null;
  }
}

type Refusal = NonNullable<ResendNotificationMutation['resendNotification']['userErrors'][number]>;

/** Why it was refused; undefined where it was resent. */
async function resendOne(client: Client, id: string, reason: string): Promise<Refusal | undefined> {
  const input = reason === '' ? { id } : { id, reason };
  const { data } = await client.mutate({ mutation: ResendNotificationDocument, variables: { input } });
  return data?.resendNotification.userErrors[0];
}

type QueueFull = Extract<Refusal, { retryAfterSeconds: number }>;

const isQueueFull = (refusal: Refusal): refusal is QueueFull => 'retryAfterSeconds' in refusal;

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

function withOutcome(run: Run, refusal: Refusal | undefined): Run {
  if (!refusal) return { ...run, sent: run.sent + 1, isWaiting: false };
  const { message, remedy } = refusal;
  const count = (run.refused[message]?.count ?? 0) + 1;
  return { ...run, refused: { ...run.refused, [message]: { count, remedy } }, isWaiting: false };
}

/** Resends the oldest first: in a channel, messages come in the order in which they failed. */
async function resendAll(
  client: Client,
  candidates: readonly Candidate[],
  reason: string,
  isStopped: () => boolean,
  tell: (change: (before: Run) => Run) => void,
): Promise<void> {
  for (const { id } of candidates.toReversed()) {
    if (isStopped()) return;
    let refusal = await resendOne(client, id, reason);
    while (refusal && isQueueFull(refusal) && !isStopped()) {
      tell((before) => ({ ...before, isWaiting: true }));
      await pause(refusal.retryAfterSeconds);
      if (!isStopped()) refusal = await resendOne(client, id, reason);
    }
    if (refusal && isQueueFull(refusal)) return;
    tell((before) => withOutcome(before, refusal));
  }
}

/** Counts first, then resends one by one through the public API, so that it can be watched and stopped. */
export function useResendFailed(): ResendFailedRun {
  const client = useApolloClient();
  const who = useWorkspace();
  const { workspaceId } = who;
  const [run, setRun] = useState(NOTHING);
  // What an earlier run still hears of is no news of the present one.
  const current = useRef({ isStopped: false });
  // Without the page nobody could stop it any more.
  useEffect(
    () => () => {
      current.current.isStopped = true;
    },
    [],
  );
  const begin = (first: (before: Run) => Run) => {
    const own = { isStopped: false };
    current.current.isStopped = true;
    current.current = own;
    setRun(first);
    const tell = (change: (before: Run) => Run): void => {
      if (current.current === own) setRun(change);
    };
    return { isStopped: () => own.isStopped, tell };
  };
  const count = async ({ since, failureCode }: Wanted): Promise<void> => {
    const createdSince = momentOf(since);
    if (createdSince === undefined) return;
    const { isStopped, tell } = begin(() => ({ ...NOTHING, phase: 'counting' }));
    const filter: NotificationFilter = { statuses: ['FAILED'], createdSince, ...(failureCode ? { failureCode } : {}) };
    try {
      for await (const found of candidatesOf(client, workspaceId, filter)) {
        if (isStopped()) return tell(() => NOTHING);
        const theirs = found.filter((each) => mayResend(each, who));
        tell((before) => ({
          ...before,
          candidates: [...before.candidates, ...theirs],
          notTheirs: before.notTheirs + found.length - theirs.length,
        }));
      }
      tell((before) => ({ ...before, phase: 'counted' }));
    } catch (error) {
      tell(() => ({ ...NOTHING, trouble: explain(error).text }));
    }
  };
  const send = async (reason: string): Promise<void> => {
    const { isStopped, tell } = begin((before) => ({ ...before, phase: 'sending', sent: 0, refused: {} }));
    try {
      await resendAll(client, run.candidates, reason, isStopped, tell);
      tell((before) => ({ ...before, phase: 'done', stopped: isStopped(), isWaiting: false }));
    } catch (error) {
      // Going on would only repeat it.
      const trouble = explain(error).text;
      tell((before) => ({ ...before, phase: 'done', stopped: true, isWaiting: false, trouble }));
    }
  };
  const stop = (): void => {
    current.current.isStopped = true;
  };
  return { run, count, send, stop, reset: () => void begin(() => NOTHING) };
}
