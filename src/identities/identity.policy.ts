import { problemOf, statusOf, type ConnectionProblem, type Standing } from '../connections/connection.policy.ts';
import { describeFailure, type FailureCode } from '../connections/failure.policy.ts';
import type { ConnectionId } from '../platform/ids.ts';
import type { IdentityKind } from './identity.entity.ts';

/** What of an identity decides whether it can post now. */
export interface IdentityStanding {
  readonly kind: IdentityKind;
  readonly connection: Standing & { readonly id?: ConnectionId };
  /** PERSONAL_USER only. */
  readonly authorization: Standing | null;
}

/** The part of `FailureCode` for which an identity, as such, cannot post. */
export type IdentityFailure = Extract<
  FailureCode,
  'CONNECTION_DISCONNECTED' | 'CONNECTION_NEEDS_REAUTHORIZATION' | 'IDENTITY_NOT_USABLE'
>;

/**
 * Nothing personal outlives its workspace connection. What needs reauthorization is a principal, though: a person whose
 * own token lives goes on posting while only the bot's has ended.
 */
export const identityFailure = ({ kind, connection, authorization }: IdentityStanding): IdentityFailure | null => {
  if (statusOf(connection) === 'DISCONNECTED') return 'CONNECTION_DISCONNECTED';
  const own = kind === 'WORKSPACE_BOT' ? connection : authorization;
  const status = own === null ? 'DISCONNECTED' : statusOf(own);
  if (status === 'ACTIVE') return null;
  return status === 'DISCONNECTED' ? 'IDENTITY_NOT_USABLE' : 'CONNECTION_NEEDS_REAUTHORIZATION';
};

/** What the principal was granted, and when. */
export interface Granted {
  readonly scopes: readonly string[];
  readonly authorizedAt: Date;
}

/** Slack: chat.postMessage. */
const POSTING_SCOPE = 'chat:write';

export const identityProblem = (standing: IdentityStanding, granted: Granted): ConnectionProblem | null => {
  const code = identityFailure(standing);
  const personal = standing.kind === 'PERSONAL_USER';
  if (code === null) return missingScopeProblem(granted, personal);
  const connectionId = standing.connection.id;
  if (code === 'CONNECTION_DISCONNECTED') return problemOf(standing.connection, { personal: false, connectionId });
  if (code === 'CONNECTION_NEEDS_REAUTHORIZATION') {
    const own = personal && standing.authorization !== null ? standing.authorization : standing.connection;
    return problemOf(own, { personal, connectionId });
  }
  const { message, remedy } = describeFailure(code);
  return { code, message, remedy, since: standing.authorization?.disconnectedAt ?? new Date(0) };
};

/** No message of one that may not post at all is taken, though its token lives. */
const missingScopeProblem = ({ scopes, authorizedAt }: Granted, personal: boolean): ConnectionProblem | null => {
  if (scopes.includes(POSTING_SCOPE)) return null;
  const { message, remedy } = describeFailure('MISSING_SCOPE', { detail: POSTING_SCOPE, personal });
  return { code: 'MISSING_SCOPE', message, remedy, since: authorizedAt };
};

/** What Slack shows as the author; the Slack user id where its name cannot be read. */
export const postsAs = (
  connection: { readonly botUserId: string; readonly botUserName: string | null },
  authorization: { readonly slackUserId: string; readonly slackUserName: string | null } | null,
): string =>
  authorization === null
    ? (connection.botUserName ?? connection.botUserId)
    : (authorization.slackUserName ?? authorization.slackUserId);
