import type { AccessTokens } from '../credentials/access-tokens.service.ts';
import type { CredentialVault } from '../credentials/credential-vault.service.ts';
import { meansEnded } from '../credentials/ended-grant.policy.ts';
import type { Logger } from '../platform/logger.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import type { CheckedCredential, HealthRepository } from './health.repository.ts';

/** The canary: asks Slack about each credential now and then, so that its end is known before a message waits for it. */
export class HealthService {
  constructor(
    private readonly rows: HealthRepository,
    private readonly tokens: AccessTokens,
    private readonly vault: CredentialVault,
    private readonly slack: SlackGateway,
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
      if (answer.kind !== 'refused') return;
      const { error } = answer;
      if (!meansEnded(error, false)) {
        this.logger.warn({ ...about, slackError: error }, 'Slack refused a check of an authorization; it stays.');
      } else {
        await this.vault.markEnded(id, version, error);
      }
    } catch (error) {
      this.logger.error({ ...about, err: error }, 'An authorization could not be checked.');
    }
  }
}
