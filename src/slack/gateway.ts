import type { Clock } from '../platform/clock.ts';
import type { ChannelId, SlackUserId, TeamId } from '../platform/ids.ts';
import type { Secret } from '../platform/secret.ts';
import type { PostOutcome } from './post-outcome.policy.ts';

/** What came of a call that may be repeated without harm. Posting has an answer of its own, `PostOutcome`. */
export type SlackAnswer<T> =
  | {
      readonly kind: 'ok';
      readonly value: T;
      /** The scopes that Slack says the token holds; undefined where this answer did not say. */
      readonly scopes: readonly string[] | undefined;
    }
  | {
      readonly kind: 'refused';
      /** Slack's code, always matching `[a-z0-9_]+`. */
      readonly error: string;
      readonly needed?: string;
      readonly provided?: string;
    }
  | { readonly kind: 'rateLimited'; readonly retryAfterSeconds: number }
  | {
      /** Network, 5xx or an answer that is not Slack's: nothing is known, neither that it worked nor that it did not. */
      readonly kind: 'unavailable';
      /** For people and logs; never holds a token, a code or a secret. */
      readonly detail: string;
    };

/** A moment on the monotonic clock by which a try must be over, connection set-up included. */
export interface Deadline {
  readonly at: number;
  readonly clock: Clock;
}

export interface NamedTeam {
  readonly id: TeamId;
  /** Absent where only a person was authorised. */
  readonly name: string | undefined;
}

interface GrantedToken {
  /** Present where the app rotates its tokens. */
  readonly refreshToken?: Secret;
  readonly expiresInSeconds?: number;
  /** As granted, which may be less than what was asked. */
  readonly scopes: readonly string[];
}

export interface BotGrant extends GrantedToken {
  readonly token: Secret;
  readonly userId: SlackUserId;
}

/** Slack does not say whose it is. */
export interface UnnamedGrant extends GrantedToken {
  readonly token: Secret;
}

export interface UserGrant extends GrantedToken {
  readonly id: SlackUserId;
  /** Absent where only the bot was installed: then this is merely who clicked. */
  readonly token?: Secret;
}

export interface OAuthGrant {
  readonly appId: string;
  /** Null for an install on a whole Enterprise organisation. */
  readonly team: NamedTeam | null;
  readonly enterprise: { readonly id: string; readonly name: string | undefined } | null;
  readonly isEnterpriseInstall: boolean;
  readonly bot?: BotGrant;
  /** Of no use, and to be ended. */
  readonly unnamed?: UnnamedGrant;
  readonly user: UserGrant;
}

/** What a refresh gives: one principal's next pair. Bot and people are refreshed each for themselves. */
export interface RefreshedGrant {
  readonly appId: string;
  /** The team; for an install on a whole organisation the organisation. */
  readonly teamId: TeamId;
  /** Slack may leave it out here. */
  readonly userId: SlackUserId | undefined;
  readonly isBot: boolean;
  readonly token: Secret;
  readonly refreshToken: Secret;
  readonly expiresInSeconds: number;
  readonly scopes: readonly string[];
}

export interface AuthTest {
  readonly teamId: TeamId;
  readonly teamName: string | undefined;
  /** The team's address, `https://acme.slack.com/`. */
  readonly url: string | undefined;
  /** The bot's user or the person that the token speaks for. */
  readonly userId: SlackUserId;
  readonly botId: string | undefined;
  readonly appId: string | undefined;
  readonly isEnterpriseInstall: boolean;
}

export interface SlackUser {
  readonly id: SlackUserId;
  readonly teamId: TeamId | undefined;
  /** What Slack shows as the author: display name, else real name, else handle. */
  readonly name: string;
  readonly isBot: boolean;
  readonly isDeactivated: boolean;
}

export type ChannelKind = 'PUBLIC' | 'PRIVATE' | 'GROUP_DM' | 'DM';

export interface Conversation {
  readonly id: ChannelId;
  /** Without the `#`. A DM has no name: the id of the other user stands here. */
  readonly name: string;
  readonly type: ChannelKind;
  readonly isArchived: boolean;
  readonly isMember: boolean;
  readonly isShared: boolean;
  readonly isReadOnly: boolean;
  /** Takes replies in threads, and nothing else. */
  /** Whether it takes replies in threads only; absent where Slack does not say. */
  readonly isThreadOnly?: boolean;
  readonly memberCount?: number;
  readonly topic?: string;
}

export interface ConversationPage {
  readonly conversations: readonly Conversation[];
  /** Absent on the last page. A page may be shorter than the limit, even empty, and not be the last. */
  readonly nextCursor?: string;
}

export interface OutgoingMessage {
  readonly channel: ChannelId;
  readonly text: string;
  readonly blocks?: readonly unknown[];
  readonly threadTs?: string;
  /** Travels as message metadata: it is how a message whose answer was lost is found again. */
  readonly deliveryId: string;
}

/** A message as far as looking up a delivery needs it; never its text. */
export interface HistoryMessage {
  readonly ts: string;
  /** The thread that it is in; of a thread's first message its own `ts`. */
  readonly threadTs: string | undefined;
  /** The marker that `postMessage` had put on it; absent on everybody else's messages. */
  readonly deliveryId: string | undefined;
}

export interface HistoryQuery {
  readonly channel: ChannelId;
  /** Given: the replies of this thread instead of the channel's own messages. */
  readonly threadTs?: string;
  readonly oldest: Date;
  readonly cursor?: string;
  readonly limit: number;
}

export interface HistoryPage {
  /** Slack's clock when it answered, to the second; undefined where the answer does not say. */
  readonly answeredAt: Date | undefined;
  readonly messages: readonly HistoryMessage[];
  /** Absent on the last page: everything since `oldest` was read then. */
  readonly nextCursor?: string;
}

export interface SlackGateway {
  exchangeCode(input: { code: string; redirectUri: string }): Promise<SlackAnswer<OAuthGrant>>;
  /** After this the refresh token is good for a short grace only, whether the answer arrives or not. */
  refresh(refreshToken: Secret, options?: { timeoutMs?: number }): Promise<SlackAnswer<RefreshedGrant>>;
  authTest(token: Secret, options?: { timeoutMs?: number }): Promise<SlackAnswer<AuthTest>>;
  revoke(token: Secret, options?: { timeoutMs?: number }): Promise<SlackAnswer<{ revoked: boolean }>>;
  userInfo(token: Secret, user: SlackUserId, options?: { timeoutMs?: number }): Promise<SlackAnswer<SlackUser>>;
  listConversations(
    token: Secret,
    input: { types: readonly ChannelKind[]; cursor?: string; limit: number },
  ): Promise<SlackAnswer<ConversationPage>>;
  conversationInfo(token: Secret, channel: ChannelId): Promise<SlackAnswer<Conversation>>;
  /** Needs the history scope of the channel's kind and the bot in the channel (Slack: conversations.history, .replies). */
  readMessages(token: Secret, query: HistoryQuery): Promise<SlackAnswer<HistoryPage>>;
  permalink(token: Secret, channel: ChannelId, ts: string): Promise<SlackAnswer<string>>;
  /** Sends once. Never throws for anything that Slack or the network does. */
  postMessage(token: Secret, message: OutgoingMessage, deadline: Deadline): Promise<PostOutcome>;
}
