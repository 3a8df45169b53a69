import type { PrincipalKind } from '../credentials/credential.entity.ts';
import type { IdentityKind } from '../identities/identity.entity.ts';
import type { Database, Sql, Statement } from '../platform/database.ts';
import type { ChannelId, CredentialId, IdentityId, TeamId, UserId, WorkspaceId } from '../platform/ids.ts';
import type { Channel, ChannelType, ListedChannel } from './channel.entity.ts';
import type { DirectoryProgress, Standing } from './channel.policy.ts';

/** Through whose eyes conversations are listed. */
export interface DirectoryOwner {
  readonly identityId: IdentityId;
  readonly workspaceId: WorkspaceId;
  readonly kind: IdentityKind;
  readonly userId: UserId | null;
  readonly teamId: TeamId;
  readonly credentialId: CredentialId | null;
  readonly principalKind: PrincipalKind;
  readonly scopes: string[];
  readonly standing: Standing;
  /** Absent where it was never asked for. */
  readonly directory: DirectoryProgress | undefined;
}

type OwnerRow = Omit<DirectoryOwner, 'directory'> & DirectoryProgress & { readonly hasDirectory: boolean };

/** How far a listing has come; what it will come to is known of itself, or of another one of the team. */
export const DIRECTORY_PROGRESS = `directory.requested_at as "requestedAt", directory.needed_generation as "neededGeneration",
  directory.run_pages as "runPages", directory.run_conversations as "runConversations", directory.synced_at as "syncedAt", directory.synced_types as "syncedTypes",
  directory.problem, directory.problem_at as "problemAt",
  coalesce(directory.synced_conversations, (
    select max(sibling.synced_conversations) from credentials own
    join credentials other on other.app_id = own.app_id and other.team_id = own.team_id
    join channel_directories sibling on sibling.credential_id = other.id
    where own.id = directory.credential_id
  )) as expected`;

export interface ChannelQuery {
  readonly credentialId: CredentialId;
  readonly search: string | undefined;
  readonly types: readonly ChannelType[];
  readonly includeArchived: boolean;
  readonly after: { readonly name: string; readonly id: string } | undefined;
  readonly limit: number;
}

const CHANNEL_COLUMNS = `credential_id as "credentialId", id, name, search_name as "searchName", peer_id as "peerId", type,
  is_archived as "isArchived", is_member as "isMember", is_shared as "isShared", is_read_only as "isReadOnly",
  is_thread_only as "isThreadOnly", member_count as "memberCount", topic, generation`;

const OF_LISTING = `credential_id = $1 and ($4::text is null or (search_name, id) > ($4, $5))`;
const OF_KIND = `type = any($2::text[]) and ($3::boolean or not is_archived)`;

const PAGE: Statement = {
  name: 'channels_page',
  text: `select ${CHANNEL_COLUMNS} from channels where ${OF_LISTING} and ${OF_KIND} order by search_name, id limit $6`,
};

/** Read in order until the page is full. */
const SCAN: Statement = {
  name: 'channels_scan',
  text: `select ${CHANNEL_COLUMNS} from channels where ${OF_LISTING} and ${OF_KIND} and search_name like lower($7)
    order by search_name, id limit $6`,
};

/**
 * What many names hold fills a page from a few hundred of them, read in order. Only where it does not are all that hold it
 * looked up in the index; what that finds is as little.
 */
const SEARCH: Statement = {
  name: 'channels_search',
  text: `with near as materialized (
      select * from (select * from channels where ${OF_LISTING} order by search_name, id limit 500) first
      where ${OF_KIND} and search_name like lower($7) order by search_name, id limit $6
    ), page as (
      select * from near where (select count(*) from near) = $6
      union all (
        select * from channels
        where (select count(*) from near) < $6 and channel_pairs(credential_id, search_name) @> channel_pairs($1, lower($8))
          and ${OF_LISTING} and ${OF_KIND} and search_name like lower($7)
        order by search_name, id limit $6
      )
    )
    select ${CHANNEL_COLUMNS} from page order by search_name, id`,
};

/** What identities see: read for every picker, written by the sync and by single look-ups. */
export class ChannelRepository {
  constructor(private readonly database: Database) {}

  async owner(identityId: IdentityId): Promise<DirectoryOwner | undefined> {
    const [row] = await this.database.query<OwnerRow>(
      {
        name: 'channel_directory_owner',
        text: `select identity.id as "identityId", connection.workspace_id as "workspaceId", identity.kind, personal.user_id as "userId",
            connection.team_id as "teamId", credential.id as "credentialId", coalesce(credential.scopes, '{}') as scopes,
            case when identity.kind = 'WORKSPACE_BOT' then 'BOT' else 'USER' end as "principalKind",
            case when credential.id is null or connection.disconnected_at is not null then 'DISCONNECTED'
              when credential.problem_code is not null or credential.access_token is null then 'ENDED' else 'LIVE' end as standing,
            directory.credential_id is not null as "hasDirectory", ${DIRECTORY_PROGRESS}
          from identities identity
          join connections connection on connection.id = identity.connection_id
          left join authorizations personal on personal.id = identity.authorization_id
          left join credentials credential on credential.id =
            case when identity.kind = 'WORKSPACE_BOT' then connection.credential_id else personal.credential_id end
          left join channel_directories directory on directory.credential_id = credential.id
          where identity.id = $1`,
      },
      [identityId],
    );
    return row && { ...row, directory: row.hasDirectory ? row : undefined };
  }

