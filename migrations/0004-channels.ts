import { Migration } from '@mikro-orm/migrations';

/** The channel directory: what each principal can see, as Slack listed it. */
export class Channels extends Migration {
  override up(): void {
    this.addSql(`
      create table channel_directories (
        credential_id uuid primary key references credentials (id),
        cursor text,
        generation integer not null default 0,
        syncing_until timestamptz,
        synced_at timestamptz,
        gaps text[] not null default '{}',
        requested_at timestamptz
      );

      create table channels (
        credential_id uuid not null references credentials (id),
        id text not null,
        name text not null,
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
      create index channels_by_name on channels (credential_id, lower(name), id);
    `);
  }
}
