import type { AccessTokens, TokenAnswer } from '../credentials/access-tokens.service.ts';
import type { CredentialId, SlackUserId } from '../platform/ids.ts';
import type { Secret } from '../platform/secret.ts';
import type { SlackGateway, SlackUser } from '../slack/gateway.ts';
import type { AuthorNamesRepository } from './author-names.repository.ts';

const READ_TIMEOUT_MS = 3000;

const nameIn = (answer: TokenAnswer<SlackUser>): string | null => (answer.kind === 'ok' ? answer.value.name : null);

/** What Slack shows as the author; null where it cannot be read now. */
export class AuthorNames {
  constructor(
    private readonly rows: AuthorNamesRepository,
    private readonly tokens: AccessTokens,
    private readonly slack: SlackGateway,
  ) {}

  async read(token: Secret, user: SlackUserId): Promise<string | null> {
    return nameIn(await this.#ask(token, user));
  }

  /** May wait for a refresh of the reader's token as well. */
  async readBy(reader: CredentialId, user: SlackUserId): Promise<string | null> {
    return nameIn(await this.tokens.call(reader, (token) => this.#ask(token, user)));
  }

  /** Reads the name that could not be read at the install. `users:read` is not asked of people: the bot has it. */
  async complete(id: CredentialId): Promise<void> {
    const nameless = await this.rows.findNameless(id);
    if (nameless === undefined) return;
    const { slackUserId, botId } = nameless;
    const own = await this.readBy(id, slackUserId);
    const name = own ?? (botId === null ? null : await this.readBy(botId, slackUserId));
    if (name !== null) await this.rows.store(id, name);
  }

  #ask(token: Secret, user: SlackUserId) {
    return this.slack.userInfo(token, user, { timeoutMs: READ_TIMEOUT_MS });
  }
}
