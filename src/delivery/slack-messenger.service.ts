import type { CredentialVault, OpenedToken } from '../credentials/credential-vault.service.ts';
import type { EndVerdict } from '../credentials/ended-grant.policy.ts';
import type { EndedGrants } from '../credentials/ended-grants.service.ts';
import type { RefreshOutcome, RefreshService } from '../credentials/refresh.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { PassFailpoint } from '../platform/failpoints.ts';
import type { Logger } from '../platform/logger.ts';
import type { Secret } from '../platform/secret.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import type { PostOutcome } from '../slack/post-outcome.policy.ts';
import type { ClaimedRow } from './claimed-row.ts';
import type { Messenger, Sighting } from './messenger.ts';
import type { PostResult } from './post-result.ts';
import type { SlackLookup } from './slack-lookup.service.ts';

type TokenRefused = Extract<PostOutcome, { kind: 'tokenExpired' | 'credentialEnded' }>;
type AuthUnclear = Extract<PostOutcome, { kind: 'authUnclear' }>;
type Facts = { readonly slackError: string; readonly httpStatus?: number };

/** Less than this is no time to post in: the next claim brings a deadline of its own. */
const LEAST_POST_MS = 1000;
const TOKEN_EXPIRED = 'token_expired';
const TOKEN_REVOKED = 'token_revoked';

const pending = (seconds: number, { slackError, httpStatus }: Partial<Facts> = {}): PostResult => ({
  kind: 'tokenPending',
  seconds,
  ...(slackError === undefined ? {} : { slackError }),
  ...(httpStatus === undefined ? {} : { httpStatus }),
});

const ended = ({ slackError, httpStatus }: Facts): PostResult => ({
  kind: 'credentialEnded',
  slackError,
  ...(httpStatus === undefined ? {} : { httpStatus }),
});

const UNUSABLE_DETAIL: Readonly<Record<Exclude<EndVerdict, 'ended'>, string>> = {
  unclear: 'Slack refused the token for this message and does not say that it has ended.',
  barred:
    "Slack turns this server away and not this connection alone: the operator should check that the app's IP allow-list has its address.",
};

const unusable = ({ slackError, httpStatus }: AuthUnclear, verdict: keyof typeof UNUSABLE_DETAIL): PostResult => ({
  kind: 'notSent',
  reason: 'TOKEN',
  detail: UNUSABLE_DETAIL[verdict],
  slackError,
  httpStatus,
});

/** Slack, as delivery speaks to it: one try with a token that lives, and one look. */
export class SlackMessenger implements Messenger {
  constructor(
    private readonly slack: SlackGateway,
    private readonly vault: CredentialVault,
    private readonly refreshes: RefreshService,
    private readonly endedGrants: EndedGrants,
    private readonly lookup: SlackLookup,
    private readonly clock: Clock,
    private readonly passFailpoint: PassFailpoint,
    private readonly logger: Logger,
  ) {}

  async post(row: ClaimedRow, deadlineMs: number): Promise<PostResult> {
    const opened = this.#open(row);
    if (opened.kind !== 'ok')
      return { kind: 'notSent', reason: 'SEALED', detail: 'The stored token could not be opened.' };
    if (row.token_is_expired) return this.#renewFirst(row, opened.token, deadlineMs);
    if (row.refresh_is_due) this.refreshes.refreshSoon(row.credential_id, opened.token);
    return this.#postWith(row, opened.token, deadlineMs);
  }

  confirm(row: ClaimedRow, claimedMs: number, isStopping: () => boolean): Promise<Sighting> {
    return this.lookup.find(row, claimedMs, isStopping);
  }