  /** In the order of the names, which is also that of the cursor. */
  async page(query: ChannelQuery): Promise<Channel[]> {
    const { credentialId, types, includeArchived, search, after, limit } = query;
    const values = [credentialId, types, includeArchived, after?.name ?? null, after?.id ?? null, limit];
    if (search === undefined) return this.database.query<Channel>(PAGE, values);
    const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
    // The index holds pairs of characters, so one alone is not in it.
    const isIndexed = [...search].length > 1;
    return isIndexed
      ? this.database.query<Channel>(SEARCH, [...values, pattern, search])
      : this.database.query<Channel>(SCAN, [...values, pattern]);
  }

  async find(credentialId: CredentialId, id: ChannelId): Promise<Channel | undefined> {
    const rows = await this.database.query<Channel>(
      { name: 'channel_find', text: `select ${CHANNEL_COLUMNS} from channels where credential_id = $1 and id = $2` },
      [credentialId, id],
    );
    return rows[0];
  }

  /** Slack says that the principal does not see it, or not any more. */
  async forget(credentialId: CredentialId, id: ChannelId): Promise<void> {
    await this.database.query(
      { name: 'channel_forget', text: 'delete from channels where credential_id = $1 and id = $2' },
      [credentialId, id],
    );
  }

  /** `generation` is the run's that listed them; without one they stay for the run that is under way. */
  async upsert(
    credentialId: CredentialId,
    generation: number | null,
    conversations: readonly ListedChannel[],
    sql: Sql = this.database,
  ): Promise<void> {
    // Slack's listing is not a snapshot: a channel may come twice, and one statement must not write a row twice.
    const unique = [...new Map(conversations.map((conversation) => [conversation.id, conversation])).values()];
    if (unique.length === 0) return;
    await sql.query(
      {
        name: 'channels_upsert',
        text: `insert into channels (credential_id, id, name, peer_id, type, is_archived, is_member, is_shared, is_read_only,
            is_thread_only, member_count, topic, generation)
          select $1, id, name, case when type = 'DM' then name end, type, "isArchived", "isMember", "isShared", "isReadOnly",
            "isThreadOnly", "memberCount", topic, coalesce($2::int, (select generation from channel_directories where credential_id = $1), 0)
          from jsonb_to_recordset($3::jsonb) as c(id text, name text, type text, "isArchived" boolean,
            "isMember" boolean, "isShared" boolean, "isReadOnly" boolean, "isThreadOnly" boolean, "memberCount" int, topic text)
          on conflict (credential_id, id) do update set
            -- A person's name, once it is known, is not taken back by the id that Slack lists.
            name = case when channels.peer_id = excluded.peer_id then channels.name else excluded.name end,
            peer_id = excluded.peer_id, type = excluded.type, is_archived = excluded.is_archived,
            is_member = excluded.is_member, is_shared = excluded.is_shared, is_read_only = excluded.is_read_only,
            is_thread_only = coalesce(excluded.is_thread_only, channels.is_thread_only),
            member_count = excluded.member_count, topic = excluded.topic, generation = greatest(channels.generation, excluded.generation)`,
      },
      [credentialId, generation, JSON.stringify(unique)],
    );
  }

  /** What a whole listing did not hold is gone. */
  async sweep(credentialId: CredentialId, generation: number, sql: Sql): Promise<void> {
    await sql.query(
      { name: 'channels_gone', text: 'delete from channels where credential_id = $1 and generation < $2' },
      [credentialId, generation],
    );
  }

  /**
   * What was listed for those whose tokens were wiped, at most so many; answers with how many. Nobody is shown it any more,
   * and the names of a person's private conversations are in it. Under their locks: who connects again has it listed anew.
   */
  async deleteGone(limit: number): Promise<number> {
    const rows = await this.database.query(
      {
        name: 'channels_delete_gone',
        text: `with gone as (
            select principal.id from credentials principal
            where principal.access_token is null and exists (select from channels where channels.credential_id = principal.id)
            limit $1 for no key update skip locked
          ), old as (
            select channel.credential_id, channel.id from gone join channels channel on channel.credential_id = gone.id limit $1
          )
          delete from channels channel using old
          where channel.credential_id = old.credential_id and channel.id = old.id returning channel.id`,
      },
      [limit],
    );
    return rows.length;
  }
}
