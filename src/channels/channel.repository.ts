import type { PrincipalKind } from '../credentials/credential.entity.ts';
import type { IdentityKind } from '../identities/identity.entity.ts';
import type { Database, Sql } from '../platform/database.ts';
import type { ChannelId, CredentialId, IdentityId, UserId, WorkspaceId } from '../platform/ids.ts';
import type { Channel, ChannelDirectory, ChannelType, ListedChannel } from './channel.entity.ts';

/** Through whose eyes conversations are listed. */
export interface DirectoryOwner {
  readonly identityId: IdentityId;
  readonly workspaceId: WorkspaceId;
  readonly kind: IdentityKind;
  readonly userId: UserId | null;
  readonly credentialId: CredentialId | null;
  readonly principalKind: PrincipalKind;
  readonly scopes: string[];
}

export interface ChannelQuery {
  readonly credentialId: CredentialId;
  readonly search: string | undefined;
  readonly types: readonly ChannelType[];
  readonly includeArchived: boolean;
  readonly after: { readonly name: string; readonly id: string } | undefined;
  readonly limit: number;
}

/** One run of a sync by one process, which loses it when it does not come back in time. */
export interface SyncLease {
  readonly credentialId: CredentialId;
  readonly generation: number;
  readonly cursor: string | null;
}

const CHANNEL_COLUMNS = `credential_id as "credentialId", id, name, type, is_archived as "isArchived", is_member as "isMember",
  is_shared as "isShared", is_read_only as "isReadOnly", member_count as "memberCount", topic, generation`;

const PAGE_LEASE = `interval '60 seconds'`;

export class ChannelRepository {
  constructor(private readonly database: Database) {}

  async owner(identityId: IdentityId): Promise<DirectoryOwner | undefined> {
    const rows = await this.database.query<DirectoryOwner>(
      {
        name: 'channel_directory_owner',
        text: `select identity.id as "identityId", connection.workspace_id as "workspaceId", identity.kind, personal.user_id as "userId",
            credential.id as "credentialId", credential.kind as "principalKind", coalesce(credential.scopes, '{}') as scopes
          from identities identity
          join connections connection on connection.id = identity.connection_id
          left join authorizations personal on personal.id = identity.authorization_id
          left join credentials credential on credential.id =
            case when identity.kind = 'WORKSPACE_BOT' then connection.credential_id else personal.credential_id end
          where identity.id = $1`,
      },
      [identityId],
    );
    return rows[0];
  }

  async page(query: ChannelQuery): Promise<Channel[]> {
    const search = query.search?.toLowerCase().replace(/[\\%_]/g, '\\$&');
    return this.database.query<Channel>(
      {
        name: 'channels_page',
        text: `select ${CHANNEL_COLUMNS} from channels
          where credential_id = $1 and type = any($2::text[]) and ($3::boolean or not is_archived)
            and ($4::text is null or lower(name) like '%' || $4 || '%')
            and ($5::text is null or (lower(name), id) > ($5, $6))
          order by lower(name), id limit $7`,
      },
      [
        query.credentialId,
        query.types,
        query.includeArchived,
        search ?? null,
        query.after?.name ?? null,
        query.after?.id ?? null,
        query.limit,
      ],
    );
  }

  async find(credentialId: CredentialId, id: ChannelId): Promise<Channel | undefined> {
    const rows = await this.database.query<Channel>(
      { name: 'channel_find', text: `select ${CHANNEL_COLUMNS} from channels where credential_id = $1 and id = $2` },
      [credentialId, id],
    );
    return rows[0];
  }

  async directory(credentialId: CredentialId): Promise<ChannelDirectory | undefined> {
    const rows = await this.database.query<ChannelDirectory>(
      {
        name: 'channel_directory',
        text: `select credential_id as "credentialId", cursor, generation, syncing_until as "syncingUntil", synced_at as "syncedAt",
          gaps, requested_at as "requestedAt" from channel_directories where credential_id = $1`,
      },
      [credentialId],
    );
    return rows[0];
  }

  /** Asks for a sync; one that is asked for or running already is left alone. */
  async requestSync(credentialId: CredentialId): Promise<void> {
    await this.database.query(
      {
        name: 'channel_directory_request',
        text: `insert into channel_directories as directory (credential_id, requested_at) values ($1, now())
          on conflict (credential_id) do update set requested_at = now() where directory.requested_at is null`,
      },
      [credentialId],
    );
  }

