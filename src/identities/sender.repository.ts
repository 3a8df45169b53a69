import type { PrincipalKind } from '../credentials/credential.entity.ts';
import type { Sql, Statement } from '../platform/database.ts';
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
import type { IdentityKind } from './identity.entity.ts';

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
  readonly defaultChannelId: ChannelId | null;
}

const COLUMNS = `
  i.id as "identityId", i.kind, c.id as "connectionId", c.workspace_id as "workspaceId", c.team_id as "teamId",
  c.bot_user_id as "botUserId", c.bot_user_name as "botUserName", c.disconnected_at as "connectionDisconnectedAt",
  a.id as "authorizationId", a.user_id as "userId", a.slack_user_id as "slackUserId",
  a.slack_user_name as "slackUserName", a.disconnected_at as "authorizationDisconnectedAt",
  p.id as "credentialId", p.team_id as "credentialTeamId", p.slack_user_id as "credentialSlackUserId",
  p.kind as "credentialKind", p.problem_code as "problemCode", p.problem_since as "problemSince"`;

const JOINS = `
  join connections c on c.id = i.connection_id
  left join authorizations a on a.id = i.authorization_id
  left join credentials p on p.id = case when i.authorization_id is null then c.credential_id else a.credential_id end`;

const BY_IDENTITY: Statement = {
  name: 'sender_by_identity',
  text: `select ${COLUMNS}, null as "defaultChannelId" from identities i ${JOINS} where i.id = $1 and c.workspace_id = $2`,
};

const BY_SELECTION: Statement = {
  name: 'sender_by_selection',
  text: `select ${COLUMNS}, s.default_channel_id as "defaultChannelId"
         from identity_selections s join identities i on i.id = s.identity_id ${JOINS}
         where s.workspace_id = $1 and s.user_id = $2 and c.workspace_id = $1`,
};

/** The hot path of every send: one statement each. */
export class SenderRepository {
  async byIdentity(sql: Sql, workspaceId: WorkspaceId, identityId: string): Promise<SenderRow | undefined> {
    return (await sql.query<SenderRow>(BY_IDENTITY, [identityId, workspaceId]))[0];
  }

  async bySelection(sql: Sql, workspaceId: WorkspaceId, userId: string): Promise<SenderRow | undefined> {
    return (await sql.query<SenderRow>(BY_SELECTION, [workspaceId, userId]))[0];
  }
}
