import type { Database, Sql } from '../platform/database.ts';
import type { CredentialId, TeamId } from '../platform/ids.ts';
import type { ChannelType, ListedChannel } from './channel.entity.ts';
import type { DirectoryProgress } from './channel.policy.ts';
import { DIRECTORY_PROGRESS, type ChannelRepository } from './channel.repository.ts';

/** One run of a sync by one process, which loses it when it does not come back in time. */
export interface SyncLease {
  readonly credentialId: CredentialId;
  readonly teamId: TeamId;
  readonly scopes: readonly string[];
  readonly leaseNo: string;
  readonly generation: number;
  /** Where the run goes on, and the kinds that it lists; null where it begins. */
  readonly cursor: string | null;
  readonly runTypes: readonly ChannelType[];
  /** No listing of this principal was finished before. */
  readonly isFirst: boolean;
}

/** How far the listing of each principal has come. Every write of a run says under which lease it was made. */
export class DirectoryRepository {
  constructor(
    private readonly database: Database,
    private readonly channels: ChannelRepository,
    private readonly leaseSeconds: number,
  ) {}

  async progress(credentialId: CredentialId): Promise<DirectoryProgress | undefined> {
    const rows = await this.database.query<DirectoryProgress>(
      {
        name: 'channel_directory_progress',
        text: `select ${DIRECTORY_PROGRESS} from channel_directories directory where directory.credential_id = $1`,
      },
      [credentialId],
    );
    return rows[0];
  }

  /** Asks for a sync; one that is asked for or running already is left alone or, with `another`, followed by one more. */
  async request(credentialId: CredentialId, another: boolean): Promise<void> {
    await this.database.query(
      {
        name: 'channel_directory_request',
        text: `insert into channel_directories as directory (credential_id, requested_at) values ($1, now())
          on conflict (credential_id) do update set
            requested_at = coalesce(directory.requested_at, now()), problem = null, problem_at = null,
            needed_generation = case when directory.requested_at is null then directory.needed_generation else directory.generation + 1 end
          where directory.requested_at is null or $2::boolean`,
      },
      [credentialId, another],
    );
  }

  /** Takes a directory that is asked for and that nobody reads now. A run that was broken off goes on at its cursor. */
  async lease(): Promise<SyncLease | undefined> {
    const rows = await this.database.query<SyncLease>(
      {
        name: 'channel_directory_lease',
        text: `update channel_directories directory set
            lease_no = directory.lease_no + 1,
            syncing_until = now() + make_interval(secs => $1::float8),
            generation = case when directory.cursor is null then directory.generation + 1 else directory.generation end,
            run_pages = case when directory.cursor is null then 0 else directory.run_pages end,
            run_conversations = case when directory.cursor is null then 0 else directory.run_conversations end
          from credentials credential
          where credential.id = directory.credential_id and directory.credential_id = (
            select credential_id from channel_directories
            where requested_at is not null and (syncing_until is null or syncing_until <= now())
            order by requested_at limit 1 for update skip locked)
          returning directory.credential_id as "credentialId", credential.team_id as "teamId", credential.scopes,
            directory.lease_no as "leaseNo", directory.generation, directory.cursor, directory.run_types as "runTypes",
            directory.synced_at is null as "isFirst"`,
      },
      [this.leaseSeconds],
    );
    return rows[0];
  }

  /** Stores a page with the cursor of the next: a crash goes on from here. False where the lease was lost. */
  async storePage(
    lease: SyncLease,
    types: readonly ChannelType[],
    conversations: readonly ListedChannel[],
    nextCursor: string,
  ): Promise<boolean> {
    return this.#write(lease, conversations, (sql) =>
      sql.query(
        {
          name: 'channel_directory_page',
          text: `update channel_directories set cursor = $3, run_types = $4, run_pages = run_pages + 1,
              run_conversations = run_conversations + $5, syncing_until = now() + make_interval(secs => $6::float8)
            where credential_id = $1 and lease_no = $2 returning 1`,
        },
        [lease.credentialId, lease.leaseNo, nextCursor, types, conversations.length, this.leaseSeconds],
      ),
    );
  }

  /**
   * Stores the last page; what no page of the run held is gone. Where a later run is needed it is asked for anew, behind
   * those that wait already.
   */
  async finish(
    lease: SyncLease,
    types: readonly ChannelType[],
    conversations: readonly ListedChannel[],
  ): Promise<boolean> {
    const advance = (sql: Sql): Promise<object[]> =>
      sql.query(
        {
          name: 'channel_directory_finish',
          text: `update channel_directories set cursor = null, syncing_until = null, problem = null, problem_at = null,
              requested_at = case when needed_generation > generation then now() end,
              needed_generation = case when needed_generation > generation then needed_generation end,
              run_pages = 0, run_conversations = 0, synced_at = now(), synced_types = $3, synced_conversations = run_conversations + $4
            where credential_id = $1 and lease_no = $2 returning 1`,
        },
        [lease.credentialId, lease.leaseNo, types, conversations.length],
      );
    return this.#write(lease, conversations, advance, true);
  }

  /** After thousands of new rows: until Postgres knows of them, it plans as if there were hardly any. */
  async gatherStatistics(): Promise<void> {
    await this.database.query({ text: 'analyze (skip_locked) channels' });
  }

  /** Puts a run off; with `restart` it begins again at the first page. */
  async postpone(lease: SyncLease, seconds: number, restart = false): Promise<void> {
    await this.database.query(
      {
        name: 'channel_directory_postpone',
        text: `update channel_directories set syncing_until = now() + make_interval(secs => $3::float8),
            cursor = case when $4 then null else cursor end
          where credential_id = $1 and lease_no = $2`,
      },
      [lease.credentialId, lease.leaseNo, seconds, restart],
    );
  }

  /** Gives up a run that cannot go on, and says why. */
  async abandon(lease: SyncLease, problem: string): Promise<void> {
    await this.database.query(
      {
        name: 'channel_directory_abandon',
        text: `update channel_directories set cursor = null, syncing_until = null, requested_at = null, run_pages = 0, run_conversations = 0,
            problem = $3, problem_at = now()
          where credential_id = $1 and lease_no = $2`,
      },
      [lease.credentialId, lease.leaseNo, problem],
    );
  }

  /** The directory's row first: it is the lock that tells who may write. */
  async #write(
    lease: SyncLease,
    conversations: readonly ListedChannel[],
    advance: (sql: Sql) => Promise<object[]>,
    isLast = false,
  ): Promise<boolean> {
    return this.database.sqlTransaction(async (sql) => {
      if ((await advance(sql)).length === 0) return false;
      await this.channels.upsert(lease.credentialId, lease.generation, conversations, sql);
      if (isLast) await this.channels.sweep(lease.credentialId, lease.generation, sql);
      return true;
    });
  }
}
