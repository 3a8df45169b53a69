import type { AuthorizationId, ConnectionId, SlackUserId, TeamId, UserId, WorkspaceId } from '../platform/ids.ts';
import type { Authorization } from './authorization.entity.ts';
import {
  problemOf,
  statusOf,
  type ConnectionProblem,
  type ConnectionStatus,
  type Failing,
} from './connection.policy.ts';
import type { Connection } from './connection.entity.ts';
import { missingPersonalScopes, missingScopes, type MissingScope } from './scope.policy.ts';

/** A connection as it may be shown: the part of its row and its credential that holds no token. */
export interface ConnectionView {
  readonly id: ConnectionId;
  readonly workspaceId: WorkspaceId;
  readonly team: { id: TeamId; name: string; enterpriseId: string | null; enterpriseName: string | null };
  readonly status: ConnectionStatus;
  readonly problem: ConnectionProblem | null;
  readonly botUserId: SlackUserId;
  readonly scopes: string[];
  readonly missingScopes: MissingScope[];
  readonly tokenExpiresAt: Date | null;
  readonly installedBy: UserId;
  readonly connectedAt: Date;
  readonly lastUsedAt: Date | null;
}

export interface AuthorizationView {
  readonly id: AuthorizationId;
  readonly connectionId: ConnectionId;
  readonly userId: UserId;
  readonly slackUserId: SlackUserId;
  readonly slackUserName: string | null;
  readonly status: ConnectionStatus;
  readonly problem: ConnectionProblem | null;
  readonly scopes: string[];
  readonly missingScopes: MissingScope[];
  readonly tokenExpiresAt: Date | null;
  readonly connectedAt: Date;
  readonly lastUsedAt: Date | null;
}

export const connectionView = (
  connection: Connection,
  wantedScopes: readonly string[],
  failing: Failing | undefined,
): ConnectionView => {
  const { credential, team } = connection;
  return {
    id: connection.id,
    workspaceId: connection.workspaceId,
    team: { id: team.id, name: team.name, enterpriseId: team.enterpriseId, enterpriseName: team.enterpriseName },
    status: statusOf(connection),
    problem: problemOf(connection, { personal: false, connectionId: connection.id, failing }),
    botUserId: connection.botUserId,
    scopes: credential === null ? [] : [...credential.scopes],
    // Nothing is granted to what is disconnected; that its scopes are missing would be noise.
    missingScopes: credential === null ? [] : missingScopes(wantedScopes, credential.scopes),
    tokenExpiresAt: credential?.tokenExpiresAt ?? null,
    installedBy: connection.installedBy,
    connectedAt: connection.connectedAt,
    lastUsedAt: connection.lastUsedAt,
  };
};

export const authorizationView = (
  authorization: Authorization,
  wantedScopes: readonly string[],
  failing: Failing | undefined,
): AuthorizationView => ({
  id: authorization.id,
  connectionId: authorization.connection.id,
  userId: authorization.userId,
  slackUserId: authorization.slackUserId,
  slackUserName: authorization.slackUserName,
  status: statusOf(authorization),
  problem: problemOf(authorization, { personal: true, connectionId: authorization.connection.id, failing }),
  scopes: authorization.credential === null ? [] : [...authorization.credential.scopes],
  missingScopes:
    authorization.credential === null ? [] : missingPersonalScopes(wantedScopes, authorization.credential.scopes),
  tokenExpiresAt: authorization.credential?.tokenExpiresAt ?? null,
  connectedAt: authorization.connectedAt,
  lastUsedAt: authorization.lastUsedAt,
});
