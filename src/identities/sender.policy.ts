import { describeFailure, type FailureCode } from '../connections/failure.policy.ts';
import type { PrincipalKind } from '../credentials/credential.entity.ts';
import type {
  AuthorizationId,
  ChannelId,
  ConnectionId,
  CredentialId,
  IdentityId,
  SlackUserId,
  TeamId,
  UserId,
  WorkspaceId,
} from '../platform/ids.ts';
import type { Refusal, UserErrorCode } from '../platform/user-error.ts';
import type { IdentityKind } from './identity.entity.ts';
import { identityFailure, isPersonal, POSTING_SCOPE, postsAs, refusalCodeOf } from './identity.policy.ts';

/** Everything that decides whether, and as whom, a message can go; one row of one statement. */
export interface SenderRow {
  readonly identityId: IdentityId;
  readonly kind: IdentityKind;
  readonly connectionId: ConnectionId;
  readonly workspaceId: WorkspaceId;
  readonly teamId: TeamId;
  readonly botUserId: SlackUserId;
  readonly botUserName: string | null;
  readonly connectionDisconnectedAt: Date | null;
  readonly authorizationId: AuthorizationId | null;
  readonly userId: UserId | null;
  readonly slackUserId: SlackUserId | null;
  readonly slackUserName: string | null;
  readonly authorizationDisconnectedAt: Date | null;
  /** Of the principal that would post: the bot, or the person. */
  readonly credentialId: CredentialId | null;
  readonly credentialTeamId: TeamId | null;
  readonly credentialSlackUserId: SlackUserId | null;
  readonly credentialKind: PrincipalKind | null;
  readonly problemCode: string | null;
  readonly problemSince: Date | null;
  readonly scopes: readonly string[] | null;
  readonly defaultChannelId: ChannelId | null;
}

/** As whom a message goes: fixed when it is accepted, whatever is selected or disconnected later. */
export interface ResolvedSender {
  readonly identityId: IdentityId;
  readonly kind: IdentityKind;
  readonly connectionId: ConnectionId;
  readonly authorizationId: AuthorizationId | null;
  /** Null on a refusal whose principal is gone. */
  readonly credentialId: CredentialId | null;
  readonly teamId: TeamId;
  readonly slackUserId: SlackUserId;
  readonly postsAs: string;
  readonly workspaceId: WorkspaceId;
}

type SenderFailure = Extract<FailureCode, UserErrorCode> | 'MISSING_SCOPE';

export const senderOf = (row: SenderRow): ResolvedSender => {
  const { identityId, kind, connectionId, authorizationId, credentialId, teamId, workspaceId } = row;
  const slackUserId = row.slackUserId ?? row.botUserId;
  const person = row.slackUserId === null ? null : { slackUserId: row.slackUserId, slackUserName: row.slackUserName };
  return {
    identityId,
    kind,
    connectionId,
    authorizationId,
    credentialId,
    teamId,
    slackUserId,
    postsAs: postsAs(row, person),
    workspaceId,
  };
};

/** The last fence before a send: the tokens are those of this very team and this very bot or person. */
const isOfAnotherPrincipal = (row: SenderRow): boolean =>
  row.credentialId !== null &&
  (row.credentialTeamId !== row.teamId ||
    row.credentialSlackUserId !== (row.slackUserId ?? row.botUserId) ||
    row.credentialKind !== (row.kind === 'WORKSPACE_BOT' ? 'BOT' : 'USER'));

/** Why the identity cannot post now; null where it can. */
export const senderFailure = (row: SenderRow): SenderFailure | null => {
  const credential =
    row.credentialId === null ? null : { problemCode: row.problemCode, problemSince: row.problemSince };
  const isBot = row.kind === 'WORKSPACE_BOT';
  // A person's standing does not follow from the bot's credential, which this row does not hold.
  const live = { problemCode: null, problemSince: null };
  const failure = identityFailure({
    kind: row.kind,
    connection: { disconnectedAt: row.connectionDisconnectedAt, credential: isBot ? credential : live },
    authorization: isBot ? null : { disconnectedAt: row.authorizationDisconnectedAt, credential },
    scopes: row.scopes ?? [],
  });
  return failure ?? (isOfAnotherPrincipal(row) ? 'TEAM_MISMATCH' : null);
};

/** What is stored with the failure: its words are made of it when it is read. */
export const detailOf = (code: FailureCode): string | undefined =>
  code === 'MISSING_SCOPE' ? POSTING_SCOPE : undefined;

/** Likewise; what Slack said before a person disconnected it is not why it failed. */
export const slackErrorOf = (code: FailureCode, row: SenderRow | undefined): string | null =>
  code === 'CONNECTION_NEEDS_REAUTHORIZATION' ? (row?.problemCode ?? null) : null;

export const senderRefusal = (code: SenderFailure, row: SenderRow | undefined, field: readonly string[]): Refusal => {
  const context = {
    slackError: slackErrorOf(code, row),
    connectionId: row?.connectionId,
    personal: isPersonal(code, row?.kind),
    postsAs: row === undefined ? undefined : senderOf(row).postsAs,
    detail: detailOf(code),
  };
  const { message, remedy } = describeFailure(code, context);
  const refusal = { code: refusalCodeOf(code), message, remedy, field };
  if (code !== 'TEAM_MISMATCH' || !row?.credentialTeamId || row.credentialTeamId === row.teamId) return refusal;
  const details = { kind: 'teamMismatch', expectedTeamId: row.teamId, actualTeamId: row.credentialTeamId } as const;
  return { ...refusal, details };
};
