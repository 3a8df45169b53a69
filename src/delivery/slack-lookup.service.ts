import { setTimeout as pause } from 'node:timers/promises';
import type { AccessTokens } from '../credentials/access-tokens.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { CredentialId, NotificationId, TeamId } from '../platform/ids.ts';
import type { PassFailpoint } from '../platform/failpoints.ts';
import type { HistoryMessage, HistoryPage, SlackGateway } from '../slack/gateway.ts';
import { isPassing, isUnclear } from '../slack/post-errors.policy.ts';
import { reachesBack, startBySlack, windowStart, type Lookup, type LookTurn } from './confirmation.policy.ts';
import type { ClaimedRow } from './claimed-row.ts';
import type { Seen, Sighting } from './messenger.ts';

const PAGE_LIMIT = 200;
/** A window with more messages than this is no evidence that can be had in reasonable time. */
const MAX_PAGES = 50;

/** Longer is the pace of an app that may look once a minute: it must not hold a slot meanwhile. */
const MAX_PAGE_WAIT_SECONDS = 5;

const BUDGET_SPENT = 'The budget for looking up messages of this team is spent for now.';
const STOPPING = { kind: 'left', detail: 'It is looked up by another process.' } as const;
const NO_THREAD = { kind: 'impossible', detail: 'Slack does not show the thread that it was sent to.' } as const;
const NO_BOT = { kind: 'impossible', detail: 'No bot of this team can look it up any more.' } as const;

/** What a team may be asked: Slack limits how often its history is read. */
export interface LookBudget {
  take(teamId: TeamId): Promise<LookTurn>;
  /** Slack said for how long it wants no history of this team to be read, whichever channel's. */
  hold(teamId: TeamId, seconds: number): Promise<void>;
}

interface Look {
  readonly row: ClaimedRow;
  readonly botId: CredentialId;
  /** By the monotonic clock: the row's times are of then, and it may have stood in line since. */
  readonly claimedMs: number;
}

interface Place {
  readonly threadTs: string | null;
  readonly oldest: Date;
  readonly cursor: string | undefined;
  readonly isFurther: boolean;
}

/**
 * The thread of the reply that a message was sent in reply to: Slack files the message there, and shows of the reply's own ts
 * that reply alone (github.com/slackapi/bolt-python/issues/783). Undefined where it is a thread's first message.
 */
const threadOfReply = (threadTs: string | null, messages: readonly HistoryMessage[]): string | undefined => {
  const shown = messages.find(({ ts }) => ts === threadTs)?.threadTs;
  return shown === threadTs ? undefined : shown;
};

const refusedLook = (error: string): Lookup => {
  // An allow-list of addresses is told in the same words as a token that is gone, which a send or a check finds out.
  if (isPassing(error) || isUnclear(error)) return { kind: 'unasked', detail: error };
  // Of a page that was asked for too late: the read begins anew.
  if (error === 'invalid_cursor')
    return { kind: 'postponed', seconds: 1, detail: 'Slack lost the place in the history.' };
  return { kind: 'impossible', detail: `Slack does not let the bot read the channel (${error}).` };
};

/** Finds a message by the marker that it carries, in the history of its channel or thread. */
export class SlackLookup {
  /** How far Slack's clock was ahead of the database's when Slack last said its time. */
  #slackAheadMs = 0;

  constructor(
    private readonly slack: SlackGateway,
    private readonly tokens: AccessTokens,
    private readonly budget: LookBudget,
    private readonly clock: Clock,
    private readonly passFailpoint: PassFailpoint,
  ) {}

  /** With the connection's bot, also for a person's message: the person's token need not read history. */
  async find(row: ClaimedRow, claimedMs: number, isStopping: () => boolean): Promise<Sighting> {
    const others: Seen[] = [];
    const botId = row.bot_credential_id;
    if (botId === null) return { lookup: NO_BOT, others };
    const lookup = await this.#read({ row, botId, claimedMs }, others, isStopping);
    return { lookup, others };
  }

