import type { Database, Statement } from '../platform/database.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import { SharedLookup } from '../platform/shared-lookup.ts';
import type { SenderRow } from './sender.policy.ts';

const COLUMNS = `
  i.id as "identityId", i.kind, c.id as "connectionId", c.workspace_id as "workspaceId", c.team_id as "teamId",
  c.bot_user_id as "botUserId", c.bot_user_name as "botUserName", c.disconnected_at as "connectionDisconnectedAt",
  a.id as "authorizationId", a.user_id as "userId", a.slack_user_id as "slackUserId",
  a.slack_user_name as "slackUserName", a.disconnected_at as "authorizationDisconnectedAt",
  p.id as "credentialId", p.team_id as "credentialTeamId", p.slack_user_id as "credentialSlackUserId",
  p.kind as "credentialKind", p.problem_code as "problemCode", p.problem_since as "problemSince",
  p.scopes`;

/**
 * The first from here on, rather than the one: it is looked for by its key, one after the other, whatever a kept plan believes
 * of how many there are.
 */
const JOINS = `
  cross join lateral (select * from connections where id = i.connection_id limit 1) c
  left join lateral (select * from authorizations where id = i.authorization_id limit 1) a on true
  left join lateral (
    select * from credentials
    where id = case when i.authorization_id is null then c.credential_id else a.credential_id end limit 1
  ) p on true`;

const BY_IDENTITY: Statement = {
  name: 'senders_by_identity',
  text: `select ${COLUMNS}, null as "defaultChannelId"
         from unnest($1::text[], $2::uuid[]) as given(workspace_id, identity_id)
         cross join lateral (select * from identities where id = given.identity_id limit 1) i ${JOINS} where c.workspace_id = given.workspace_id`,
};

const BY_SELECTION: Statement = {
  name: 'senders_by_selection',
  text: `select ${COLUMNS}, s.default_channel_id as "defaultChannelId", s.user_id as "selectedBy"
         from unnest($1::text[], $2::text[]) as given(workspace_id, user_id)
         cross join lateral (
           select * from identity_selections where workspace_id = given.workspace_id and user_id = given.user_id limit 1
         ) s
         cross join lateral (select * from identities where id = s.identity_id limit 1) i ${JOINS} where c.workspace_id = given.workspace_id`,
};

interface Key {
  readonly workspaceId: WorkspaceId;
  /** Of the identity, or of the user who has selected one. */
  readonly id: string;
}

type SelectedRow = SenderRow & { readonly selectedBy: string };

const nameOf = ({ workspaceId, id }: Key): string => JSON.stringify([workspaceId, id]);
const columnsOf = (keys: readonly Key[]): [WorkspaceId[], string[]] => [
  keys.map(({ workspaceId }) => workspaceId),
  keys.map(({ id }) => id),
];

/** The hot path of every send: one statement each, which concurrent sends share and of which sessions keep the plan. */
export class SenderRepository {
  readonly #byIdentity: SharedLookup<Key, SenderRow>;
  readonly #bySelection: SharedLookup<Key, SelectedRow>;

  constructor(database: Pick<Database, 'keptQuery'>) {
    this.#byIdentity = new SharedLookup(nameOf, async (keys) => {
      const rows = await database.keptQuery<SenderRow>(BY_IDENTITY, columnsOf(keys));
      return new Map(rows.map((row) => [nameOf({ workspaceId: row.workspaceId, id: row.identityId }), row]));
    });
    this.#bySelection = new SharedLookup(nameOf, async (keys) => {
      const rows = await database.keptQuery<SelectedRow>(BY_SELECTION, columnsOf(keys));
      return new Map(rows.map((row) => [nameOf({ workspaceId: row.workspaceId, id: row.selectedBy }), row]));
    });
  }

  byIdentity(workspaceId: WorkspaceId, identityId: string): Promise<SenderRow | undefined> {
    return this.#byIdentity.find({ workspaceId, id: identityId.toLowerCase() });
  }

  bySelection(workspaceId: WorkspaceId, userId: string): Promise<SenderRow | undefined> {
    return this.#bySelection.find({ workspaceId, id: userId });
  }
}
