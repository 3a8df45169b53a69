import type { EntityManager } from '@mikro-orm/postgresql';
import type { ListingOfPrincipal } from '../connections/dependents.ts';
import type { ChannelChange } from '../connections/slack-events.policy.ts';
import type { Database } from '../platform/database.ts';
import type { ChannelId, CredentialId, SlackUserId, TeamId } from '../platform/ids.ts';

/** Every principal of an app in a team; its index is the principals' own. */
const OF_TEAM = 'select id from credentials where app_id = $1 and team_id = $2';
/** The one who is named; where nobody is, the team's bot. */
const ofUser = (user: string): string =>
  `${OF_TEAM} and case when ${user}::text is null then kind = 'BOT' else slack_user_id = ${user} end`;

type CreatedChannel = Extract<ChannelChange, { kind: 'channelCreated' }>;

/** What Slack's events and new grants say of conversations, written into the listings of all principals of the team. */
export class ChannelEventsRepository implements ListingOfPrincipal {
  constructor(private readonly database: Database) {}

  async rename(appId: string, teamId: TeamId, id: ChannelId, name: string): Promise<void> {
    await this.database.query(
      {
        name: 'channel_event_rename',
        text: `update channels set name = $4 where id = $3 and credential_id in (${OF_TEAM})`,
      },
      [appId, teamId, id, name],
    );
  }

  async archive(appId: string, teamId: TeamId, id: ChannelId, isArchived: boolean): Promise<void> {
    await this.database.query(
      {
        name: 'channel_event_archive',
        text: `update channels set is_archived = $4 where id = $3 and credential_id in (${OF_TEAM})`,
      },
      [appId, teamId, id, isArchived],
    );
  }

  async remove(appId: string, teamId: TeamId, id: ChannelId): Promise<void> {
    await this.database.query(
      {
        name: 'channel_event_remove',
        text: `delete from channels where id = $3 and credential_id in (${OF_TEAM})`,
      },
      [appId, teamId, id],
    );
  }

  /**
   * Slack does so where a channel comes to be shared, and knows the old id no longer: whoever has it as their default would
   * post nowhere. What is listed under the new one already is what Slack has said last.
   */
  async changeId(appId: string, teamId: TeamId, id: ChannelId, newId: ChannelId): Promise<void> {
    await this.database.sqlTransaction(async (sql) => {
      const change = `update channels channel set id = $4 where channel.id = $3 and channel.credential_id in (${OF_TEAM})
        and not exists (select from channels listed where listed.credential_id = channel.credential_id and listed.id = $4)`;
      await sql.query({ name: 'channel_event_new_id', text: change }, [appId, teamId, id, newId]);
      const remove = `delete from channels where id = $3 and credential_id in (${OF_TEAM})`;
      await sql.query({ name: 'channel_event_remove', text: remove }, [appId, teamId, id]);
      const choose = `update identity_selections selection set default_channel_id = $3
        from identities identity join connections connection on connection.id = identity.connection_id
        where selection.identity_id = identity.id and selection.default_channel_id = $2 and connection.team_id = $1`;
      await sql.query({ name: 'channel_event_default', text: choose }, [teamId, id, newId]);
    });
  }

  /** Slack tells of new public channels only. A listing that was never begun finds it by itself. */
  async add(appId: string, teamId: TeamId, made: CreatedChannel): Promise<void> {
    await this.database.query(
      {
        name: 'channel_event_add',
        text: `insert into channels (credential_id, id, name, type, is_archived, is_member, is_shared, is_read_only, generation)
          select directory.credential_id, $3, $4, 'PUBLIC', false,
            principal.slack_user_id is not distinct from $6, $5, false, directory.generation
          from channel_directories directory
          join credentials principal on principal.id = directory.credential_id
          where principal.app_id = $1 and principal.team_id = $2 and 'channels:read' = any(principal.scopes)
          on conflict (credential_id, id) do nothing`,
      },
      [appId, teamId, made.channel, made.name, made.isShared ?? false, made.creator ?? null],
    );
  }

  /** What a private conversation's former member saw is theirs no longer. Without a user it is about the team's bot. */
  async changeMember(
    appId: string,
    teamId: TeamId,
    id: ChannelId,
    user: SlackUserId | null,
    isMember: boolean,
  ): Promise<{ isListed: boolean }> {
    const whose = `id = $3 and credential_id in (${ofUser('$4')})`;
    const rows = await this.database.query(
      {
        name: 'channel_event_member',
        text: `with gone as (delete from channels where ${whose} and not $5 and type <> 'PUBLIC' returning id),
            kept as (update channels set is_member = $5 where ${whose} and ($5 or type = 'PUBLIC') returning id)
          select id from gone union all select id from kept`,
      },
      [appId, teamId, id, user, isMember],
    );
    return { isListed: rows.length > 0 };
  }

  /**
   * Asks for a new listing of one principal, where there is one at all. One that is under way may have passed the place
   * already: only the next that begins is sure to hold what the event is about.
   */
  async askForListing(appId: string, teamId: TeamId, user: SlackUserId | null): Promise<void> {
    await this.database.query(
      {
        name: 'channel_event_listing',
        text: `update channel_directories set requested_at = coalesce(requested_at, now()), needed_generation = generation + 1,
            problem = null, problem_at = null
          where credential_id in (${ofUser('$3')})`,
      },
      [appId, teamId, user],
    );
  }

  /**
   * Until the listing that is owed is read, Slack is asked about each channel (`isTrusted`). A run of the old grant is over.
   * Where nothing was listed yet, what single look-ups left is forgotten.
   */
  async distrust(em: EntityManager, credentialId: CredentialId): Promise<void> {
    await em.execute(
      `update channel_directories set requested_at = coalesce(requested_at, now()), needed_generation = generation + 1,
        synced_at = null, synced_types = case when synced_types = '{}' then run_types else synced_types end,
        lease_no = lease_no + 1, syncing_until = null, cursor = null, problem = null, problem_at = null
      where credential_id = ?`,
      [credentialId],
    );
    await em.execute(
      `delete from channels where credential_id = ? and not exists (
        select from channel_directories where credential_id = ? and synced_types <> '{}')`,
      [credentialId, credentialId],
    );
  }
}