  async #read({ row, botId, claimedMs }: Look, others: Seen[], isStopping: () => boolean): Promise<Lookup> {
    const oldest = windowStart(new Date(row.sent_at.getTime() + this.#slackAheadMs));
    let cursor: string | undefined;
    let threadTs = row.thread_ts;
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      if (isStopping()) return STOPPING;
      const page = await this.#page(row, botId, { threadTs, oldest, cursor, isFurther: pages > 0 }, isStopping);
      if (page.kind !== 'page') return page;
      const marked = page.messages.filter((message) => message.deliveryId !== undefined);
      others.push(
        ...marked.map(({ deliveryId, ts }) => ({ id: deliveryId as NotificationId, channelId: row.channel_id, ts })),
      );
      // The id is proof enough: nobody in Slack knows it before the message that carries it is there.
      const mine = marked.find((message) => message.deliveryId === row.id);
      if (mine) return { kind: 'present', channelId: row.channel_id, ts: mine.ts };
      const thread = await this.#threadElsewhere(row, botId, threadTs, page, pages === 0, isStopping);
      if (typeof thread === 'object') return thread;
      if (thread !== undefined) {
        [threadTs, cursor] = [thread, undefined];
        continue;
      }
      if (page.nextCursor === undefined)
        return this.#notThere(row, oldest, page.answeredAt, this.clock.monotonicMs() - claimedMs);
      cursor = page.nextCursor;
    }
    return { kind: 'impossible', detail: 'The channel has too many messages since then.' };
  }

  /**
   * Of a thread Slack shows the first message on the first page, however old it is. Where it does not, what is asked for may be
   * a reply that is too old to be shown: nothing is concluded before that is known.
   */
  async #threadElsewhere(
    row: ClaimedRow,
    botId: CredentialId,
    threadTs: string | null,
    { messages }: HistoryPage,
    isFirst: boolean,
    isStopping: () => boolean,
  ): Promise<string | undefined | Lookup> {
    if (threadTs === null || !isFirst) return undefined;
    if (messages.some(({ ts }) => ts === threadTs)) return threadOfReply(threadTs, messages);
    const place = { threadTs, oldest: new Date(0), cursor: undefined, isFurther: true };
    const alone = await this.#page(row, botId, place, isStopping);
    if (alone.kind !== 'page') return alone;
    return alone.messages.some(({ ts }) => ts === threadTs) ? threadOfReply(threadTs, alone.messages) : NO_THREAD;
  }

  /** Whether a whole read that did not find it reached back far enough, by Slack's own clock where an answer tells it. */
  #notThere(row: ClaimedRow, oldest: Date, answeredAt: Date | undefined, sinceClaimMs: number): Lookup {
    const start = answeredAt ? startBySlack(answeredAt, row.attempt_age_ms + sinceClaimMs) : row.sent_at;
    this.#slackAheadMs = start.getTime() - row.sent_at.getTime();
    if (reachesBack(oldest, start)) return { kind: 'absent' };
    return { kind: 'postponed', seconds: 0, detail: "Slack's clock differs from ours; looking further back." };
  }

  /** A read that is broken off begins anew: for a further page the budget is waited for, or no long one would ever end. */
  async #takeLook(teamId: TeamId, isFurther: boolean, isStopping: () => boolean): Promise<LookTurn> {
    for (;;) {
      const turn = await this.budget.take(teamId);
      if (turn.kind === 'taken' || !isFurther || turn.seconds > MAX_PAGE_WAIT_SECONDS) return turn;
      await pause(turn.seconds * 1000);
      if (isStopping()) return turn;
    }
  }

  async #page(
    row: ClaimedRow,
    botId: CredentialId,
    { threadTs, oldest, cursor, isFurther }: Place,
    isStopping: () => boolean,
  ) {
    const turn = await this.#takeLook(row.team_id, isFurther, isStopping);
    this.passFailpoint('during-confirmation');
    if (turn.kind === 'spent') return { kind: 'postponed', seconds: turn.seconds, detail: BUDGET_SPENT } as const;
    if (turn.kind === 'held') return { kind: 'limited', retryAfterSeconds: Math.ceil(turn.seconds) } as const;
    const query = {
      channel: row.channel_id,
      oldest,
      limit: PAGE_LIMIT,
      ...(threadTs === null ? {} : { threadTs }),
      ...(cursor === undefined ? {} : { cursor }),
    };
    const answer = await this.tokens.call(botId, (token) => this.slack.readMessages(token, query));
    switch (answer.kind) {
      case 'unusable':
        return NO_BOT;
      case 'ok':
        return { kind: 'page', ...answer.value } as const;
      case 'refused':
        return refusedLook(answer.error);
      case 'rateLimited':
        await this.budget.hold(row.team_id, answer.retryAfterSeconds);
        return { kind: 'limited', retryAfterSeconds: answer.retryAfterSeconds } as const;
      case 'unavailable':
        return { kind: 'unasked', detail: answer.detail } as const;
    }
  }
}
