import { Migration } from '@mikro-orm/migrations';

/** The channel directory: what each principal can see, as Slack listed it, and how much Slack may be asked. */
export class Channels extends Migration {
  override up(): void {
    this.addSql(`
      -- requested_at: a sync is asked for and not over. syncing_until: leased, or put off, until then. A run keeps its
      -- generation and its cursor over crashes; lease_no keeps a process that was away too long from writing into it.
      create table channel_directories (
        credential_id uuid primary key references credentials (id),
        requested_at timestamptz,
        lease_no bigint not null default 0,
        syncing_until timestamptz,
        generation integer not null default 0,
        cursor text,
        run_types text[] not null default '{}',
        run_pages integer not null default 0,
        run_conversations integer not null default 0,
        -- Of the last run that was finished: when, of which kinds, how many.
        synced_at timestamptz,
        synced_types text[] not null default '{}',
        synced_conversations integer,
        problem text,
        problem_at timestamptz
      );

      create table channels (
        credential_id uuid not null references credentials (id),
        id text collate "C" not null,
        name text not null,
        -- Sorted by bytes: every Postgres then pages alike, and quickly.
        search_name text collate "C" generated always as (lower(name)) stored,
        -- The other person of a direct message.
        peer_id text,
        type text not null check (type in ('PUBLIC', 'PRIVATE', 'GROUP_DM', 'DM')),
        is_archived boolean not null,
        is_member boolean not null,
        is_shared boolean not null,
        is_read_only boolean not null,
        member_count integer,
        topic text,
        generation integer not null,
        primary key (credential_id, id)
      );
      create index channels_by_name on channels (credential_id, search_name, id);
      create index channels_by_peer on channels (peer_id) where peer_id is not null;

      -- Names of people, shared by all who see a team. Null: Slack does not tell.
      create table slack_people (
        team_id text not null,
        id text not null,
        name text,
        read_at timestamptz not null,
        primary key (team_id, id)
      );

      -- Slack limits each method for a team and an app, whoever of them calls: so all processes and tokens share this.
      create table slack_call_budgets (
        team_id text not null,
        method text not null,
        arrival_at timestamptz not null,
        primary key (team_id, method)
      );
    `);
  }
}
