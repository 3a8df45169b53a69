import type { CredentialVault, OpenedToken } from '../credentials/credential-vault.service.ts';
import type { RefreshOutcome, RefreshService } from '../credentials/refresh.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { PassFailpoint } from '../platform/failpoints.ts';
import type { Logger } from '../platform/logger.ts';
import type { Secret } from '../platform/secret.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import type { PostOutcome } from '../slack/post-outcome.policy.ts';
import type { ClaimedRow } from './claimed-row.ts';
import {
  awaitReconnect,
  awaitToken,
  retryLater,
  settlementOf,
  type Settlement,
  type SettlementContext,
} from './settlement.policy.ts';

type TokenRefused = Extract<PostOutcome, { kind: 'tokenExpired' | 'credentialEnded' }>;

/** Less than this is no time to post in: the next claim brings a deadline of its own. */
const LEAST_POST_MS = 1000;
const TOKEN_EXPIRED = 'token_expired';
const TOKEN_REVOKED = 'token_revoked';

/** One try to post one claimed notification, up to what is to be written about it. */
export class Sender {
  constructor(
    private readonly slack: SlackGateway,
    private readonly vault: CredentialVault,
    private readonly refreshes: RefreshService,
    private readonly laneHoldSeconds: number,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly passFailpoint: PassFailpoint,
    private readonly logger: Logger,
  ) {}

  async send(row: ClaimedRow, deadlineMs: number): Promise<Settlement> {
    const opened = this.#open(row);
    if (opened.kind !== 'ok')
      return retryLater({ detail: 'The stored token could not be opened.' }, this.#context(row));
    if (row.token_is_expired) return this.#renewFirst(row, opened.token, deadlineMs);
    if (row.refresh_is_due) this.refreshes.refreshSoon(row.credential_id, opened.token);
    return this.#post(row, opened.token, deadlineMs);
  }

  /** Waits for the new token as long as this try has time for posting with it. */
  async #renewFirst(row: ClaimedRow, expired: Secret, deadlineMs: number): Promise<Settlement> {
    const renewed = await this.#renew(row, expired, deadlineMs);
    if (renewed.kind !== 'fresh') return this.#withoutToken(row, renewed);
    if (this.clock.monotonicMs() > deadlineMs - LEAST_POST_MS) return awaitToken(0, this.#context(row));
    return this.#post(row, renewed.token, deadlineMs);
  }

  async #post(row: ClaimedRow, token: Secret, deadlineMs: number): Promise<Settlement> {
    const message = {
      channel: row.channel_id,
      text: row.text,
      deliveryId: row.id,
      ...(row.blocks === null ? {} : { blocks: row.blocks }),
      ...(row.thread_ts === null ? {} : { threadTs: row.thread_ts }),
    };
    this.passFailpoint('after-attempt-commit');
    const outcome = await this.slack.postMessage(token, message, { at: deadlineMs, clock: this.clock });
    this.passFailpoint('after-slack-answer');
    return this.#settle(row, token, outcome, deadlineMs);
  }

  async #settle(row: ClaimedRow, token: Secret, outcome: PostOutcome, deadlineMs: number): Promise<Settlement> {
    const context = this.#context(row);
    switch (outcome.kind) {
      case 'authUnclear':
        return this.#confirmEnded(row, token, outcome, deadlineMs);
      case 'tokenExpired':
        return this.#renewAfter(row, token, outcome, deadlineMs);
      case 'credentialEnded':
        // Slack keeps two tokens of a rotating grant alive: this one may have made room. Then a refresh knows.
        if (outcome.slackError === TOKEN_REVOKED && row.failure_slack_error !== TOKEN_REVOKED)
          return this.#renewAfter(row, token, outcome, deadlineMs);
        // Where the row has moved on, or a refresh is under way, Slack may have spoken of a token that was replaced.
        return (await this.#end(row))
          ? settlementOf(outcome, context)
          : this.#renewAfter(row, token, outcome, deadlineMs);
      default:
        return settlementOf(outcome, context);
    }
  }

  /** Slack refused this token: with a newer one the message is tried again at once, as the head of its channel. */
  async #renewAfter(row: ClaimedRow, refused: Secret, outcome: TokenRefused, deadlineMs: number): Promise<Settlement> {
    const renewed = await this.#renew(row, refused, deadlineMs);
    if (renewed.kind !== 'fresh') return this.#withoutToken(row, renewed, outcome);
    // At once only the first time: a Slack that refuses every new token must not be asked without a pause.
    return row.failure_slack_error === outcome.slackError
      ? retryLater({ ...outcome, detail: 'Slack refused the token before this one as well.' }, this.#context(row))
      : awaitToken(0, this.#context(row), outcome);
  }

  /**
   * Never throws: an error here says nothing of the message, which was surely not posted. Nor does it outlast the try: a
   * refresh goes on by itself, and the next claim finds what it brought.
   */
  async #renew(row: ClaimedRow, used: Secret, deadlineMs: number): Promise<RefreshOutcome> {
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<RefreshOutcome>((resolve) => {
      const leftMs = Math.max(0, deadlineMs - this.clock.monotonicMs());
      timer = setTimeout(() => resolve({ kind: 'later', seconds: 1 }), leftMs);
    });
    try {
      return await Promise.race([this.refreshes.refresh(row.credential_id, used), timeUp]);
    } catch (error) {
      this.logger.error({ err: error, credentialId: row.credential_id }, 'A token could not be refreshed.');
      return { kind: 'later', seconds: 1 };
    } finally {
      clearTimeout(timer);
    }
  }

  async #withoutToken(
    row: ClaimedRow,
    renewed: Exclude<RefreshOutcome, { kind: 'fresh' }>,
    outcome: { slackError: string; httpStatus?: number } = { slackError: TOKEN_EXPIRED },
  ): Promise<Settlement> {
    switch (renewed.kind) {
      case 'later':
        return awaitToken(renewed.seconds, this.#context(row), outcome);
      case 'forgotten':
        // The next claim finds out what became of the connection.
        return awaitToken(0, this.#context(row), outcome);
      case 'lasting':
        await this.#end(row);
        return awaitReconnect(outcome);
      case 'ended':
        return awaitReconnect(outcome);
    }
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
    deadlineMs: number,
  ): Promise<Settlement> {
    const test = await this.slack.authTest(token);
    if (test.kind !== 'refused') {
      const detail = 'Slack refused the token for this message but accepts it otherwise.';
      return retryLater({ ...outcome, detail }, this.#context(row));
    }
    const { httpStatus } = outcome;
    const ended: TokenRefused = { kind: 'credentialEnded', slackError: test.error, httpStatus };
    const isOver = test.error !== TOKEN_EXPIRED && (await this.#end(row));
    return isOver ? awaitReconnect(ended) : this.#renewAfter(row, token, ended, deadlineMs);
  }

  /** The claim read the sealed token in its own statement, so that sending needs no query of its own. */
  #open(row: ClaimedRow): OpenedToken {
    return this.vault.openSealed({
      id: row.credential_id,
      appId: row.app_id,
      teamId: row.team_id,
      slackUserId: row.slack_user_id,
      accessToken: row.access_token,
      problemCode: null,
      problemSince: null,
      version: row.credential_version,
    });
  }

  #end(row: ClaimedRow): Promise<boolean> {
    return this.vault.markEnded(row.credential_id, row.credential_version, 'CONNECTION_NEEDS_REAUTHORIZATION');
  }
}
