import type { ChatPostMessageArguments } from '@slack/web-api';
import type { Clock } from '../platform/clock.ts';
import type { ChannelId, SlackUserId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import type { Secret } from '../platform/secret.ts';
import { inSpan, SpanKind } from '../platform/tracing.ts';
import type { Exchange } from './exchange.policy.ts';
import type {
  AuthTest,
  ChannelKind,
  Conversation,
  ConversationPage,
  Deadline,
  HistoryPage,
  HistoryQuery,
  OAuthGrant,
  OutgoingMessage,
  RefreshedGrant,
  SlackAnswer,
  SlackGateway,
  SlackUser,
} from './gateway.ts';
import { HttpTransport } from './http-transport.ts';
import { isListedPostError, postOutcome, type PostOutcome } from './post-outcome.policy.ts';
import { ReusedClient, type Call } from './reused-client.ts';
import * as answers from './slack-answers.ts';
import { slackAnswer } from './slack-answer.policy.ts';

export interface WebClientGatewayOptions {
  /** `https://slack.com/api/`, or a simulator's. */
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Of every call but `postMessage`, which brings its own deadline. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For metrics; both labels have few values. */
  readonly observe?: (method: string, outcome: string, durationMs: number) => void;
  /** Called when a post was handed to the network and its answer is still out. */
  readonly onPostSent?: () => void;
}

/** Clients of the SDK that wait for their next call, some 27 KiB of heap each. */
const MOST_KEPT = 100;

const SLACK_TYPES: Readonly<Record<ChannelKind, string>> = {
  PUBLIC: 'public_channel',
  PRIVATE: 'private_channel',
  GROUP_DM: 'mpim',
  DM: 'im',
};

const messageArguments = (message: OutgoingMessage): ChatPostMessageArguments => ({
  channel: message.channel,
  text: message.text,
  // Checked where the notification was accepted; what Slack alone can judge, Slack answers.
  ...(message.blocks === undefined ? {} : { blocks: [...message.blocks] as never[] }),
  ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
  metadata: { event_type: 'heliograph_delivery', event_payload: { delivery_id: message.deliveryId } },
});

/** The method and what came of it: neither what was asked nor what was answered. */
const inSlackSpan = <Answer extends { readonly kind: string }>(method: string, ask: () => Promise<Answer>) =>
  inSpan(
    `slack ${method}`,
    { kind: SpanKind.CLIENT, attributes: { 'rpc.system': 'slack', 'rpc.method': method } },
    ask,
    ({ kind }) => ({ 'heliograph.slack.outcome': kind }),
  );

/** Slack through the official SDK, which builds and types the requests; retries, waits and judgement are ours. */
export class WebClientGateway implements SlackGateway {
  readonly #options: WebClientGatewayOptions;
  readonly #transport = new HttpTransport();
  readonly #free: ReusedClient[] = [];

  constructor(options: WebClientGatewayOptions) {
    this.#options = options;
  }

  exchangeCode(input: { code: string; redirectUri: string }): Promise<SlackAnswer<OAuthGrant>> {
    const { clientId, clientSecret } = this.#options;
    const call: Call = (client) =>
      client.oauth.v2.access({
        client_id: clientId,
        client_secret: clientSecret.reveal(),
        code: input.code,
        redirect_uri: input.redirectUri,
      });
    return this.#ask('oauth.v2.access', undefined, call, answers.readGrant);
  }

  refresh(refreshToken: Secret, options: { timeoutMs?: number } = {}): Promise<SlackAnswer<RefreshedGrant>> {
    const { clientId, clientSecret } = this.#options;
    const call: Call = (client) =>
      client.oauth.v2.access({
        client_id: clientId,
        client_secret: clientSecret.reveal(),
        grant_type: 'refresh_token',
        refresh_token: refreshToken.reveal(),
      });
    return this.#ask('oauth.v2.access', undefined, call, answers.readRefreshedGrant, options.timeoutMs);
  }

  authTest(token: Secret, options: { timeoutMs?: number } = {}): Promise<SlackAnswer<AuthTest>> {
    return this.#ask('auth.test', token, (client) => client.auth.test(), answers.readAuthTest, options.timeoutMs);
  }

  revoke(token: Secret, options: { timeoutMs?: number } = {}): Promise<SlackAnswer<{ revoked: boolean }>> {
    const call: Call = (client) => client.auth.revoke();
    return this.#ask('auth.revoke', token, call, answers.readRevoked, options.timeoutMs);
  }

  userInfo(token: Secret, user: SlackUserId, options: { timeoutMs?: number } = {}): Promise<SlackAnswer<SlackUser>> {
    const call: Call = (client) => client.users.info({ user });
    return this.#ask('users.info', token, call, answers.readUser, options.timeoutMs);
  }

  listConversations(
    token: Secret,
    input: { types: readonly ChannelKind[]; cursor?: string; limit: number },
  ): Promise<SlackAnswer<ConversationPage>> {
    const call: Call = (client) =>
      client.conversations.list({
        types: input.types.map((type) => SLACK_TYPES[type]).join(','),
        limit: input.limit,
        ...(input.cursor === undefined ? {} : { cursor: input.cursor }),
      });
    return this.#ask('conversations.list', token, call, answers.readConversationPage);
  }

  conversationInfo(token: Secret, channel: ChannelId): Promise<SlackAnswer<Conversation>> {
    const call: Call = (client) => client.conversations.info({ channel, include_num_members: true });
    return this.#ask('conversations.info', token, call, answers.readConversation);
  }

  readMessages(token: Secret, query: HistoryQuery): Promise<SlackAnswer<HistoryPage>> {
    const { channel, threadTs, oldest, cursor, limit } = query;
    const window = {
      channel,
      limit,
      oldest: (oldest.getTime() / 1000).toFixed(6),
      inclusive: true,
      include_all_metadata: true,
      ...(cursor === undefined ? {} : { cursor }),
    };
    if (threadTs === undefined) {
      return this.#ask(
        'conversations.history',
        token,
        (client) => client.conversations.history(window),
        answers.readHistory,
      );
    }
    const replies: Call = (client) => client.conversations.replies({ ...window, ts: threadTs });
    return this.#ask('conversations.replies', token, replies, answers.readHistory);
  }

  permalink(token: Secret, channel: ChannelId, ts: string): Promise<SlackAnswer<string>> {
    const call: Call = (client) => client.chat.getPermalink({ channel, message_ts: ts });
    return this.#ask('chat.getPermalink', token, call, answers.readPermalink);
  }

  async postMessage(token: Secret, message: OutgoingMessage, deadline: Deadline): Promise<PostOutcome> {
    const startedAt = deadline.clock.monotonicMs();
    const call: Call = (client) => client.chat.postMessage(messageArguments(message));
    const exchange = (): Promise<Exchange> => this.#exchange(token, call, deadline, this.#options.onPostSent);
    const outcome = await inSlackSpan('chat.postMessage', async () => postOutcome(await exchange()));
    this.#report('chat.postMessage', outcome, deadline.clock.monotonicMs() - startedAt);
    if (outcome.kind === 'rejected' && outcome.slackError !== undefined && !isListedPostError(outcome.slackError)) {
      this.#options.logger.warn(
        { slackError: outcome.slackError },
        'Slack refused a message with a code we do not know',
      );
    }
    return outcome;
  }

  /** Closes the kept connections; calls that are open end as if the connection had broken. */
  close(): void {
    this.#transport.close();
  }

  async #ask<T>(
    method: string,
    token: Secret | undefined,
    call: Call,
    read: answers.Read<T>,
    timeoutMs = this.#options.timeoutMs,
  ): Promise<SlackAnswer<T>> {
    const { clock } = this.#options;
    const startedAt = clock.monotonicMs();
    const exchange = (): Promise<Exchange> => this.#exchange(token, call, { at: startedAt + timeoutMs, clock });
    const answer = await inSlackSpan(method, async () => slackAnswer(await exchange(), read));
    this.#report(method, answer, clock.monotonicMs() - startedAt);
    return answer;
  }

  #report(method: string, answer: PostOutcome | SlackAnswer<unknown>, durationMs: number): void {
    const { logger, observe } = this.#options;
    observe?.(method, answer.kind, durationMs);
    const detail = 'detail' in answer ? answer.detail : undefined;
    const slackError = 'error' in answer ? answer.error : 'slackError' in answer ? answer.slackError : undefined;
    logger.debug(
      { method, outcome: answer.kind, slackError, detail, durationMs: Math.round(durationMs) },
      'Slack answered',
    );
  }

  /** A call has a client for itself while it lasts, and makes at most one request. */
  async #exchange(token: Secret | undefined, call: Call, deadline: Deadline, onSent?: () => void): Promise<Exchange> {
    const client = this.#free.pop() ?? new ReusedClient(this.#options.apiUrl, this.#transport);
    const exchange = await client.exchange(call, { token, deadline, onSent });
    if (this.#free.length < MOST_KEPT) this.#free.push(client);
    return exchange;
  }
}
