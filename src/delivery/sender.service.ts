import type { CredentialVault, OpenedToken } from '../credentials/credential-vault.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { PassFailpoint } from '../platform/failpoints.ts';
import type { Secret } from '../platform/secret.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import type { PostOutcome } from '../slack/post-outcome.policy.ts';
import type { ClaimedRow } from './claimed-row.ts';
import {
  awaitReconnect,
  retryLater,
  settlementOf,
  type Settlement,
  type SettlementContext,
} from './settlement.policy.ts';

/** One try to post one claimed notification, up to what is to be written about it. */
export class Sender {
  constructor(
    private readonly slack: SlackGateway,
    private readonly vault: CredentialVault,
    private readonly laneHoldSeconds: number,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly passFailpoint: PassFailpoint,
  ) {}

  async send(row: ClaimedRow, deadlineMs: number): Promise<Settlement> {
    const opened = this.#open(row);
    if (opened.kind !== 'ok')
      return retryLater({ detail: 'The stored token could not be opened.' }, this.#context(row));
    const message = {
      channel: row.channel_id,
      text: row.text,
      deliveryId: row.id,
      ...(row.blocks === null ? {} : { blocks: row.blocks }),
      ...(row.thread_ts === null ? {} : { threadTs: row.thread_ts }),
    };
    this.passFailpoint('after-attempt-commit');
    const outcome = await this.slack.postMessage(opened.token, message, { at: deadlineMs, clock: this.clock });
    this.passFailpoint('after-slack-answer');
    return this.#settle(row, opened.token, outcome);
  }

  async #settle(row: ClaimedRow, token: Secret, outcome: PostOutcome): Promise<Settlement> {
    const context = this.#context(row);
    if (outcome.kind === 'authUnclear') return this.#confirmEnded(row, token, outcome, context);
    if (outcome.kind === 'tokenExpired' || outcome.kind === 'credentialEnded') await this.#end(row);
    return settlementOf(outcome, context);
  }

  #context(row: ClaimedRow): SettlementContext {
    const { laneHoldSeconds } = this;
    return { tries: row.tries, remainingMs: row.remaining_ms, laneHoldSeconds, random: this.random() };
  }

  /** `invalid_auth` may be an IP allow-list: only a token that Slack refuses for auth.test too has ended. */
  async #confirmEnded(
    row: ClaimedRow,
    token: Secret,
    outcome: Extract<PostOutcome, { kind: 'authUnclear' }>,
    context: SettlementContext,
  ): Promise<Settlement> {
    const test = await this.slack.authTest(token);
    if (test.kind !== 'refused') {
      return retryLater(
        { ...outcome, detail: 'Slack refused the token for this message but accepts it otherwise.' },
        context,
      );
    }
    await this.#end(row);
    return awaitReconnect({ ...outcome, slackError: test.error });
  }

  /** The claim read the sealed token in its own statement, so that sending needs no query of its own. */
  #open(row: ClaimedRow): OpenedToken {
    return this.vault.openSealed({
      id: row.credential_id,
      appId: row.app_id,
      teamId: row.team_id,
      slackUserId: row.token_slack_user_id,
      accessToken: row.access_token,
      problemCode: null,
      problemSince: null,
      version: row.credential_version,
    });
  }

  async #end(row: ClaimedRow): Promise<void> {
    await this.vault.markEnded(row.credential_id, row.credential_version, 'CONNECTION_NEEDS_REAUTHORIZATION');
  }
}
