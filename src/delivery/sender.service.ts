import type { FailureCode } from '../connections/failure.policy.ts';
import type { Clock } from '../platform/clock.ts';
import type { CredentialId } from '../platform/ids.ts';
import type { Secret } from '../platform/secret.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import type { PostOutcome } from '../slack/post-outcome.policy.ts';
import type { ClaimedRow } from './delivery.repository.ts';
import {
  awaitReconnect,
  retryLater,
  settlementOf,
  type Settlement,
  type SettlementContext,
} from './settlement.policy.ts';

/** What sending needs of the credential vault: to open the token that the claim read, and to end a dead one. */
export interface SendingCredentials {
  openAccessToken(row: ClaimedRow): Secret;
  markEnded(credentialId: CredentialId, version: number, problemCode: FailureCode): Promise<void>;
}

/** One try to post one claimed notification, up to what is to be written about it. */
export class Sender {
  constructor(
    private readonly slack: SlackGateway,
    private readonly credentials: SendingCredentials,
    private readonly laneHoldSeconds: number,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  async send(row: ClaimedRow, deadlineMs: number): Promise<Settlement> {
    const token = this.credentials.openAccessToken(row);
    const message = {
      channel: row.channel_id,
      text: row.text,
      deliveryId: row.id,
      ...(row.blocks === null ? {} : { blocks: row.blocks }),
      ...(row.thread_ts === null ? {} : { threadTs: row.thread_ts }),
    };
    const outcome = await this.slack.postMessage(token, message, { at: deadlineMs, clock: this.clock });
    return this.#settle(row, token, outcome);
  }

  async #settle(row: ClaimedRow, token: Secret, outcome: PostOutcome): Promise<Settlement> {
    const context: SettlementContext = {
      tries: row.tries,
      remainingMs: row.remaining_ms,
      laneHoldSeconds: this.laneHoldSeconds,
      random: this.random(),
    };
    if (outcome.kind === 'authUnclear') return this.#confirmEnded(row, token, outcome, context);
    if (outcome.kind === 'tokenExpired' || outcome.kind === 'credentialEnded') await this.#end(row);
    return settlementOf(outcome, context);
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
      return retryLater({ ...outcome, detail: 'Slack refused the token for this message but accepts it otherwise.' }, context);
    }
    await this.#end(row);
    return awaitReconnect({ ...outcome, slackError: test.error });
  }

  #end(row: ClaimedRow): Promise<void> {
    return this.credentials.markEnded(row.credential_id, row.credential_version, 'CONNECTION_NEEDS_REAUTHORIZATION');
  }
}
