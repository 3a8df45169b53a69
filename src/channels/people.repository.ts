import type { Database } from '../platform/database.ts';
import type { CredentialId, SlackUserId, TeamId } from '../platform/ids.ts';

/** Names of the people whom direct messages are with. */
export class PeopleRepository {
  constructor(private readonly database: Database) {}

  /** Puts the names that are known already on a principal's direct messages, and answers with those of whom nothing is known. */
  async unnamed(credentialId: CredentialId, teamId: TeamId): Promise<SlackUserId[]> {
    const rows = await this.database.query<{ id: SlackUserId; name: string | null; known: boolean }>(
      {
        name: 'people_unnamed',
        text: `select channel.peer_id as id, person.name, person.id is not null as known from channels channel
          left join slack_people person on person.team_id = $2 and person.id = channel.peer_id and person.read_at > now() - interval '7 days'
          where channel.credential_id = $1 and channel.type = 'DM' and channel.name is distinct from person.name`,
      },
      [credentialId, teamId],
    );
    for (const { id, name } of rows) if (name !== null) await this.#rename(teamId, id, name);
    return rows.filter(({ known }) => !known).map(({ id }) => id);
  }

  /** Null where Slack does not tell: it is not asked again for a week. */
  async store(teamId: TeamId, id: SlackUserId, name: string | null): Promise<void> {
    await this.database.query(
      {
        name: 'person_store',
        text: `insert into slack_people (team_id, id, name, read_at) values ($1, $2, $3, now())
          on conflict (team_id, id) do update set name = excluded.name, read_at = excluded.read_at`,
      },
      [teamId, id, name],
    );
    if (name !== null) await this.#rename(teamId, id, name);
  }

  async #rename(teamId: TeamId, id: SlackUserId, name: string): Promise<void> {
    await this.database.query(
      {
        name: 'person_rename',
        text: `update channels set name = $3 from credentials credential
          where channels.peer_id = $2 and credential.id = channels.credential_id and credential.team_id = $1`,
      },
      [teamId, id, name],
    );
  }

  /** Who may read names in a team: the principal itself, or the bot of the connection that it belongs to. */
  async readerFor(credentialId: CredentialId): Promise<CredentialId | undefined> {
    const rows = await this.database.query<{ id: CredentialId }>(
      {
        name: 'people_reader',
        text: `select reader.id from credentials reader
          where 'users:read' = any(reader.scopes) and reader.access_token is not null and reader.problem_code is null and (
            reader.id = $1 or reader.id in (
              select connection.credential_id from authorizations personal join connections connection on connection.id = personal.connection_id
              where personal.credential_id = $1 and connection.credential_id is not null))
          order by reader.id = $1 desc limit 1`,
      },
      [credentialId],
    );
    return rows[0]?.id;
  }
}
