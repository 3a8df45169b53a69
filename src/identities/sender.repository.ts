import type { Sql, Statement } from '../platform/database.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { SenderRow } from './sender.policy.ts';

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
