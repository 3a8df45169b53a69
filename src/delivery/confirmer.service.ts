import type { AccessTokens } from '../credentials/access-tokens.service.ts';
import type { ChannelId, CredentialId, NotificationId, TeamId } from '../platform/ids.ts';
import type { PassFailpoint } from '../platform/failpoints.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import { confirmationOf, knownOutcome, type ConfirmationLimits, type Lookup } from './confirmation.policy.ts';
import type { ClaimedRow } from './claimed-row.ts';
import type { Settlement } from './settlement.policy.ts';

/** Pages reach back to this long before the attempt: clocks of Slack and ours need not agree to the second. */
const WINDOW_BEFORE_ATTEMPT_MS = 60_000;
const PAGE_LIMIT = 200;
/** A window with more messages than this is no evidence that can be had in reasonable time. */
const MAX_PAGES = 50;

const NO_BOT = { kind: 'impossible', detail: 'No bot of this team can look it up any more.' } as const;

/** What the confirmer asks of the database. */
export interface ConfirmationStore {
  /** Takes one look out of the team's budget; seconds to wait where there is none. */
  takeHistoryLook(teamId: TeamId): Promise<number>;
  /** Messages found on the way whose notifications had been given up as UNCONFIRMED. */
  settleFound(laneId: string, found: readonly { id: string; channelId: ChannelId; ts: string }[]): Promise<void>;
}

/** Settles what became of a message whose answer was lost, by looking for its marker in Slack. */
export class Confirmer {
  constructor(
    private readonly slack: SlackGateway,
    private readonly tokens: AccessTokens,
    private readonly store: ConfirmationStore,
    private readonly limits: ConfirmationLimits,
    private readonly onResult: (result: string) => void,
    private readonly passFailpoint: PassFailpoint,
  ) {}

  async confirm(row: ClaimedRow): Promise<Settlement> {
    const posted = { channelId: row.attempt_channel_id, ts: row.attempt_ts };
    const known = row.attempt_outcome && knownOutcome(row.attempt_outcome, posted);
    if (known) return known;
    const lookup = await this.#lookUp(row);
    this.onResult(lookup.kind);
    // Left open by a process that died: nobody has counted it yet.
    const isUncounted = row.attempt_outcome === 'IN_FLIGHT';
    const context = {
      tries: row.tries + (isUncounted ? 1 : 0),
      attemptAgeMs: row.attempt_age_ms,
      confirmingMs: row.confirming_ms ?? 0,
      unaskedMs: row.unasked_ms,
      policy: row.on_unknown_outcome,
    };
    return { ...confirmationOf(lookup, context, this.limits), countsAsTry: isUncounted };
  }

  /** With the connection's bot, also for a person's message: the person's token need not read history. */
  async #lookUp(row: ClaimedRow): Promise<Lookup> {
    const botId = row.bot_credential_id;
    if (botId === null) return NO_BOT;
    const unconfirmed: { id: string; channelId: ChannelId; ts: string }[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const page = await this.#page(row, botId, cursor);
      if (page.kind !== 'page') return page;
      const marked = page.messages.filter((message) => message.deliveryId !== undefined);
      // The id is proof enough: nobody in Slack knows it before the message that carries it is there.
      const mine = marked.find((message) => message.deliveryId === row.id);
      if (mine) return { kind: 'present', channelId: row.channel_id, ts: mine.ts };
      unconfirmed.push(
        ...marked.map(({ deliveryId, ts }) => ({ id: deliveryId as NotificationId, channelId: row.channel_id, ts })),
      );
      if (page.nextCursor === undefined) {
        await this.store.settleFound(row.lane_id, unconfirmed);
        return { kind: 'absent' };
      }
      cursor = page.nextCursor;
    }
    return { kind: 'unasked', detail: 'the channel has too many messages since then' };
  }

  async #page(row: ClaimedRow, botId: CredentialId, cursor: string | undefined) {
    const waitSeconds = await this.store.takeHistoryLook(row.team_id);
    this.passFailpoint('during-confirmation');
    if (waitSeconds > 0) return { kind: 'postponed', seconds: waitSeconds } as const;
    const query = {
      channel: row.channel_id,
      oldest: new Date(row.sent_at.getTime() - WINDOW_BEFORE_ATTEMPT_MS),
      limit: PAGE_LIMIT,
      ...(row.thread_ts === null ? {} : { threadTs: row.thread_ts }),
      ...(cursor === undefined ? {} : { cursor }),
    };
    const answer = await this.tokens.call(botId, (token) => this.slack.readMessages(token, query));
    switch (answer.kind) {
      case 'unusable':
        return NO_BOT;
      case 'ok':
        return { kind: 'page', ...answer.value } as const;
      case 'refused':
        return {
          kind: 'impossible',
          detail: `Slack does not let the bot read the channel (${answer.error}).`,
        } as const;
      case 'rateLimited': {
        const { retryAfterSeconds } = answer;
        return { kind: 'unasked', detail: `it asked for ${retryAfterSeconds} s`, retryAfterSeconds } as const;
      }
      case 'unavailable':
        return { kind: 'unasked', detail: answer.detail } as const;
    }
  }
}
