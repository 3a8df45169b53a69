import { Migration } from '@mikro-orm/migrations';

/** Installs, credentials, connections, identities: everything that an administrator sees. */
export class Connections extends Migration {
  override up(): void {
    this.addSql(`
      create table slack_teams (
        id text primary key,
        name text not null,
        enterprise_id text,
        enterprise_name text,
        updated_at timestamptz not null default now()
      );

      -- One row per principal (app, team, bot or user). It outlives its tokens, so that "does anybody still use this
      -- principal?" is always asked under a row lock. Tokens are sealed; null means forgotten.
      create table credentials (
        id uuid primary key,
        app_id text not null,
        team_id text not null,
        slack_user_id text not null,
        kind text not null check (kind in ('BOT', 'USER')),
        access_token bytea,
        refresh_token bytea,
        token_expires_at timestamptz,
        scopes text[] not null default '{}',
        problem_code text,
        problem_since timestamptz,
        refresh_owner text,
        refresh_until timestamptz,
        -- Until when a revoke call may be on its way to Slack; in the past, when the last one was over. Nobody starts to
        -- use this principal before; a token granted before that moment is looked at in Slack first.
        revoking_until timestamptz,
        version integer not null default 1,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        unique (app_id, team_id, slack_user_id)
      );

      -- (workspace, team) is one connection for ever: a new install revives the same row.
      create table connections (
        id uuid primary key,
        workspace_id text not null check (length(workspace_id) between 1 and 128),
        team_id text not null references slack_teams (id),
        credential_id uuid references credentials (id),
        bot_user_id text not null,
        bot_user_name text,
        installed_by text not null,
        connected_at timestamptz not null,
        authorized_at timestamptz not null,
        disconnected_at timestamptz,
        disconnected_by text,
        last_used_at timestamptz,
        unique (workspace_id, team_id),
        unique (id, team_id),
        check ((credential_id is null) = (disconnected_at is not null))
      );
      create index connections_credential on connections (credential_id) where credential_id is not null;

      -- The foreign key of two columns ties a person's token to its connection's team: a mix-up cannot be stored.
      create table authorizations (
        id uuid primary key,
        connection_id uuid not null,
        team_id text not null,
        user_id text not null,
        slack_user_id text not null,
        slack_user_name text,
        credential_id uuid references credentials (id),
        connected_at timestamptz not null,
        authorized_at timestamptz not null,
        disconnected_at timestamptz,
        disconnected_by text,
        last_used_at timestamptz,
        unique (connection_id, user_id, slack_user_id),
        foreign key (connection_id, team_id) references connections (id, team_id),
        check ((credential_id is null) = (disconnected_at is not null))
      );
      create unique index authorizations_one_live on authorizations (connection_id, user_id) where disconnected_at is null;
      create index authorizations_credential on authorizations (credential_id) where credential_id is not null;

      create table identities (
        id uuid primary key,
        kind text not null check (kind in ('WORKSPACE_BOT', 'PERSONAL_USER')),
        connection_id uuid not null references connections (id),
        authorization_id uuid unique references authorizations (id),
        check ((kind = 'PERSONAL_USER') = (authorization_id is not null))
      );
      create unique index identities_one_bot on identities (connection_id) where kind = 'WORKSPACE_BOT';
      create index identities_connection on identities (connection_id);

      create table identity_selections (
        workspace_id text not null,
        user_id text not null,
        identity_id uuid not null references identities (id),
        default_channel_id text,
        selected_by text not null,
        selected_at timestamptz not null,
        primary key (workspace_id, user_id)
      );
      create index identity_selections_identity on identity_selections (identity_id);

      -- One trip through OAuth. State and claim are stored as SHA-256; the grant in between is sealed.
      create table installs (
        id uuid primary key,
        workspace_id text not null,
        intent text not null check (intent in ('WORKSPACE', 'PERSONAL')),
        user_id text not null,
        connection_id uuid references connections (id),
        expected_team_id text,
        return_to text,
        status text not null check (status in ('STARTED', 'EXCHANGING', 'PENDING', 'COMPLETED', 'FAILED', 'EXPIRED')),
        failure_code text,
        state_hash bytea not null unique,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        used_at timestamptz,
        claim_hash bytea unique,
        claim_expires_at timestamptz,
        grant_sealed bytea,
        finished_at timestamptz
      );
      create index installs_open on installs (expires_at) where status in ('STARTED', 'EXCHANGING', 'PENDING');

      -- Tokens that are gone here and still have to be revoked at Slack. A row goes when it is done.
      create table revocations (
        id uuid primary key,
        credential_id uuid not null references credentials (id),
        token_sealed bytea not null,
        attempts integer not null default 0,
        next_attempt_at timestamptz not null,
        last_error text,
        created_at timestamptz not null
      );
      create index revocations_due on revocations (next_attempt_at);
      create index revocations_credential on revocations (credential_id);

      -- A known text sealed with the first encryption key: a process with other keys refuses to start.
      create table encryption_key_checks (
        key_id text primary key,
        sealed bytea not null,
        created_at timestamptz not null default now()
      );
    `);
  }
}
