import type { Database } from '../platform/database.ts';
import type { CredentialId, SlackUserId } from '../platform/ids.ts';

export interface NamelessPrincipal {
  readonly slackUserId: SlackUserId;
  /** Of a person: the bot that may read names where a person's own token may not. */
  readonly botId: CredentialId | null;
}

/** What connections and authorizations show as the author of a message. */
export class AuthorNamesRepository {
  constructor(private readonly database: Database) {}

  /** Undefined where all who use the principal know its name. */
  async findNameless(id: CredentialId): Promise<NamelessPrincipal | undefined> {
    const [row] = await this.database.query<NamelessPrincipal>(
      {
        name: 'author_names_nameless',
        text: `select principal.slack_user_id as "slackUserId", (
              select connection.credential_id from authorizations person join connections connection on connection.id = person.connection_id
              where person.credential_id = principal.id limit 1) as "botId"
          from credentials principal
          where principal.id = $1 and (
            exists (select from connections where credential_id = principal.id and bot_user_name is null)
            or exists (select from authorizations where credential_id = principal.id and slack_user_name is null))`,
      },
      [id],
    );
    return row;
  }

  /** Only where none is known: an install that completed meanwhile has read a newer one. */
  async store(id: CredentialId, name: string): Promise<void> {
    await this.database.query(
      {
        name: 'author_names_store',
        text: `with bots as (update connections set bot_user_name = $2 where credential_id = $1 and bot_user_name is null)
          update authorizations set slack_user_name = $2 where credential_id = $1 and slack_user_name is null`,
      },
      [id, name],
    );
  }
}
