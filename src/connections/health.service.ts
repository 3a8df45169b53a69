import type { AccessTokens, TokenAnswer } from '../credentials/access-tokens.service.ts';
import type { CredentialVault } from '../credentials/credential-vault.service.ts';
import { meansEnded } from '../credentials/ended-grant.policy.ts';
import type { CredentialId, TeamId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import type { AuthorNames } from './author-names.service.ts';
import type { CheckedCredential, HealthRepository } from './health.repository.ts';
import type { RepeatedFailures } from './repeated-failures.service.ts';

const TOKEN_EXPIRED = 'token_expired';

/** The canary: asks Slack about each credential now and then, so that its end is known before a message waits for it. */
export class HealthService {
  constructor(
    private readonly rows: HealthRepository,
    private readonly tokens: AccessTokens,
    private readonly vault: CredentialVault,
    private readonly slack: SlackGateway,
    private readonly failures: RepeatedFailures,
    private readonly names: AuthorNames,
    private readonly logger: Logger,
  ) {}

  /** Answers with how many were due. */
  async checkDue(limit: number): Promise<number> {
    const due = await this.rows.claim(limit);
    await Promise.all(due.filter(({ isLiving }) => isLiving).map((credential) => this.#check(credential)));
    return due.length;
  }

  /** Only Slack's definite word ends anything; what could not be asked is asked again next time. */
  async #check({ id, version, teamId }: CheckedCredential): Promise<void> {
    const about = { credentialId: id, teamId };
    try {
      const answer = await this.tokens.call(id, (token) => this.slack.authTest(token));
      // It cannot be renewed, or it would have been.
      const isOver = (error: string): boolean => meansEnded(error) || error === TOKEN_EXPIRED;
      if (answer.kind === 'refused' && isOver(answer.error)) {
        await this.vault.markEnded(id, version, answer.error);
      } else {
        await this.#note(id, teamId, answer);
        if (answer.kind === 'ok') await this.names.complete(id);
      }
    } catch (error) {
      this.logger.error({ ...about, err: error }, 'An authorization could not be checked.');
    }
  }

  /** A check that fails is repeated soon: what is no accident is then known within minutes. */
  async #note(id: CredentialId, teamId: TeamId, answer: TokenAnswer<unknown>): Promise<void> {
    switch (answer.kind) {
      case 'ok':
        return this.failures.checked(id, teamId, null);
      case 'refused':
        await this.failures.checked(id, teamId, { code: 'SLACK_REJECTED', slackError: answer.error });
        return this.rows.checkSoon(id);
      case 'unavailable': {
        const code = 'isUnreadable' in answer ? 'INTERNAL' : 'SLACK_UNAVAILABLE';
        await this.failures.checked(id, teamId, { code, slackError: null });
        return this.rows.checkSoon(id);
      }
      // Slack asks for less, or the principal has ended meanwhile: neither says anything of it.
      case 'rateLimited':
      case 'unusable':
        return;
    }
  }
}
