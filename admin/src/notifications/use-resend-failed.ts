import { useApolloClient } from '@apollo/client/react';
import { useRef, useState } from 'react';
import {
  type FailureCode,
  type NotificationFilter,
  ResendCandidatesDocument,
  type ResendCandidatesQuery,
  ResendNotificationDocument,
  type ResendNotificationMutation,
} from '../../generated/graphql.ts';
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
  readonly sent: number;
  /** What was refused, each reason with how often. */
  readonly refused: Readonly<Record<string, number>>;
  readonly stopped: boolean;
  /** The queue is full; it goes on when there is room. */
  readonly isWaiting: boolean;
  readonly trouble: string | undefined;
}

const NOTHING: Run = {
  phase: 'idle',
  candidates: [],
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

const withOutcome = (run: Run, refusal: string | undefined): Run =>
  refusal === undefined
    ? { ...run, sent: run.sent + 1, isWaiting: false }
    : { ...run, refused: { ...run.refused, [refusal]: (run.refused[refusal] ?? 0) + 1 }, isWaiting: false };

/** Counts first, then resends one by one through the public API, so that it can be watched and stopped. */
export function useResendFailed(): ResendFailedRun {
  const client = useApolloClient();
  const { workspaceId } = useWorkspace();
  const [run, setRun] = useState(NOTHING);
  const isStopped = useRef(false);
  const update = (change: Partial<Run>): void => setRun((before) => ({ ...before, ...change }));
  const count = async ({ since, failureCode }: Wanted): Promise<void> => {
    const createdSince = momentOf(since);
    if (createdSince === undefined) return;
    isStopped.current = false;
    setRun({ ...NOTHING, phase: 'counting' });
    const filter: NotificationFilter = { statuses: ['FAILED'], createdSince, ...(failureCode ? { failureCode } : {}) };
    const candidates: Candidate[] = [];
    try {
      for await (const found of candidatesOf(client, workspaceId, filter)) {
        if (isStopped.current) return update({ phase: 'idle', candidates: [] });
        candidates.push(...found);
        update({ candidates: [...candidates] });
      }
      update({ phase: 'counted' });
    } catch (error) {
      update({ phase: 'idle', trouble: explain(error).text });
    }
  };
  const send = async (reason: string): Promise<void> => {
    isStopped.current = false;
    update({ phase: 'sending', sent: 0, refused: {} });
    try {
      // The oldest first: in a channel, messages come in the order in which they failed.
      for (const { id } of run.candidates.toReversed()) {
        if (isStopped.current) break;
        let refusal = await resendOne(client, id, reason);
        while (refusal && isQueueFull(refusal) && !isStopped.current) {
          update({ isWaiting: true });
          await pause(refusal.retryAfterSeconds);
          if (!isStopped.current) refusal = await resendOne(client, id, reason);
        }
        if (refusal && isQueueFull(refusal)) break;
        const said = refusal?.message;
        setRun((before) => withOutcome(before, said));
      }
      update({ phase: 'done', stopped: isStopped.current, isWaiting: false });
    } catch (error) {
      // Going on would only repeat it.
      update({ phase: 'done', stopped: true, isWaiting: false, trouble: explain(error).text });
    }
  };
  const stop = (): void => {
    isStopped.current = true;
  };
  return { run, count, send, stop, reset: () => setRun(NOTHING) };
}
