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
  /** What the principal that would post was granted. */
  readonly scopes: readonly string[];
}

/** The part of `FailureCode` for which an identity, as such, cannot post. */
export type IdentityFailure = Extract<
  FailureCode,
  'CONNECTION_DISCONNECTED' | 'CONNECTION_NEEDS_REAUTHORIZATION' | 'IDENTITY_NOT_USABLE' | 'MISSING_SCOPE'
>;

/** Slack: chat.postMessage. */
export const POSTING_SCOPE = 'chat:write';

/**
 * Nothing personal outlives its workspace connection. What needs reauthorization is a principal, though: a person whose
 * own token lives goes on posting while only the bot's has ended. Of one that lives and may not post, Slack takes nothing.
 */
export const identityFailure = ({
  kind,
  connection,
  authorization,
  scopes,
}: IdentityStanding): IdentityFailure | null => {
  if (statusOf(connection) === 'DISCONNECTED') return 'CONNECTION_DISCONNECTED';
  const own = kind === 'WORKSPACE_BOT' ? connection : authorization;
  const status = own === null ? 'DISCONNECTED' : statusOf(own);
  if (status === 'ACTIVE') return scopes.includes(POSTING_SCOPE) ? null : 'MISSING_SCOPE';
  return status === 'DISCONNECTED' ? 'IDENTITY_NOT_USABLE' : 'CONNECTION_NEEDS_REAUTHORIZATION';
};

/** Whom it is about: an identity whose connection is disconnected waits for an admin, whoever it posts as. */
export const isPersonal = (code: FailureCode, kind: IdentityKind | null | undefined): boolean =>
  kind === 'PERSONAL_USER' && code !== 'CONNECTION_DISCONNECTED';

/** No user error is named after a scope: to a caller it is an identity that cannot post, in the words of what is missing. */
export const refusalCodeOf = <Code extends FailureCode>(
  code: Code,
): Exclude<Code, 'MISSING_SCOPE'> | 'IDENTITY_NOT_USABLE' =>
  code === 'MISSING_SCOPE' ? 'IDENTITY_NOT_USABLE' : (code as Exclude<Code, 'MISSING_SCOPE'>);

/** `authorizedAt` is of the principal that would post. */
export const identityProblem = (standing: IdentityStanding, authorizedAt: Date): ConnectionProblem | null => {
  const code = identityFailure(standing);
  if (code === null) return null;
  const personal = isPersonal(code, standing.kind);
  const connectionId = standing.connection.id;
  if (code === 'CONNECTION_DISCONNECTED' || code === 'CONNECTION_NEEDS_REAUTHORIZATION') {
    const own = personal && standing.authorization !== null ? standing.authorization : standing.connection;
    return problemOf(own, { personal, connectionId });
  }
  const { message, remedy } = describeFailure(code, { personal, detail: POSTING_SCOPE });
  const since = code === 'MISSING_SCOPE' ? authorizedAt : (standing.authorization?.disconnectedAt ?? new Date(0));
  return { code, message, remedy, since };
};

/** What Slack shows as the author; the Slack user id where its name cannot be read. */
export const postsAs = (
  connection: { readonly botUserId: string; readonly botUserName: string | null },
  authorization: { readonly slackUserId: string; readonly slackUserName: string | null } | null,
): string =>
  authorization === null
    ? (connection.botUserName ?? connection.botUserId)
    : (authorization.slackUserName ?? authorization.slackUserId);
