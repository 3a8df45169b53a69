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

/** What keeps failing while the status is ACTIVE; without a channel it is the periodic check. */
export interface Failing {
  readonly channelId: string | null;
  readonly failures: number;
  readonly code: FailureCode;
  readonly slackError: string | null;
  readonly since: Date;
}

export interface ProblemContext {
  readonly personal: boolean;
  readonly connectionId?: ConnectionId | undefined;
  readonly failing?: Failing | undefined;
}

/**
 * Why it is not ACTIVE; what Slack said last is in the message, and the exact install that mends it in the remedy. While it
 * is ACTIVE: what keeps failing all the same.
 */
export const problemOf = (
  standing: Standing,
  { personal, connectionId, failing }: ProblemContext,
): ConnectionProblem | null => {
  const status = statusOf(standing);
  if (status === 'ACTIVE') return failing ? failingProblem(failing, personal) : null;
  const code = status === 'DISCONNECTED' ? 'CONNECTION_DISCONNECTED' : 'CONNECTION_NEEDS_REAUTHORIZATION';
  const since = status === 'DISCONNECTED' ? standing.disconnectedAt : (standing.credential?.problemSince ?? null);
  const { message, remedy } = describeFailure(code, {
    slackError: standing.credential?.problemCode,
    personal,
    connectionId,
  });
  return { code, message, remedy, since: since ?? new Date(0) };
};

const failingProblem = (failing: Failing, personal: boolean): ConnectionProblem => {
  const { channelId, failures, code, slackError, since } = failing;
  if (channelId === null) return { code, since, ...failingChecks(failing) };
  const { message, remedy } = describeFailure(code, { channelId, slackError, personal });
  return {
    code,
    message: `The last ${failures} messages to the channel ${channelId} failed. ${message}`,
    remedy,
    since,
  };
};

const failingChecks = ({ failures, code, slackError }: Failing): { message: string; remedy: string } => {
  if (code === 'INTERNAL') {
    return {
      message: `This authorization's token could not be opened, ${failures} times in a row.`,
      remedy:
        'Let the operator give back the key of TOKEN_ENCRYPTION_KEYS that it was sealed with, or connect again, which replaces it.',
    };
  }
  return slackError === null
    ? {
        message: `Slack could not be asked about this authorization, or gave no new token for it, ${failures} times in a row.`,
        remedy:
          'Wait until Slack can be reached again (slack-status.com), or let the operator find in the log what it answers; it is asked again by itself.',
      }
    : {
        message: `Slack refuses every check of this authorization (${slackError}), and does not say that it has ended.`,
        remedy:
          "Look whether the app's IP allow-list, or a setting of the organisation, keeps this server out; it is checked again by itself.",
      };
};