  /** Takes a directory that is asked for and that nobody reads now. */
  async lease(): Promise<SyncLease | undefined> {
    const rows = await this.database.query<SyncLease>({
      name: 'channel_directory_lease',
      text: `update channel_directories directory set
          syncing_until = now() + ${PAGE_LEASE},
          generation = case when directory.cursor is null then directory.generation + 1 else directory.generation end
        where directory.credential_id = (
          select credential_id from channel_directories
          where requested_at is not null and (syncing_until is null or syncing_until < now())
          order by requested_at limit 1 for update skip locked)
        returning credential_id as "credentialId", generation, cursor`,
    });
    return rows[0];
  }

  /** Stores a page with the cursor of the next: a crash goes on from here. */
  async storePage(lease: SyncLease, conversations: readonly ListedChannel[], nextCursor: string): Promise<void> {
    await this.database.sqlTransaction(async (sql) => {
      await this.upsert(lease.credentialId, lease.generation, conversations, sql);
      await sql.query(
        {
          name: 'channel_directory_page',
          text: `update channel_directories set cursor = $2, syncing_until = now() + ${PAGE_LEASE} where credential_id = $1 and generation = $3`,
        },
        [lease.credentialId, nextCursor, lease.generation],
      );
    });
  }

  /** The last page: what was not listed again is gone. */
  async finish(lease: SyncLease, conversations: readonly ListedChannel[], gaps: readonly string[]): Promise<void> {
    await this.database.sqlTransaction(async (sql) => {
      await this.upsert(lease.credentialId, lease.generation, conversations, sql);
      await sql.query(
        { name: 'channels_gone', text: 'delete from channels where credential_id = $1 and generation < $2' },
        [lease.credentialId, lease.generation],
      );
      await sql.query(
        {
          name: 'channel_directory_finish',
          text: `update channel_directories set cursor = null, syncing_until = null, requested_at = null, synced_at = now(), gaps = $2
            where credential_id = $1 and generation = $3`,
        },
        [lease.credentialId, gaps, lease.generation],
      );
    });
  }

  /** Puts a sync off; with `restart` it begins again at the first page. */
  async postpone(lease: SyncLease, seconds: number, restart: boolean): Promise<void> {
    await this.database.query(
      {
        name: 'channel_directory_postpone',
        text: `update channel_directories set syncing_until = now() + make_interval(secs => $2::float8),
          cursor = case when $3 then null else cursor end where credential_id = $1`,
      },
      [lease.credentialId, seconds, restart],
    );
  }

  /** Gives up a sync that cannot go on, and says why in the gaps. */
  async abandon(lease: SyncLease, gaps: readonly string[]): Promise<void> {
    await this.database.query(
      {
        name: 'channel_directory_abandon',
        text: `update channel_directories set cursor = null, syncing_until = null, requested_at = null, gaps = $2 where credential_id = $1`,
      },
      [lease.credentialId, gaps],
    );
  }

  async upsert(
    credentialId: CredentialId,
    generation: number,
    conversations: readonly ListedChannel[],
    sql: Sql = this.database,
  ): Promise<void> {
    // Slack's listing is not a snapshot: a channel may come twice, and one statement must not write a row twice.
    const unique = [...new Map(conversations.map((conversation) => [conversation.id, conversation])).values()];
    if (unique.length === 0) return;
    await sql.query(
      {
        name: 'channels_upsert',
        text: `insert into channels (credential_id, id, name, type, is_archived, is_member, is_shared, is_read_only, member_count, topic, generation)
          select $1, id, name, type, "isArchived", "isMember", "isShared", "isReadOnly", "memberCount", topic, $2
          from jsonb_to_recordset($3::jsonb) as c(id text, name text, type text, "isArchived" boolean, "isMember" boolean,
            "isShared" boolean, "isReadOnly" boolean, "memberCount" int, topic text)
          on conflict (credential_id, id) do update set name = excluded.name, type = excluded.type, is_archived = excluded.is_archived,
            is_member = excluded.is_member, is_shared = excluded.is_shared, is_read_only = excluded.is_read_only,
            member_count = excluded.member_count, topic = excluded.topic, generation = greatest(channels.generation, excluded.generation)`,
      },
      [credentialId, generation, JSON.stringify(unique)],
    );
  }
}
