import type { ConnectionId } from '../platform/ids.ts';
import { describeFailure, type FailureCode } from './failure.policy.ts';

export type ConnectionStatus = 'ACTIVE' | 'NEEDS_REAUTHORIZATION' | 'DISCONNECTED';

export interface ConnectionProblem {
  readonly code: FailureCode;
  readonly message: string;
  readonly remedy: string;
  readonly since: Date;
}

/** The part of a connection or an authorization, with its credential, that its status follows from. */
export interface Standing {
  readonly disconnectedAt: Date | null;
  readonly credential: { readonly problemCode: string | null; readonly problemSince: Date | null } | null;
}

export const statusOf = ({ disconnectedAt, credential }: Standing): ConnectionStatus => {
  if (disconnectedAt !== null || credential === null) return 'DISCONNECTED';
  return credential.problemCode === null ? 'ACTIVE' : 'NEEDS_REAUTHORIZATION';
};

/** Why it is not ACTIVE; what Slack said last is in the message, and the exact install that mends it in the remedy. */
export const problemOf = (
  standing: Standing,
  personal: boolean,
  connectionId?: ConnectionId,
): ConnectionProblem | null => {
  const status = statusOf(standing);
  if (status === 'ACTIVE') return null;
  const code = status === 'DISCONNECTED' ? 'CONNECTION_DISCONNECTED' : 'CONNECTION_NEEDS_REAUTHORIZATION';
  const since = status === 'DISCONNECTED' ? standing.disconnectedAt : (standing.credential?.problemSince ?? null);
  const { message, remedy } = describeFailure(code, {
    slackError: standing.credential?.problemCode,
    personal,
    connectionId,
  });
  return { code, message, remedy, since: since ?? new Date(0) };
};