  /** Waits for the new token as long as this try has time for posting with it. */
  async #renewFirst(row: ClaimedRow, expired: Secret, deadlineMs: number): Promise<PostResult> {
    const renewed = await this.#renew(row, expired, deadlineMs);
    if (renewed.kind !== 'fresh') return this.#withoutToken(row, renewed);
    if (this.clock.monotonicMs() > deadlineMs - LEAST_POST_MS) return pending(0);
    return this.#postWith(row, renewed.token, deadlineMs);
  }

  async #postWith(row: ClaimedRow, token: Secret, deadlineMs: number): Promise<PostResult> {
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
    return this.#judge(row, token, outcome, deadlineMs);
  }

  /** What Slack says of the token is judged here, with a look at the credential; all else speaks for itself. */
  async #judge(row: ClaimedRow, token: Secret, outcome: PostOutcome, deadlineMs: number): Promise<PostResult> {
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
        return (await this.#end(row, outcome.slackError)) ? outcome : this.#renewAfter(row, token, outcome, deadlineMs);
      default:
        return outcome;
    }
  }

  /** Slack refused this token: with a newer one the message is tried again at once, as the head of its channel. */
  async #renewAfter(row: ClaimedRow, refused: Secret, outcome: TokenRefused, deadlineMs: number): Promise<PostResult> {
    const renewed = await this.#renew(row, refused, deadlineMs);
    if (renewed.kind !== 'fresh') return this.#withoutToken(row, renewed, outcome);
    // At once only the first time: a Slack that refuses every new token must not be asked without a pause.
    const { slackError, httpStatus } = outcome;
    const detail = 'Slack refused the token before this one as well.';
    return row.failure_slack_error === slackError
      ? { kind: 'notSent', reason: 'TOKEN', detail, slackError, httpStatus }
      : pending(0, outcome);
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
    outcome: Facts = { slackError: TOKEN_EXPIRED },
  ): Promise<PostResult> {
    switch (renewed.kind) {
      case 'later':
        return pending(renewed.seconds, outcome);
      case 'forgotten':
        // The next claim finds out what became of the connection.
        return pending(0, outcome);
      case 'lasting':
        await this.#end(row, outcome.slackError);
        return ended(outcome);
      case 'ended':
        return ended(outcome);
    }
  }

  /** `invalid_auth` may be an IP allow-list, as auth.test of this token and of another team's tell. */
  async #confirmEnded(row: ClaimedRow, token: Secret, outcome: AuthUnclear, deadlineMs: number): Promise<PostResult> {
    // A part of the try: it is over when the try is.
    const timeoutMs = Math.max(0, deadlineMs - this.clock.monotonicMs());
    const test = await this.slack.authTest(token, { timeoutMs });
    if (test.kind !== 'refused') return unusable(outcome, 'unclear');
    const verdict = test.error === TOKEN_EXPIRED ? 'ended' : await this.#judgeRefusal(row, test.error, deadlineMs);
    if (verdict !== 'ended') return unusable(outcome, verdict);
    const { httpStatus } = outcome;
    const refused: TokenRefused = { kind: 'credentialEnded', slackError: test.error, httpStatus };
    const isOver = test.error !== TOKEN_EXPIRED && (await this.#end(row, test.error));
    return isOver ? ended(refused) : this.#renewAfter(row, token, refused, deadlineMs);
  }

  /** Never throws, as #renew does not: nobody knows yet whether anything has ended, and the message was surely not posted. */
  async #judgeRefusal(row: ClaimedRow, error: string, deadlineMs: number): Promise<EndVerdict> {
    try {
      return await this.endedGrants.judge(error, { appId: row.app_id, teamId: row.team_id }, deadlineMs);
    } catch (err) {
      this.logger.error({ err, credentialId: row.credential_id }, 'Whether an authorization has ended is not known.');
      return 'unclear';
    }
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

  /** Never throws, as #renew does not: what is not marked now is by the next try, which Slack refuses as this one. */
  async #end(row: ClaimedRow, slackError: string): Promise<boolean> {
    try {
      return await this.vault.markEnded(row.credential_id, row.credential_version, slackError);
    } catch (err) {
      this.logger.error(
        { err, credentialId: row.credential_id },
        'That an authorization has ended could not be stored.',
      );
      return false;
    }
  }
}
