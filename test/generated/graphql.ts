/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** How one try at Slack ended. */
export type AttemptOutcome =
  /** The answer was lost; a look-up showed that the message is not there. */
  | 'CONFIRMED_ABSENT'
  /** The answer was lost; a look-up found the message. */
  | 'CONFIRMED_PRESENT'
  /** Slack took the message. */
  | 'DELIVERED'
  /** It is open. */
  | 'IN_FLIGHT'
  /** Slack said to wait (HTTP 429). Not counted against the number of tries. */
  | 'RATE_LIMITED'
  /** Slack refused it for good. */
  | 'REJECTED'
  /** It certainly did not go through, and may later. */
  | 'RETRYABLE'
  /** The answer was lost, so the message may be there. */
  | 'UNKNOWN';

/** How to begin a trip through Slack's OAuth. */
export type BeginSlackInstallInput = {
  /** PERSONAL: the workspace connection that the person joins. WORKSPACE: the connection to reconnect. The callback refuses any other Slack team. */
  connectionId?: string | number | null | undefined;
  /** The bot, or the viewer themself. */
  intent: InstallIntent;
  /** Where the browser goes at the end; its origin must be one of RETURN_ORIGINS. Up to 2,000 characters. Without it a plain page shows the claim. */
  returnTo?: string | null | undefined;
  /** The workspace to connect. */
  workspaceId: string | number;
};

/** Which notification to cancel. */
export type CancelNotificationInput = {
  /** A QUEUED or RETRYING notification; another is refused with NOT_CANCELABLE. */
  id: string | number;
};

/** The kind of a Slack conversation (Slack: reference/objects/conversation-object). */
export type ChannelType =
  /** A direct message with one person. Needs `im:read`. */
  | 'DM'
  /** A direct message among several people. Needs `mpim:read`. */
  | 'GROUP_DM'
  /** A private channel that the identity is in. Needs `groups:read`. */
  | 'PRIVATE'
  /** A public channel. Needs `channels:read` to be listed. */
  | 'PUBLIC';

/** Which of the viewer's choices to forget. */
export type ClearIdentityInput = {
  /** The workspace that the choice was for. */
  workspaceId: string | number;
};

/** How to end a trip: by the same viewer who began it. */
export type CompleteSlackInstallInput = {
  /** The `claim` that the browser brought back to `returnTo`. Works once, for 10 minutes. */
  claim: string;
};

/** Whether Slack can be reached through it. */
export type ConnectionStatus =
  /** Slack accepts it. */
  | 'ACTIVE'
  /** A person disconnected it here. Its history stays; connecting again revives it with the same id. */
  | 'DISCONNECTED'
  /** Slack no longer accepts it. What was already accepted waits; new sends are refused. Reconnect it. */
  | 'NEEDS_REAUTHORIZATION';

/** Which event type to delete. */
export type DeleteEventTypeInput = {
  /** The event type's key. A built-in one is refused with BUILT_IN_EVENT_TYPE, one that is not there with UNKNOWN_EVENT_TYPE. */
  key: string | number;
  /** The workspace whose event type it is. */
  workspaceId: string | number;
};

/** Where a notification stands. It comes to rest in exactly one of DELIVERED, FAILED, CANCELED or UNCONFIRMED. */
export type DeliveryStatus =
  /** Canceled by a caller or by a disconnect before it left. */
  | 'CANCELED'
  /** Slack has the message; `slackMessageTs` names it. */
  | 'DELIVERED'
  /** It will not be sent; `failure` says why and who can mend it. */
  | 'FAILED'
  /** Accepted and stored; waits for its turn or its time. See `waiting`. */
  | 'QUEUED'
  /** A try did not go through and will be repeated. See `waiting`. */
  | 'RETRYING'
  /** A request to Slack is open, or its lost answer is being looked up. Can no longer be canceled. */
  | 'SENDING'
  /** Slack's answer was lost and could not be looked up: the message may be there or not. See resolveUnconfirmed. */
  | 'UNCONFIRMED';

/** What to disconnect. */
export type DisconnectInput = {
  /** A workspace connection's or a personal authorization's id. */
  id: string | number;
  /** Cancel what is still queued (default), or refuse to disconnect while something is. */
  queued?: QueuedOnDisconnect | null | undefined;
};

/** Why a notification was not delivered, or why a connection is not usable. */
export type FailureCode =
  /** Canceled by cancelNotification. */
  | 'CANCELED_BY_CALLER'
  /** Canceled because its connection or authorization was disconnected. */
  | 'CANCELED_BY_DISCONNECT'
  /** The channel is archived (Slack: `is_archived`). */
  | 'CHANNEL_ARCHIVED'
  /** Slack does not know the channel, or the identity cannot see it: Slack does not tell the two apart (Slack: `channel_not_found`; reference/methods/chat.postMessage). */
  | 'CHANNEL_NOT_FOUND'
  /** No channel was given, and the selection has no default channel. */
  | 'CHANNEL_REQUIRED'
  /** A person has disconnected it here. */
  | 'CONNECTION_DISCONNECTED'
  /** Slack no longer accepts the authorization (Slack: `token_revoked`, `account_inactive` and the like; reference/methods/chat.postMessage). Reconnect it. */
  | 'CONNECTION_NEEDS_REAUTHORIZATION'
  /** `expiresAt` passed before Slack took the message; `slackError` holds the last cause. */
  | 'EXPIRED'
  /** The user named by `sender.selectedBy` has selected no identity in the workspace. */
  | 'IDENTITY_NOT_SELECTED'
  /** The identity exists but cannot post now. */
  | 'IDENTITY_NOT_USABLE'
  /** A fault of this server; the operator finds it in the log. */
  | 'INTERNAL'
  /** Slack refused the message itself (Slack: `invalid_blocks`, `msg_blocks_too_long`, `no_text` and the like). */
  | 'INVALID_MESSAGE'
  /** The install did not grant a scope that this needs (Slack: `missing_scope`). Reinstall with it. */
  | 'MISSING_SCOPE'
  /** The identity is not a member of the channel (Slack: `not_in_channel`). Invite it. */
  | 'NOT_IN_CHANNEL'
  /** Slack's answer was lost and a look-up could not settle whether the message is there. It was not sent again. */
  | 'OUTCOME_UNKNOWN'
  /** A setting of Slack's side forbids posting there (Slack: `restricted_action` and its variants; `messages_tab_disabled`, a setting of the app). */
  | 'POSTING_RESTRICTED'
  /** Slack refused with a code that this server does not know; see `slackError`. */
  | 'SLACK_REJECTED'
  /** Slack could not be reached, or answered that it is not available, on every try. */
  | 'SLACK_UNAVAILABLE'
  /** The identity's Slack team is not the one that the connection or the notification belongs to. */
  | 'TEAM_MISMATCH';

/** What a message is posted as. */
export type IdentityKind =
  /** A person, through their own authorization. */
  | 'PERSONAL_USER'
  /** The workspace connection's bot. */
  | 'WORKSPACE_BOT';

/** What a trip through Slack's OAuth is for; each asks only its own kind of scopes. */
export type InstallIntent =
  /** Connect the viewer's own Slack account, under a workspace connection that exists. */
  | 'PERSONAL'
  /** Install the bot for the workspace. Admins only. */
  | 'WORKSPACE';

/** Which notifications to list: those for which every given condition holds. */
export type NotificationFilter = {
  /** For this Slack conversation. */
  channelId?: string | number | null | undefined;
  /** Through this workspace connection. */
  connectionId?: string | number | null | undefined;
  /** Accepted at this time or later. */
  createdSince?: string | null | undefined;
  /** Accepted before this time. */
  createdUntil?: string | null | undefined;
  /** With one of these event types' keys. */
  eventTypes?: Array<string> | null | undefined;
  /** Not delivered for this reason. */
  failureCode?: FailureCode | null | undefined;
  /** Sent with this idempotency key. */
  idempotencyKey?: string | null | undefined;
  /** Posted as this identity. */
  identityId?: string | number | null | undefined;
  /** With this priority. */
  priority?: Priority | null | undefined;
  /** Sent by this viewer. */
  requestedBy?: string | number | null | undefined;
  /** Whole words, in any case: the text holds all of them. Blank is no condition; without a letter, a digit or an emoji it finds nothing. At most 1,000 characters, else BAD_USER_INPUT. */
  search?: string | null | undefined;
  /** Sent by this user's stored selection. */
  selectedBy?: string | number | null | undefined;
  /** In one of these statuses. */
  statuses?: Array<DeliveryStatus> | null | undefined;
  /** About this website. */
  websiteId?: string | number | null | undefined;
};

/** Whether the identity could post there, as far as is known. */
export type Postable =
  /** No: the channel is archived. */
  | 'ARCHIVED'
  /** Only after it is invited to the channel. */
  | 'NEEDS_INVITE'
  /** No: posting there is restricted. */
  | 'READ_ONLY'
  /** Slack does not tell, or takes replies in threads only; a send will show. */
  | 'UNKNOWN'
  /** Yes. */
  | 'YES';

/** What to render. */
export type PreviewEventInput = {
  /** What fills the placeholders, at most 16 KiB and 8 levels; nothing does where it is left out, as with triggerEvent. */
  context?: Record<string, unknown> | null | undefined;
  /** The event type's key. */
  eventType: string;
  /** Preview an unsaved fallback. */
  fallback?: string | null | undefined;
  /** Preview an unsaved template; with `fallback`, of an event type that is not saved yet. */
  template?: string | null | undefined;
  /** The workspace whose event type it is. */
  workspaceId: string | number;
};

/** Which of the messages waiting in one channel goes first; within one priority, in order. */
export type Priority =
  /** Before normal ones. */
  | 'HIGH'
  /** After everything else in its channel. */
  | 'LOW'
  /** The default. */
  | 'NORMAL'
  /** Before all others in its channel. */
  | 'URGENT';

/** What a disconnect does with what is still queued. */
export type QueuedOnDisconnect =
  /** Cancel it: each ends CANCELED with CANCELED_BY_DISCONNECT, or UNCONFIRMED where an earlier try may have posted it. */
  | 'CANCEL'
  /** Refuse to disconnect while something is queued, with QUEUED_NOTIFICATIONS. */
  | 'REFUSE';

/** Whose channel directory to read again from Slack. */
export type RefreshChannelsInput = {
  /** An identity that the viewer may list channels of. */
  identityId: string | number;
};

/** Who can mend a failure. */
export type RemedyActor =
  /** Whoever sends: another channel, another text, another sender, or an invitation of the bot to the channel. */
  | 'CALLER'
  /** Whoever runs this server. */
  | 'OPERATOR'
  /** Slack itself; waiting helps. */
  | 'SLACK'
  /** Someone on Slack's side: lift a restriction. */
  | 'SLACK_ADMIN'
  /** An admin of the workspace here: reconnect, or grant scopes. */
  | 'WORKSPACE_ADMIN';

/** Which notification to send once more. */
export type ResendNotificationInput = {
  /** A FAILED, CANCELED or UNCONFIRMED notification that was not resent yet. */
  id: string | number;
  /** Say why; kept in the history. At most 1,000 characters. */
  reason?: string | null | undefined;
};

/** What a person saw in Slack. */
export type ResolveUnconfirmedInput = {
  /** An UNCONFIRMED notification; another is refused with NOT_UNCONFIRMED. */
  id: string | number;
  /** True makes it DELIVERED, false FAILED with OUTCOME_UNKNOWN. */
  messageIsThere: boolean;
};

/** What a viewer may do in a workspace, as the bearer token says. */
export type Role =
  /** Connects and disconnects Slack teams, saves event types, and sees everything in the workspace. */
  | 'ADMIN'
  /** Sends as the bot or as themself, and sees what concerns them. */
  | 'MEMBER'
  /** A program of the host product: sends as the bot or by users' own selections, and sees everything in the workspace. */
  | 'SERVICE';

/** An event type to make, or to change where the key exists. */
export type SaveEventTypeInput = {
  /** Used, whole, where the context lacks a placeholder of the template. Liquid as well; has to say something without any value. */
  fallback: string;
  /** Its key, unique in the workspace: 1 to 100 letters, digits, `.`, `_`, `-` or `:`, a letter or digit first. BUILT_IN_EVENT_TYPE where it is that of a built-in one. */
  key: string | number;
  /** The priority of what it triggers, unless a trigger says another. */
  priority: Priority;
  /** An example of a context, which testEvent sends; at most 16 KiB and 8 levels. What it lacks makes the fallback be said. */
  sampleContext: Record<string, unknown>;
  /** Liquid, at most 10,000 characters, or the older `{name}`, which is stored as Liquid; refused with INVALID_TEMPLATE where it cannot be parsed. */
  template: string;
  /** Its name for people, 1 to 200 characters. */
  title: string;
  /** The workspace that it is for. */
  workspaceId: string | number;
};

/** The viewer's choice; it replaces an earlier one. */
export type SelectIdentityInput = {
  /** Required for PERSONAL_USER, refused otherwise. Must be the viewer's own. */
  authorizationId?: string | number | null | undefined;
  /** The workspace connection to post through. For its bot it must be ACTIVE; for a person not DISCONNECTED. */
  connectionId: string | number;
  /** The conversation (`C…`, `G…`, `D…`) for sends by this selection that name none; it must be one that the identity can see. */
  defaultChannelId?: string | number | null | undefined;
  /** The bot, or the viewer themself. */
  kind: IdentityKind;
  /** The workspace that the choice is for. */
  workspaceId: string | number;
};

/** A message to send. */
export type SendNotificationInput = {
  /** Block Kit blocks, at most 50 (Slack: reference/block-kit/blocks). Shown instead of the text. */
  blocks?: Array<Record<string, unknown>> | null | undefined;
  /** A conversation id (C…, G…, D…), never a name. Required, except with `sender.selectedBy` where that selection has a default channel. */
  channelId?: string | number | null | undefined;
  /** An event type's key, for filtering; it does not change the message. */
  eventType?: string | null | undefined;
  /** Give up after this; default 24 hours after the scheduled time. */
  expiresAt?: string | null | undefined;
  /** Per caller and workspace: the same key with the same input gives the same notification; with another input, IDEMPOTENCY_CONFLICT. 1 to 255 characters, kept 7 days. A refusal never binds a key. */
  idempotencyKey?: string | null | undefined;
  /** Opaque to this server, at most 16 KiB; returned as given. */
  metadata?: Record<string, unknown> | null | undefined;
  /** What to do when Slack's answer was lost and the message cannot be looked up. */
  onUnknownOutcome?: UnknownOutcomePolicy | null | undefined;
  /** Which of the messages waiting in its channel goes first. */
  priority?: Priority | null | undefined;
  /** Not before then; at once where it is left out. */
  scheduledFor?: string | null | undefined;
  /** Who it is posted as; never inferred. */
  sender: SenderInput;
  /** Slack mrkdwn, 1 to 40,000 characters (code points); also the fallback text where blocks are given. */
  text: string;
  /** Reply in the thread of the message with this `ts`: a string as Slack gave it, `1700000000.000100`, never a number. */
  threadTs?: string | null | undefined;
  /** The host product's website that it is about, for filtering; opaque to this server. */
  websiteId?: string | number | null | undefined;
  /** The workspace to send in. */
  workspaceId: string | number;
};

/** Messages to send in one request. */
export type SendNotificationsInput = {
  /** At most 100 entries. */
  notifications: Array<SendNotificationInput>;
};

/** Who the message is posted as. Exactly one of the two fields. */
export type SenderInput =
  {   /** An identity that the viewer may use. */
  identityId: string | number; selectedBy?: never; }
  |  { identityId?: never;   /** The identity that this user has selected in the workspace; services and admins only, or the viewer's own id. */
  selectedBy: string | number; };

/** Which event type to try out, and where. */
export type TestEventInput = {
  /** The conversation (C…, G…, D…); required, except with `sender.selectedBy` where that selection has a default channel. */
  channelId?: string | number | null | undefined;
  /** The event type's key. */
  eventType: string;
  /** Who it is posted as; never inferred. */
  sender: SenderInput;
  /** The workspace to send in. */
  workspaceId: string | number;
};

/** Something that happened, to be said in Slack by its event type. */
export type TriggerEventInput = {
  /** A conversation id (C…, G…, D…), never a name. Required, except with `sender.selectedBy` where that selection has a default channel. */
  channelId?: string | number | null | undefined;
  /** What fills the template's placeholders, at most 16 KiB and 8 levels. With `issues_count` and without `issues_summary` the message gains a sentence that says how many issues were found. */
  context?: Record<string, unknown> | null | undefined;
  /** The event type's key. */
  eventType: string;
  /** Give up after this; default 24 hours after the scheduled time. */
  expiresAt?: string | null | undefined;
  /** As in sendNotification: 1 to 255 characters, kept 7 days. */
  idempotencyKey?: string | null | undefined;
  /** Opaque to this server, at most 16 KiB; returned as given. */
  metadata?: Record<string, unknown> | null | undefined;
  /** What to do when Slack's answer was lost and the message cannot be looked up. */
  onUnknownOutcome?: UnknownOutcomePolicy | null | undefined;
  /** Another priority than the event type's own. */
  priority?: Priority | null | undefined;
  /** Not before then; at once where it is left out. */
  scheduledFor?: string | null | undefined;
  /** Who it is posted as; never inferred. */
  sender: SenderInput;
  /** Reply in the thread of the message with this `ts`: a string as Slack gave it, `1700000000.000100`, never a number. */
  threadTs?: string | null | undefined;
  /** The host product's website that it is about; opaque to this server. */
  websiteId?: string | number | null | undefined;
  /** The workspace to send in. */
  workspaceId: string | number;
};

/** What to do when Slack's answer was lost and the message cannot be looked up. */
export type UnknownOutcomePolicy =
  /** Do not send again: the notification ends UNCONFIRMED. Never a duplicate. */
  | 'HOLD'
  /** Send again: the message may then appear twice. */
  | 'RESEND';

/** What a caller did that cannot be done, as a stable code. */
export type UserErrorCode =
  /** A built-in event type can be neither changed nor deleted, and its key not be used again. */
  | 'BUILT_IN_EVENT_TYPE'
  /** The channel is not known, or the identity cannot see it. */
  | 'CHANNEL_NOT_FOUND'
  /** Give `channelId`, or select a default channel. */
  | 'CHANNEL_REQUIRED'
  /** The claim is older than 10 minutes: begin the install again. */
  | 'CLAIM_EXPIRED'
  /** The claim is unknown, or was already used: begin the install again. */
  | 'CLAIM_INVALID'
  /** Another viewer began this install; the claim was ended. */
  | 'CLAIM_NOT_YOURS'
  /** It was disconnected: connect it again. */
  | 'CONNECTION_DISCONNECTED'
  /** Slack no longer accepts the authorization: reconnect it. */
  | 'CONNECTION_NEEDS_REAUTHORIZATION'
  /** The idempotency key was used with another input; see IdempotencyConflictError. */
  | 'IDEMPOTENCY_CONFLICT'
  /** The user meant by `sender.selectedBy` has selected no identity in the workspace. */
  | 'IDENTITY_NOT_SELECTED'
  /** The identity exists but cannot post now: its authorization has ended, or it was not granted `chat:write`. */
  | 'IDENTITY_NOT_USABLE'
  /** The identity, or the selection, is another person's. */
  | 'IDENTITY_NOT_YOURS'
  /** A value is out of its range or form; `field` names it. */
  | 'INVALID_INPUT'
  /** The text or the blocks are not a message that Slack would take. */
  | 'INVALID_MESSAGE'
  /** The Liquid template cannot be parsed, or not be rendered within its limits; see InvalidTemplateError. */
  | 'INVALID_TEMPLATE'
  /** It is already being sent, or has come to rest. */
  | 'NOT_CANCELABLE'
  /** No such object, or it is not visible to the viewer: the two are never told apart. */
  | 'NOT_FOUND'
  /** Only a FAILED, CANCELED or UNCONFIRMED notification can be resent, and once. */
  | 'NOT_RESENDABLE'
  /** Only an UNCONFIRMED notification can be resolved. */
  | 'NOT_UNCONFIRMED'
  /** Notifications are still queued on it, and the caller asked to refuse in that case. */
  | 'QUEUED_NOTIFICATIONS'
  /** Too many notifications are waiting in the workspace; see QueueFullError. */
  | 'QUEUE_FULL'
  /** The origin of `returnTo` is not one of the server's RETURN_ORIGINS. */
  | 'RETURN_ORIGIN_NOT_ALLOWED'
  /** The tokens that would post are those of another Slack team, see TeamMismatchError, or of another bot or person of it. */
  | 'TEAM_MISMATCH'
  /** The workspace has no event type of this key. */
  | 'UNKNOWN_EVENT_TYPE'
  /** A personal authorization needs an active workspace connection first. */
  | 'WORKSPACE_CONNECTION_REQUIRED';

/** Why a notification is not moving now. */
export type WaitReason =
  /** A try failed; the next one is due at `until`. */
  | 'BACKOFF'
  /** Slack's answer was lost; the message is being looked up. */
  | 'CONFIRMING'
  /** Its connection or authorization needs to be reconnected by a person. */
  | 'CONNECTION'
  /** Others go first: about one message a second per channel (Slack: apis/web-api/rate-limits), and no more at once than the server may send. */
  | 'PACING'
  /** Slack said to wait, by Retry-After. */
  | 'RATE_LIMITED'
  /** Its `scheduledFor` has not come. */
  | 'SCHEDULED'
  /** Its whole Slack team is paused, since Slack limits several of its channels or does not answer. */
  | 'TEAM_PAUSED';

export type ChannelFieldsFragment = { id: string, name: string, type: ChannelType, isArchived: boolean, isMember: boolean, isShared: boolean, memberCount: number | null, topic: string | null, postable: Postable };

export type DirectoryFieldsFragment = { complete: boolean, syncedAt: string | null, syncing: boolean, gaps: Array<string> };

export type ChannelsQueryVariables = Exact<{
  identityId: string | number;
  search?: string | null | undefined;
  types?: Array<ChannelType> | ChannelType | null | undefined;
  includeArchived?: boolean | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ChannelsQuery = { channels: { nodes: Array<{ id: string, name: string, type: ChannelType, isArchived: boolean, isMember: boolean, isShared: boolean, memberCount: number | null, topic: string | null, postable: Postable }>, edges: Array<{ cursor: string, node: { id: string } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, directory: { complete: boolean, syncedAt: string | null, syncing: boolean, gaps: Array<string> } } };

export type ChannelQueryVariables = Exact<{
  identityId: string | number;
  id: string | number;
}>;


export type ChannelQuery = { channel: { id: string, name: string, type: ChannelType, isArchived: boolean, isMember: boolean, isShared: boolean, memberCount: number | null, topic: string | null, postable: Postable } | null };

export type RefreshChannelsMutationVariables = Exact<{
  input: RefreshChannelsInput;
}>;


export type RefreshChannelsMutation = { refreshChannels: { directory: { complete: boolean, syncedAt: string | null, syncing: boolean, gaps: Array<string> } | null, userErrors: Array<
      | { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } }
      | { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
    > } };

export type ProblemFieldsFragment = { code: FailureCode, message: string, remedy: string, since: string };

export type AuthorizationFieldsFragment = { id: string, userId: string, slackUserId: string, slackUserName: string | null, status: ConnectionStatus, scopes: Array<string>, tokenExpiresAt: string | null, connectedAt: string, lastUsedAt: string | null, problem: { code: FailureCode, message: string, remedy: string, since: string } | null, missingScopes: Array<{ scope: string, without: string }>, connection: { id: string } };

export type ConnectionFieldsFragment = { id: string, workspaceId: string, status: ConnectionStatus, botUserId: string, scopes: Array<string>, tokenExpiresAt: string | null, installedBy: string, connectedAt: string, lastUsedAt: string | null, team: { id: string, name: string, enterpriseId: string | null, enterpriseName: string | null }, problem: { code: FailureCode, message: string, remedy: string, since: string } | null, missingScopes: Array<{ scope: string, without: string }>, myAuthorization: { id: string, userId: string, slackUserId: string, slackUserName: string | null, status: ConnectionStatus, scopes: Array<string>, tokenExpiresAt: string | null, connectedAt: string, lastUsedAt: string | null, problem: { code: FailureCode, message: string, remedy: string, since: string } | null, missingScopes: Array<{ scope: string, without: string }>, connection: { id: string } } | null };

export type ConnectionsQueryVariables = Exact<{
  workspaceId: string | number;
  status?: ConnectionStatus | null | undefined;
}>;


export type ConnectionsQuery = { connections: Array<{ id: string, workspaceId: string, status: ConnectionStatus, botUserId: string, scopes: Array<string>, tokenExpiresAt: string | null, installedBy: string, connectedAt: string, lastUsedAt: string | null, team: { id: string, name: string, enterpriseId: string | null, enterpriseName: string | null }, problem: { code: FailureCode, message: string, remedy: string, since: string } | null, missingScopes: Array<{ scope: string, without: string }>, myAuthorization: { id: string, userId: string, slackUserId: string, slackUserName: string | null, status: ConnectionStatus, scopes: Array<string>, tokenExpiresAt: string | null, connectedAt: string, lastUsedAt: string | null, problem: { code: FailureCode, message: string, remedy: string, since: string } | null, missingScopes: Array<{ scope: string, without: string }>, connection: { id: string } } | null }> };

export type ConnectionQueryVariables = Exact<{
  id: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ConnectionQuery = { connection: { id: string, workspaceId: string, status: ConnectionStatus, botUserId: string, scopes: Array<string>, tokenExpiresAt: string | null, installedBy: string, connectedAt: string, lastUsedAt: string | null, authorizations: { nodes: Array<{ id: string, userId: string, slackUserId: string, slackUserName: string | null, status: ConnectionStatus, scopes: Array<string>, tokenExpiresAt: string | null, connectedAt: string, lastUsedAt: string | null, problem: { code: FailureCode, message: string, remedy: string, since: string } | null, missingScopes: Array<{ scope: string, without: string }>, connection: { id: string } }>, edges: Array<{ cursor: string, node: { id: string } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } }, team: { id: string, name: string, enterpriseId: string | null, enterpriseName: string | null }, problem: { code: FailureCode, message: string, remedy: string, since: string } | null, missingScopes: Array<{ scope: string, without: string }>, myAuthorization: { id: string, userId: string, slackUserId: string, slackUserName: string | null, status: ConnectionStatus, scopes: Array<string>, tokenExpiresAt: string | null, connectedAt: string, lastUsedAt: string | null, problem: { code: FailureCode, message: string, remedy: string, since: string } | null, missingScopes: Array<{ scope: string, without: string }>, connection: { id: string } } | null } | null };

export type DisconnectMutationVariables = Exact<{
  input: DisconnectInput;
}>;


export type DisconnectMutation = { disconnect: { revokedAtSlack: boolean | null, canceledNotifications: number, clearedIdentities: number, connection: { id: string, workspaceId: string, status: ConnectionStatus, botUserId: string, scopes: Array<string>, tokenExpiresAt: string | null, installedBy: string, connectedAt: string, lastUsedAt: string | null, team: { id: string, name: string, enterpriseId: string | null, enterpriseName: string | null }, problem: { code: FailureCode, message: string, remedy: string, since: string } | null, missingScopes: Array<{ scope: string, without: string }>, myAuthorization: { id: string, userId: string, slackUserId: string, slackUserName: string | null, status: ConnectionStatus, scopes: Array<string>, tokenExpiresAt: string | null, connectedAt: string, lastUsedAt: string | null, problem: { code: FailureCode, message: string, remedy: string, since: string } | null, missingScopes: Array<{ scope: string, without: string }>, connection: { id: string } } | null } | null, authorization: { id: string, userId: string, slackUserId: string, slackUserName: string | null, status: ConnectionStatus, scopes: Array<string>, tokenExpiresAt: string | null, connectedAt: string, lastUsedAt: string | null, problem: { code: FailureCode, message: string, remedy: string, since: string } | null, missingScopes: Array<{ scope: string, without: string }>, connection: { id: string } } | null, userErrors: Array<
      | { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } }
      | { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
    > } };

type UserErrorFields_IdempotencyConflictError_Fragment = { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } };

type UserErrorFields_InvalidTemplateError_Fragment = { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string };

type UserErrorFields_QueueFullError_Fragment = { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string };

type UserErrorFields_SimpleUserError_Fragment = { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string };

type UserErrorFields_TeamMismatchError_Fragment = { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string };

export type UserErrorFieldsFragment =
  | UserErrorFields_IdempotencyConflictError_Fragment
  | UserErrorFields_InvalidTemplateError_Fragment
  | UserErrorFields_QueueFullError_Fragment
  | UserErrorFields_SimpleUserError_Fragment
  | UserErrorFields_TeamMismatchError_Fragment
;

export type EventTypeFieldsFragment = { key: string, title: string, builtIn: boolean, template: string, fallback: string, priority: Priority, placeholders: Array<string>, sampleContext: Record<string, unknown> };

export type RenderedFieldsFragment = { text: string, usedFallback: boolean, missing: Array<string>, priority: Priority };

export type EventTypesQueryVariables = Exact<{
  workspaceId: string | number;
}>;


export type EventTypesQuery = { eventTypes: Array<{ key: string, title: string, builtIn: boolean, template: string, fallback: string, priority: Priority, placeholders: Array<string>, sampleContext: Record<string, unknown> }> };

export type PreviewEventQueryVariables = Exact<{
  input: PreviewEventInput;
}>;


export type PreviewEventQuery = { previewEvent: { text: string, usedFallback: boolean, missing: Array<string>, priority: Priority } };

export type SaveEventTypeMutationVariables = Exact<{
  input: SaveEventTypeInput;
}>;


export type SaveEventTypeMutation = { saveEventType: { eventType: { key: string, title: string, builtIn: boolean, template: string, fallback: string, priority: Priority, placeholders: Array<string>, sampleContext: Record<string, unknown> } | null, userErrors: Array<
      | { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } }
      | { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
    > } };

export type DeleteEventTypeMutationVariables = Exact<{
  input: DeleteEventTypeInput;
}>;


export type DeleteEventTypeMutation = { deleteEventType: { deleted: boolean, userErrors: Array<
      | { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } }
      | { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
    > } };

export type TriggerEventMutationVariables = Exact<{
  input: TriggerEventInput;
}>;


export type TriggerEventMutation = { triggerEvent: { deduplicated: boolean, notification: { id: string, workspaceId: string, status: DeliveryStatus, eventType: string | null, priority: Priority, text: string, blocks: Array<Record<string, unknown>> | null, postedAs: string | null, channelId: string | null, channelName: string | null, threadTs: string | null, slackMessageTs: string | null, attemptCount: number, websiteId: string | null, metadata: Record<string, unknown> | null, requestedBy: string, selectedBy: string | null, idempotencyKey: string | null, resendReason: string | null, isTest: boolean, createdAt: string, scheduledFor: string | null, sentAt: string | null, deliveredAt: string | null, finishedAt: string | null, identity: { id: string, kind: IdentityKind } | null, team: { id: string, name: string } | null, waiting: { reason: WaitReason, until: string | null, position: number | null, detail: string } | null, failure: { code: FailureCode, slackError: string | null, message: string, remedy: string, actor: RemedyActor } | null, trigger: { context: Record<string, unknown>, template: string, fallback: string, usedFallback: boolean, missing: Array<string> } | null, resendOf: { id: string } | null, resentAs: { id: string } | null } | null, rendered: { text: string, usedFallback: boolean, missing: Array<string>, priority: Priority } | null, userErrors: Array<
      | { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } }
      | { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
    > } };

export type TestEventMutationVariables = Exact<{
  input: TestEventInput;
}>;


export type TestEventMutation = { testEvent: { deduplicated: boolean, notification: { id: string, workspaceId: string, status: DeliveryStatus, eventType: string | null, priority: Priority, text: string, blocks: Array<Record<string, unknown>> | null, postedAs: string | null, channelId: string | null, channelName: string | null, threadTs: string | null, slackMessageTs: string | null, attemptCount: number, websiteId: string | null, metadata: Record<string, unknown> | null, requestedBy: string, selectedBy: string | null, idempotencyKey: string | null, resendReason: string | null, isTest: boolean, createdAt: string, scheduledFor: string | null, sentAt: string | null, deliveredAt: string | null, finishedAt: string | null, identity: { id: string, kind: IdentityKind } | null, team: { id: string, name: string } | null, waiting: { reason: WaitReason, until: string | null, position: number | null, detail: string } | null, failure: { code: FailureCode, slackError: string | null, message: string, remedy: string, actor: RemedyActor } | null, trigger: { context: Record<string, unknown>, template: string, fallback: string, usedFallback: boolean, missing: Array<string> } | null, resendOf: { id: string } | null, resentAs: { id: string } | null } | null, rendered: { text: string, usedFallback: boolean, missing: Array<string>, priority: Priority } | null, userErrors: Array<
      | { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } }
      | { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
    > } };

export type IdentityFieldsFragment = { id: string, kind: IdentityKind, postsAs: string, usable: boolean, connection: { id: string, team: { id: string, name: string } }, authorization: { id: string, userId: string, slackUserId: string } | null, problem: { code: FailureCode, message: string, remedy: string, since: string } | null };

export type SelectionFieldsFragment = { userId: string, selectedAt: string, identity: { id: string, kind: IdentityKind, postsAs: string, usable: boolean, connection: { id: string, team: { id: string, name: string } }, authorization: { id: string, userId: string, slackUserId: string } | null, problem: { code: FailureCode, message: string, remedy: string, since: string } | null }, defaultChannel: { id: string, name: string, type: ChannelType, isArchived: boolean, isMember: boolean, isShared: boolean, memberCount: number | null, topic: string | null, postable: Postable } | null };

export type AvailableIdentitiesQueryVariables = Exact<{
  workspaceId: string | number;
}>;


export type AvailableIdentitiesQuery = { availableIdentities: Array<{ id: string, kind: IdentityKind, postsAs: string, usable: boolean, connection: { id: string, team: { id: string, name: string } }, authorization: { id: string, userId: string, slackUserId: string } | null, problem: { code: FailureCode, message: string, remedy: string, since: string } | null }> };

export type SelectedIdentityQueryVariables = Exact<{
  workspaceId: string | number;
  userId?: string | number | null | undefined;
}>;


export type SelectedIdentityQuery = { selectedIdentity: { userId: string, selectedAt: string, identity: { id: string, kind: IdentityKind, postsAs: string, usable: boolean, connection: { id: string, team: { id: string, name: string } }, authorization: { id: string, userId: string, slackUserId: string } | null, problem: { code: FailureCode, message: string, remedy: string, since: string } | null }, defaultChannel: { id: string, name: string, type: ChannelType, isArchived: boolean, isMember: boolean, isShared: boolean, memberCount: number | null, topic: string | null, postable: Postable } | null } | null };

export type SelectIdentityMutationVariables = Exact<{
  input: SelectIdentityInput;
}>;


export type SelectIdentityMutation = { selectIdentity: { selection: { userId: string, selectedAt: string, identity: { id: string, kind: IdentityKind, postsAs: string, usable: boolean, connection: { id: string, team: { id: string, name: string } }, authorization: { id: string, userId: string, slackUserId: string } | null, problem: { code: FailureCode, message: string, remedy: string, since: string } | null }, defaultChannel: { id: string, name: string, type: ChannelType, isArchived: boolean, isMember: boolean, isShared: boolean, memberCount: number | null, topic: string | null, postable: Postable } | null } | null, userErrors: Array<
      | { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } }
      | { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
    > } };

export type ClearIdentityMutationVariables = Exact<{
  input: ClearIdentityInput;
}>;


export type ClearIdentityMutation = { clearIdentity: { cleared: boolean, userErrors: Array<
      | { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } }
      | { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
    > } };

export type BeginSlackInstallMutationVariables = Exact<{
  input: BeginSlackInstallInput;
}>;


export type BeginSlackInstallMutation = { beginSlackInstall: { authorizeUrl: string | null, expiresAt: string | null, userErrors: Array<
      | { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } }
      | { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
    > } };

export type CompleteSlackInstallMutationVariables = Exact<{
  input: CompleteSlackInstallInput;
}>;


export type CompleteSlackInstallMutation = { completeSlackInstall: { connection: { id: string, workspaceId: string, status: ConnectionStatus, botUserId: string, scopes: Array<string>, tokenExpiresAt: string | null, installedBy: string, connectedAt: string, lastUsedAt: string | null, team: { id: string, name: string, enterpriseId: string | null, enterpriseName: string | null }, problem: { code: FailureCode, message: string, remedy: string, since: string } | null, missingScopes: Array<{ scope: string, without: string }>, myAuthorization: { id: string, userId: string, slackUserId: string, slackUserName: string | null, status: ConnectionStatus, scopes: Array<string>, tokenExpiresAt: string | null, connectedAt: string, lastUsedAt: string | null, problem: { code: FailureCode, message: string, remedy: string, since: string } | null, missingScopes: Array<{ scope: string, without: string }>, connection: { id: string } } | null } | null, authorization: { id: string, userId: string, slackUserId: string, slackUserName: string | null, status: ConnectionStatus, scopes: Array<string>, tokenExpiresAt: string | null, connectedAt: string, lastUsedAt: string | null, problem: { code: FailureCode, message: string, remedy: string, since: string } | null, missingScopes: Array<{ scope: string, without: string }>, connection: { id: string } } | null, userErrors: Array<
      | { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } }
      | { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
    > } };

export type DeliveryStatusChangedSubscriptionVariables = Exact<{
  workspaceId: string | number;
  notificationId?: string | number | null | undefined;
  after?: string | null | undefined;
}>;


export type DeliveryStatusChangedSubscription = { deliveryStatusChanged: { cursor: string, from: DeliveryStatus | null, to: DeliveryStatus, attempt: number | null, at: string, failure: { code: FailureCode, slackError: string | null, message: string, remedy: string, actor: RemedyActor } | null, notification: { id: string, status: DeliveryStatus, text: string } } };

export type ConnectionStatusChangedSubscriptionVariables = Exact<{
  workspaceId: string | number;
  after?: string | null | undefined;
}>;


export type ConnectionStatusChangedSubscription = { connectionStatusChanged: { cursor: string, to: ConnectionStatus, at: string, problem: { code: FailureCode, message: string, remedy: string, since: string } | null, connection: { id: string, status: ConnectionStatus }, authorization: { id: string, status: ConnectionStatus } | null } };

export type FailureFieldsFragment = { code: FailureCode, slackError: string | null, message: string, remedy: string, actor: RemedyActor };

export type NotificationFieldsFragment = { id: string, workspaceId: string, status: DeliveryStatus, eventType: string | null, priority: Priority, text: string, blocks: Array<Record<string, unknown>> | null, postedAs: string | null, channelId: string | null, channelName: string | null, threadTs: string | null, slackMessageTs: string | null, attemptCount: number, websiteId: string | null, metadata: Record<string, unknown> | null, requestedBy: string, selectedBy: string | null, idempotencyKey: string | null, resendReason: string | null, isTest: boolean, createdAt: string, scheduledFor: string | null, sentAt: string | null, deliveredAt: string | null, finishedAt: string | null, identity: { id: string, kind: IdentityKind } | null, team: { id: string, name: string } | null, waiting: { reason: WaitReason, until: string | null, position: number | null, detail: string } | null, failure: { code: FailureCode, slackError: string | null, message: string, remedy: string, actor: RemedyActor } | null, trigger: { context: Record<string, unknown>, template: string, fallback: string, usedFallback: boolean, missing: Array<string> } | null, resendOf: { id: string } | null, resentAs: { id: string } | null };

export type SendNotificationMutationVariables = Exact<{
  input: SendNotificationInput;
}>;


export type SendNotificationMutation = { sendNotification: { deduplicated: boolean, notification: { id: string, workspaceId: string, status: DeliveryStatus, eventType: string | null, priority: Priority, text: string, blocks: Array<Record<string, unknown>> | null, postedAs: string | null, channelId: string | null, channelName: string | null, threadTs: string | null, slackMessageTs: string | null, attemptCount: number, websiteId: string | null, metadata: Record<string, unknown> | null, requestedBy: string, selectedBy: string | null, idempotencyKey: string | null, resendReason: string | null, isTest: boolean, createdAt: string, scheduledFor: string | null, sentAt: string | null, deliveredAt: string | null, finishedAt: string | null, identity: { id: string, kind: IdentityKind } | null, team: { id: string, name: string } | null, waiting: { reason: WaitReason, until: string | null, position: number | null, detail: string } | null, failure: { code: FailureCode, slackError: string | null, message: string, remedy: string, actor: RemedyActor } | null, trigger: { context: Record<string, unknown>, template: string, fallback: string, usedFallback: boolean, missing: Array<string> } | null, resendOf: { id: string } | null, resentAs: { id: string } | null } | null, userErrors: Array<
      | { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } }
      | { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
    > } };

export type SendNotificationsMutationVariables = Exact<{
  input: SendNotificationsInput;
}>;


export type SendNotificationsMutation = { sendNotifications: { results: Array<{ deduplicated: boolean, notification: { id: string, status: DeliveryStatus, text: string, failure: { code: FailureCode } | null } | null, userErrors: Array<
        | { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } }
        | { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
        | { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
        | { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
        | { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      > }> } };

export type CancelNotificationMutationVariables = Exact<{
  input: CancelNotificationInput;
}>;


export type CancelNotificationMutation = { cancelNotification: { notification: { id: string, workspaceId: string, status: DeliveryStatus, eventType: string | null, priority: Priority, text: string, blocks: Array<Record<string, unknown>> | null, postedAs: string | null, channelId: string | null, channelName: string | null, threadTs: string | null, slackMessageTs: string | null, attemptCount: number, websiteId: string | null, metadata: Record<string, unknown> | null, requestedBy: string, selectedBy: string | null, idempotencyKey: string | null, resendReason: string | null, isTest: boolean, createdAt: string, scheduledFor: string | null, sentAt: string | null, deliveredAt: string | null, finishedAt: string | null, identity: { id: string, kind: IdentityKind } | null, team: { id: string, name: string } | null, waiting: { reason: WaitReason, until: string | null, position: number | null, detail: string } | null, failure: { code: FailureCode, slackError: string | null, message: string, remedy: string, actor: RemedyActor } | null, trigger: { context: Record<string, unknown>, template: string, fallback: string, usedFallback: boolean, missing: Array<string> } | null, resendOf: { id: string } | null, resentAs: { id: string } | null } | null, userErrors: Array<
      | { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } }
      | { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
    > } };

export type ResendNotificationMutationVariables = Exact<{
  input: ResendNotificationInput;
}>;


export type ResendNotificationMutation = { resendNotification: { notification: { id: string, workspaceId: string, status: DeliveryStatus, eventType: string | null, priority: Priority, text: string, blocks: Array<Record<string, unknown>> | null, postedAs: string | null, channelId: string | null, channelName: string | null, threadTs: string | null, slackMessageTs: string | null, attemptCount: number, websiteId: string | null, metadata: Record<string, unknown> | null, requestedBy: string, selectedBy: string | null, idempotencyKey: string | null, resendReason: string | null, isTest: boolean, createdAt: string, scheduledFor: string | null, sentAt: string | null, deliveredAt: string | null, finishedAt: string | null, identity: { id: string, kind: IdentityKind } | null, team: { id: string, name: string } | null, waiting: { reason: WaitReason, until: string | null, position: number | null, detail: string } | null, failure: { code: FailureCode, slackError: string | null, message: string, remedy: string, actor: RemedyActor } | null, trigger: { context: Record<string, unknown>, template: string, fallback: string, usedFallback: boolean, missing: Array<string> } | null, resendOf: { id: string } | null, resentAs: { id: string } | null } | null, userErrors: Array<
      | { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } }
      | { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
    > } };

export type ResolveUnconfirmedMutationVariables = Exact<{
  input: ResolveUnconfirmedInput;
}>;


export type ResolveUnconfirmedMutation = { resolveUnconfirmed: { notification: { id: string, workspaceId: string, status: DeliveryStatus, eventType: string | null, priority: Priority, text: string, blocks: Array<Record<string, unknown>> | null, postedAs: string | null, channelId: string | null, channelName: string | null, threadTs: string | null, slackMessageTs: string | null, attemptCount: number, websiteId: string | null, metadata: Record<string, unknown> | null, requestedBy: string, selectedBy: string | null, idempotencyKey: string | null, resendReason: string | null, isTest: boolean, createdAt: string, scheduledFor: string | null, sentAt: string | null, deliveredAt: string | null, finishedAt: string | null, identity: { id: string, kind: IdentityKind } | null, team: { id: string, name: string } | null, waiting: { reason: WaitReason, until: string | null, position: number | null, detail: string } | null, failure: { code: FailureCode, slackError: string | null, message: string, remedy: string, actor: RemedyActor } | null, trigger: { context: Record<string, unknown>, template: string, fallback: string, usedFallback: boolean, missing: Array<string> } | null, resendOf: { id: string } | null, resentAs: { id: string } | null } | null, userErrors: Array<
      | { __typename: 'IdempotencyConflictError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string, existing: { id: string } }
      | { __typename: 'InvalidTemplateError', line: number, column: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'QueueFullError', retryAfterSeconds: number, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'SimpleUserError', code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
      | { __typename: 'TeamMismatchError', expectedTeamId: string, actualTeamId: string, code: UserErrorCode, message: string, field: Array<string> | null, remedy: string }
    > } };

export type NotificationQueryVariables = Exact<{
  id: string | number;
}>;


export type NotificationQuery = { notification: { permalink: string | null, id: string, workspaceId: string, status: DeliveryStatus, eventType: string | null, priority: Priority, text: string, blocks: Array<Record<string, unknown>> | null, postedAs: string | null, channelId: string | null, channelName: string | null, threadTs: string | null, slackMessageTs: string | null, attemptCount: number, websiteId: string | null, metadata: Record<string, unknown> | null, requestedBy: string, selectedBy: string | null, idempotencyKey: string | null, resendReason: string | null, isTest: boolean, createdAt: string, scheduledFor: string | null, sentAt: string | null, deliveredAt: string | null, finishedAt: string | null, attempts: Array<{ number: number, startedAt: string, finishedAt: string | null, outcome: AttemptOutcome, slackError: string | null, httpStatus: number | null, retryAfterSeconds: number | null, durationMs: number | null }>, timeline: Array<{ cursor: string, from: DeliveryStatus | null, to: DeliveryStatus, attempt: number | null, at: string, failure: { code: FailureCode, slackError: string | null, message: string, remedy: string, actor: RemedyActor } | null }>, identity: { id: string, kind: IdentityKind } | null, team: { id: string, name: string } | null, waiting: { reason: WaitReason, until: string | null, position: number | null, detail: string } | null, failure: { code: FailureCode, slackError: string | null, message: string, remedy: string, actor: RemedyActor } | null, trigger: { context: Record<string, unknown>, template: string, fallback: string, usedFallback: boolean, missing: Array<string> } | null, resendOf: { id: string } | null, resentAs: { id: string } | null } | null };

export type NotificationHistoryQueryVariables = Exact<{
  workspaceId: string | number;
  filter?: NotificationFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type NotificationHistoryQuery = { notificationHistory: { liveCursor: string, nodes: Array<{ id: string, workspaceId: string, status: DeliveryStatus, eventType: string | null, priority: Priority, text: string, blocks: Array<Record<string, unknown>> | null, postedAs: string | null, channelId: string | null, channelName: string | null, threadTs: string | null, slackMessageTs: string | null, attemptCount: number, websiteId: string | null, metadata: Record<string, unknown> | null, requestedBy: string, selectedBy: string | null, idempotencyKey: string | null, resendReason: string | null, isTest: boolean, createdAt: string, scheduledFor: string | null, sentAt: string | null, deliveredAt: string | null, finishedAt: string | null, identity: { id: string, kind: IdentityKind } | null, team: { id: string, name: string } | null, waiting: { reason: WaitReason, until: string | null, position: number | null, detail: string } | null, failure: { code: FailureCode, slackError: string | null, message: string, remedy: string, actor: RemedyActor } | null, trigger: { context: Record<string, unknown>, template: string, fallback: string, usedFallback: boolean, missing: Array<string> } | null, resendOf: { id: string } | null, resentAs: { id: string } | null }>, edges: Array<{ cursor: string, node: { id: string } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type PreflightQueryVariables = Exact<{
  input: SendNotificationInput;
}>;


export type PreflightQuery = { preflight: { wouldDeliver: boolean, postsAs: string | null, expectedDelaySeconds: number | null, channel: { id: string, name: string, type: ChannelType, isArchived: boolean, isMember: boolean, isShared: boolean, memberCount: number | null, topic: string | null, postable: Postable } | null, problems: Array<{ code: FailureCode, slackError: string | null, message: string, remedy: string, actor: RemedyActor }> } };

export type DeliveryStatsQueryVariables = Exact<{
  workspaceId: string | number;
  since: string;
  until?: string | null | undefined;
}>;


export type DeliveryStatsQuery = { deliveryStats: { total: number, oldestWaitingSince: string | null, byStatus: Array<{ status: DeliveryStatus, count: number }>, byFailure: Array<{ code: FailureCode, count: number }>, deliveryTimeMs: { p50: number, p95: number, p99: number } | null, perHour: Array<{ hour: string, delivered: number, failed: number, unconfirmed: number }> } };

export type HistoryIdsQueryVariables = Exact<{
  workspaceId: string | number;
  filter?: NotificationFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type HistoryIdsQuery = { notificationHistory: { nodes: Array<{ id: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { userId: string, memberships: Array<{ workspaceId: string, role: Role }> } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const DirectoryFieldsFragmentDoc = new TypedDocumentString(`
    fragment DirectoryFields on DirectoryState {
  complete
  syncedAt
  syncing
  gaps
}
    `, {"fragmentName":"DirectoryFields"}) as unknown as TypedDocumentString<DirectoryFieldsFragment, unknown>;
export const ProblemFieldsFragmentDoc = new TypedDocumentString(`
    fragment ProblemFields on ConnectionProblem {
  code
  message
  remedy
  since
}
    `, {"fragmentName":"ProblemFields"}) as unknown as TypedDocumentString<ProblemFieldsFragment, unknown>;
export const AuthorizationFieldsFragmentDoc = new TypedDocumentString(`
    fragment AuthorizationFields on PersonalAuthorization {
  id
  userId
  slackUserId
  slackUserName
  status
  problem {
    ...ProblemFields
  }
  scopes
  missingScopes {
    scope
    without
  }
  tokenExpiresAt
  connectedAt
  lastUsedAt
  connection {
    id
  }
}
    fragment ProblemFields on ConnectionProblem {
  code
  message
  remedy
  since
}`, {"fragmentName":"AuthorizationFields"}) as unknown as TypedDocumentString<AuthorizationFieldsFragment, unknown>;
export const ConnectionFieldsFragmentDoc = new TypedDocumentString(`
    fragment ConnectionFields on WorkspaceConnection {
  id
  workspaceId
  team {
    id
    name
    enterpriseId
    enterpriseName
  }
  status
  problem {
    ...ProblemFields
  }
  botUserId
  scopes
  missingScopes {
    scope
    without
  }
  tokenExpiresAt
  installedBy
  connectedAt
  lastUsedAt
  myAuthorization {
    ...AuthorizationFields
  }
}
    fragment ProblemFields on ConnectionProblem {
  code
  message
  remedy
  since
}
fragment AuthorizationFields on PersonalAuthorization {
  id
  userId
  slackUserId
  slackUserName
  status
  problem {
    ...ProblemFields
  }
  scopes
  missingScopes {
    scope
    without
  }
  tokenExpiresAt
  connectedAt
  lastUsedAt
  connection {
    id
  }
}`, {"fragmentName":"ConnectionFields"}) as unknown as TypedDocumentString<ConnectionFieldsFragment, unknown>;
export const UserErrorFieldsFragmentDoc = new TypedDocumentString(`
    fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}
    `, {"fragmentName":"UserErrorFields"}) as unknown as TypedDocumentString<UserErrorFieldsFragment, unknown>;
export const EventTypeFieldsFragmentDoc = new TypedDocumentString(`
    fragment EventTypeFields on EventType {
  key
  title
  builtIn
  template
  fallback
  priority
  placeholders
  sampleContext
}
    `, {"fragmentName":"EventTypeFields"}) as unknown as TypedDocumentString<EventTypeFieldsFragment, unknown>;
export const RenderedFieldsFragmentDoc = new TypedDocumentString(`
    fragment RenderedFields on RenderedMessage {
  text
  usedFallback
  missing
  priority
}
    `, {"fragmentName":"RenderedFields"}) as unknown as TypedDocumentString<RenderedFieldsFragment, unknown>;
export const IdentityFieldsFragmentDoc = new TypedDocumentString(`
    fragment IdentityFields on Identity {
  id
  kind
  connection {
    id
    team {
      id
      name
    }
  }
  authorization {
    id
    userId
    slackUserId
  }
  postsAs
  usable
  problem {
    ...ProblemFields
  }
}
    fragment ProblemFields on ConnectionProblem {
  code
  message
  remedy
  since
}`, {"fragmentName":"IdentityFields"}) as unknown as TypedDocumentString<IdentityFieldsFragment, unknown>;
export const ChannelFieldsFragmentDoc = new TypedDocumentString(`
    fragment ChannelFields on Channel {
  id
  name
  type
  isArchived
  isMember
  isShared
  memberCount
  topic
  postable
}
    `, {"fragmentName":"ChannelFields"}) as unknown as TypedDocumentString<ChannelFieldsFragment, unknown>;
export const SelectionFieldsFragmentDoc = new TypedDocumentString(`
    fragment SelectionFields on IdentitySelection {
  userId
  identity {
    ...IdentityFields
  }
  defaultChannel {
    ...ChannelFields
  }
  selectedAt
}
    fragment ChannelFields on Channel {
  id
  name
  type
  isArchived
  isMember
  isShared
  memberCount
  topic
  postable
}
fragment ProblemFields on ConnectionProblem {
  code
  message
  remedy
  since
}
fragment IdentityFields on Identity {
  id
  kind
  connection {
    id
    team {
      id
      name
    }
  }
  authorization {
    id
    userId
    slackUserId
  }
  postsAs
  usable
  problem {
    ...ProblemFields
  }
}`, {"fragmentName":"SelectionFields"}) as unknown as TypedDocumentString<SelectionFieldsFragment, unknown>;
export const FailureFieldsFragmentDoc = new TypedDocumentString(`
    fragment FailureFields on DeliveryFailure {
  code
  slackError
  message
  remedy
  actor
}
    `, {"fragmentName":"FailureFields"}) as unknown as TypedDocumentString<FailureFieldsFragment, unknown>;
export const NotificationFieldsFragmentDoc = new TypedDocumentString(`
    fragment NotificationFields on Notification {
  id
  workspaceId
  status
  eventType
  priority
  text
  blocks
  identity {
    id
    kind
  }
  postedAs
  team {
    id
    name
  }
  channelId
  channelName
  threadTs
  slackMessageTs
  attemptCount
  waiting {
    reason
    until
    position
    detail
  }
  failure {
    ...FailureFields
  }
  websiteId
  metadata
  requestedBy
  selectedBy
  trigger {
    context
    template
    fallback
    usedFallback
    missing
  }
  idempotencyKey
  resendOf {
    id
  }
  resentAs {
    id
  }
  resendReason
  isTest
  createdAt
  scheduledFor
  sentAt
  deliveredAt
  finishedAt
}
    fragment FailureFields on DeliveryFailure {
  code
  slackError
  message
  remedy
  actor
}`, {"fragmentName":"NotificationFields"}) as unknown as TypedDocumentString<NotificationFieldsFragment, unknown>;
export const ChannelsDocument = new TypedDocumentString(`
    query Channels($identityId: ID!, $search: String, $types: [ChannelType!] = [PUBLIC, PRIVATE], $includeArchived: Boolean = false, $first: Int = 50, $after: String) {
  channels(
    identityId: $identityId
    search: $search
    types: $types
    includeArchived: $includeArchived
    first: $first
    after: $after
  ) {
    nodes {
      ...ChannelFields
    }
    edges {
      cursor
      node {
        id
      }
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
    directory {
      ...DirectoryFields
    }
  }
}
    fragment ChannelFields on Channel {
  id
  name
  type
  isArchived
  isMember
  isShared
  memberCount
  topic
  postable
}
fragment DirectoryFields on DirectoryState {
  complete
  syncedAt
  syncing
  gaps
}`, {"hash":"sha256:92743b6701098bca6b4827babcf25835b030b830676dd38312e97ef568cefeb6"}) as unknown as TypedDocumentString<ChannelsQuery, ChannelsQueryVariables>;
export const ChannelDocument = new TypedDocumentString(`
    query Channel($identityId: ID!, $id: ID!) {
  channel(identityId: $identityId, id: $id) {
    ...ChannelFields
  }
}
    fragment ChannelFields on Channel {
  id
  name
  type
  isArchived
  isMember
  isShared
  memberCount
  topic
  postable
}`, {"hash":"sha256:51b2a1818c15612ea2c9ead48616ff9715387b9898d712221cdea62725aab630"}) as unknown as TypedDocumentString<ChannelQuery, ChannelQueryVariables>;
export const RefreshChannelsDocument = new TypedDocumentString(`
    mutation RefreshChannels($input: RefreshChannelsInput!) {
  refreshChannels(input: $input) {
    directory {
      ...DirectoryFields
    }
    userErrors {
      ...UserErrorFields
    }
  }
}
    fragment DirectoryFields on DirectoryState {
  complete
  syncedAt
  syncing
  gaps
}
fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}`, {"hash":"sha256:26f933fd39be63ae844da4c31cc201f93177b85decc604f44b918493f55b3cf5"}) as unknown as TypedDocumentString<RefreshChannelsMutation, RefreshChannelsMutationVariables>;
export const ConnectionsDocument = new TypedDocumentString(`
    query Connections($workspaceId: ID!, $status: ConnectionStatus) {
  connections(workspaceId: $workspaceId, status: $status) {
    ...ConnectionFields
  }
}
    fragment ProblemFields on ConnectionProblem {
  code
  message
  remedy
  since
}
fragment AuthorizationFields on PersonalAuthorization {
  id
  userId
  slackUserId
  slackUserName
  status
  problem {
    ...ProblemFields
  }
  scopes
  missingScopes {
    scope
    without
  }
  tokenExpiresAt
  connectedAt
  lastUsedAt
  connection {
    id
  }
}
fragment ConnectionFields on WorkspaceConnection {
  id
  workspaceId
  team {
    id
    name
    enterpriseId
    enterpriseName
  }
  status
  problem {
    ...ProblemFields
  }
  botUserId
  scopes
  missingScopes {
    scope
    without
  }
  tokenExpiresAt
  installedBy
  connectedAt
  lastUsedAt
  myAuthorization {
    ...AuthorizationFields
  }
}`, {"hash":"sha256:81b856cdc9dbe6efa5c2daa9b4d4d11715192d039bdf0c1fceac0c1beb753c62"}) as unknown as TypedDocumentString<ConnectionsQuery, ConnectionsQueryVariables>;
export const ConnectionDocument = new TypedDocumentString(`
    query Connection($id: ID!, $first: Int, $after: String) {
  connection(id: $id) {
    ...ConnectionFields
    authorizations(first: $first, after: $after) {
      nodes {
        ...AuthorizationFields
      }
      edges {
        cursor
        node {
          id
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
}
    fragment ProblemFields on ConnectionProblem {
  code
  message
  remedy
  since
}
fragment AuthorizationFields on PersonalAuthorization {
  id
  userId
  slackUserId
  slackUserName
  status
  problem {
    ...ProblemFields
  }
  scopes
  missingScopes {
    scope
    without
  }
  tokenExpiresAt
  connectedAt
  lastUsedAt
  connection {
    id
  }
}
fragment ConnectionFields on WorkspaceConnection {
  id
  workspaceId
  team {
    id
    name
    enterpriseId
    enterpriseName
  }
  status
  problem {
    ...ProblemFields
  }
  botUserId
  scopes
  missingScopes {
    scope
    without
  }
  tokenExpiresAt
  installedBy
  connectedAt
  lastUsedAt
  myAuthorization {
    ...AuthorizationFields
  }
}`, {"hash":"sha256:3f2cfbd0df33d544626fc1de365a235b0df48e1d9b2ea05e2827a22a2a3e2dc2"}) as unknown as TypedDocumentString<ConnectionQuery, ConnectionQueryVariables>;
export const DisconnectDocument = new TypedDocumentString(`
    mutation Disconnect($input: DisconnectInput!) {
  disconnect(input: $input) {
    connection {
      ...ConnectionFields
    }
    authorization {
      ...AuthorizationFields
    }
    revokedAtSlack
    canceledNotifications
    clearedIdentities
    userErrors {
      ...UserErrorFields
    }
  }
}
    fragment ProblemFields on ConnectionProblem {
  code
  message
  remedy
  since
}
fragment AuthorizationFields on PersonalAuthorization {
  id
  userId
  slackUserId
  slackUserName
  status
  problem {
    ...ProblemFields
  }
  scopes
  missingScopes {
    scope
    without
  }
  tokenExpiresAt
  connectedAt
  lastUsedAt
  connection {
    id
  }
}
fragment ConnectionFields on WorkspaceConnection {
  id
  workspaceId
  team {
    id
    name
    enterpriseId
    enterpriseName
  }
  status
  problem {
    ...ProblemFields
  }
  botUserId
  scopes
  missingScopes {
    scope
    without
  }
  tokenExpiresAt
  installedBy
  connectedAt
  lastUsedAt
  myAuthorization {
    ...AuthorizationFields
  }
}
fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}`, {"hash":"sha256:9252c4d6917883c5a26c396a0fd490827270fd2573bb8592ce6cf1890d2d129a"}) as unknown as TypedDocumentString<DisconnectMutation, DisconnectMutationVariables>;
export const EventTypesDocument = new TypedDocumentString(`
    query EventTypes($workspaceId: ID!) {
  eventTypes(workspaceId: $workspaceId) {
    ...EventTypeFields
  }
}
    fragment EventTypeFields on EventType {
  key
  title
  builtIn
  template
  fallback
  priority
  placeholders
  sampleContext
}`, {"hash":"sha256:64b0f840e663951391666f8a614783028e82ebd0b60fda4a79258024cfa171bb"}) as unknown as TypedDocumentString<EventTypesQuery, EventTypesQueryVariables>;
export const PreviewEventDocument = new TypedDocumentString(`
    query PreviewEvent($input: PreviewEventInput!) {
  previewEvent(input: $input) {
    ...RenderedFields
  }
}
    fragment RenderedFields on RenderedMessage {
  text
  usedFallback
  missing
  priority
}`, {"hash":"sha256:0b3fd94a1958209cb987aac6171b0bdd2c621ac3aa430684ee9ec455c4a5b86c"}) as unknown as TypedDocumentString<PreviewEventQuery, PreviewEventQueryVariables>;
export const SaveEventTypeDocument = new TypedDocumentString(`
    mutation SaveEventType($input: SaveEventTypeInput!) {
  saveEventType(input: $input) {
    eventType {
      ...EventTypeFields
    }
    userErrors {
      ...UserErrorFields
    }
  }
}
    fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}
fragment EventTypeFields on EventType {
  key
  title
  builtIn
  template
  fallback
  priority
  placeholders
  sampleContext
}`, {"hash":"sha256:3473167be751214bdec5be1b415d958e614a7e1c79453cf2bcb25b86049d4c6a"}) as unknown as TypedDocumentString<SaveEventTypeMutation, SaveEventTypeMutationVariables>;
export const DeleteEventTypeDocument = new TypedDocumentString(`
    mutation DeleteEventType($input: DeleteEventTypeInput!) {
  deleteEventType(input: $input) {
    deleted
    userErrors {
      ...UserErrorFields
    }
  }
}
    fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}`, {"hash":"sha256:7d2293ba71f9c39be249db7072639b387bdd2d029a51564a649a2cd52b40efbc"}) as unknown as TypedDocumentString<DeleteEventTypeMutation, DeleteEventTypeMutationVariables>;
export const TriggerEventDocument = new TypedDocumentString(`
    mutation TriggerEvent($input: TriggerEventInput!) {
  triggerEvent(input: $input) {
    notification {
      ...NotificationFields
    }
    rendered {
      ...RenderedFields
    }
    deduplicated
    userErrors {
      ...UserErrorFields
    }
  }
}
    fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}
fragment RenderedFields on RenderedMessage {
  text
  usedFallback
  missing
  priority
}
fragment FailureFields on DeliveryFailure {
  code
  slackError
  message
  remedy
  actor
}
fragment NotificationFields on Notification {
  id
  workspaceId
  status
  eventType
  priority
  text
  blocks
  identity {
    id
    kind
  }
  postedAs
  team {
    id
    name
  }
  channelId
  channelName
  threadTs
  slackMessageTs
  attemptCount
  waiting {
    reason
    until
    position
    detail
  }
  failure {
    ...FailureFields
  }
  websiteId
  metadata
  requestedBy
  selectedBy
  trigger {
    context
    template
    fallback
    usedFallback
    missing
  }
  idempotencyKey
  resendOf {
    id
  }
  resentAs {
    id
  }
  resendReason
  isTest
  createdAt
  scheduledFor
  sentAt
  deliveredAt
  finishedAt
}`, {"hash":"sha256:da977e086da56805d7013289f1dfd7594e2d1d1e5f3a2e4578bde33c018b8ff7"}) as unknown as TypedDocumentString<TriggerEventMutation, TriggerEventMutationVariables>;
export const TestEventDocument = new TypedDocumentString(`
    mutation TestEvent($input: TestEventInput!) {
  testEvent(input: $input) {
    notification {
      ...NotificationFields
    }
    rendered {
      ...RenderedFields
    }
    deduplicated
    userErrors {
      ...UserErrorFields
    }
  }
}
    fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}
fragment RenderedFields on RenderedMessage {
  text
  usedFallback
  missing
  priority
}
fragment FailureFields on DeliveryFailure {
  code
  slackError
  message
  remedy
  actor
}
fragment NotificationFields on Notification {
  id
  workspaceId
  status
  eventType
  priority
  text
  blocks
  identity {
    id
    kind
  }
  postedAs
  team {
    id
    name
  }
  channelId
  channelName
  threadTs
  slackMessageTs
  attemptCount
  waiting {
    reason
    until
    position
    detail
  }
  failure {
    ...FailureFields
  }
  websiteId
  metadata
  requestedBy
  selectedBy
  trigger {
    context
    template
    fallback
    usedFallback
    missing
  }
  idempotencyKey
  resendOf {
    id
  }
  resentAs {
    id
  }
  resendReason
  isTest
  createdAt
  scheduledFor
  sentAt
  deliveredAt
  finishedAt
}`, {"hash":"sha256:e361962468c9e8a139d53854a10bcc85bcad057b51bcc9bd8ed6d286b202539b"}) as unknown as TypedDocumentString<TestEventMutation, TestEventMutationVariables>;
export const AvailableIdentitiesDocument = new TypedDocumentString(`
    query AvailableIdentities($workspaceId: ID!) {
  availableIdentities(workspaceId: $workspaceId) {
    ...IdentityFields
  }
}
    fragment ProblemFields on ConnectionProblem {
  code
  message
  remedy
  since
}
fragment IdentityFields on Identity {
  id
  kind
  connection {
    id
    team {
      id
      name
    }
  }
  authorization {
    id
    userId
    slackUserId
  }
  postsAs
  usable
  problem {
    ...ProblemFields
  }
}`, {"hash":"sha256:b9d0be1e74631ef3254a1ebf4405462d8feb581fbd9bac7951fc86d8a617ce43"}) as unknown as TypedDocumentString<AvailableIdentitiesQuery, AvailableIdentitiesQueryVariables>;
export const SelectedIdentityDocument = new TypedDocumentString(`
    query SelectedIdentity($workspaceId: ID!, $userId: ID) {
  selectedIdentity(workspaceId: $workspaceId, userId: $userId) {
    ...SelectionFields
  }
}
    fragment ChannelFields on Channel {
  id
  name
  type
  isArchived
  isMember
  isShared
  memberCount
  topic
  postable
}
fragment ProblemFields on ConnectionProblem {
  code
  message
  remedy
  since
}
fragment IdentityFields on Identity {
  id
  kind
  connection {
    id
    team {
      id
      name
    }
  }
  authorization {
    id
    userId
    slackUserId
  }
  postsAs
  usable
  problem {
    ...ProblemFields
  }
}
fragment SelectionFields on IdentitySelection {
  userId
  identity {
    ...IdentityFields
  }
  defaultChannel {
    ...ChannelFields
  }
  selectedAt
}`, {"hash":"sha256:4cddcdc63789d7e852df5bec1484293411b53328c817d9e595bbe9fef3cb6620"}) as unknown as TypedDocumentString<SelectedIdentityQuery, SelectedIdentityQueryVariables>;
export const SelectIdentityDocument = new TypedDocumentString(`
    mutation SelectIdentity($input: SelectIdentityInput!) {
  selectIdentity(input: $input) {
    selection {
      ...SelectionFields
    }
    userErrors {
      ...UserErrorFields
    }
  }
}
    fragment ChannelFields on Channel {
  id
  name
  type
  isArchived
  isMember
  isShared
  memberCount
  topic
  postable
}
fragment ProblemFields on ConnectionProblem {
  code
  message
  remedy
  since
}
fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}
fragment IdentityFields on Identity {
  id
  kind
  connection {
    id
    team {
      id
      name
    }
  }
  authorization {
    id
    userId
    slackUserId
  }
  postsAs
  usable
  problem {
    ...ProblemFields
  }
}
fragment SelectionFields on IdentitySelection {
  userId
  identity {
    ...IdentityFields
  }
  defaultChannel {
    ...ChannelFields
  }
  selectedAt
}`, {"hash":"sha256:b0a8a275c80e0e3e4c9cc7ba960180a26436d2b6d5b5a16457dda5777023a036"}) as unknown as TypedDocumentString<SelectIdentityMutation, SelectIdentityMutationVariables>;
export const ClearIdentityDocument = new TypedDocumentString(`
    mutation ClearIdentity($input: ClearIdentityInput!) {
  clearIdentity(input: $input) {
    cleared
    userErrors {
      ...UserErrorFields
    }
  }
}
    fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}`, {"hash":"sha256:25ee523670a103ff0f163d69cda3ed0b83451ae5d2e92087933f7433d4c54057"}) as unknown as TypedDocumentString<ClearIdentityMutation, ClearIdentityMutationVariables>;
export const BeginSlackInstallDocument = new TypedDocumentString(`
    mutation BeginSlackInstall($input: BeginSlackInstallInput!) {
  beginSlackInstall(input: $input) {
    authorizeUrl
    expiresAt
    userErrors {
      ...UserErrorFields
    }
  }
}
    fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}`, {"hash":"sha256:768fed386dbd60d60c59794919838fa21102803437bd3353dfce9455825ae597"}) as unknown as TypedDocumentString<BeginSlackInstallMutation, BeginSlackInstallMutationVariables>;
export const CompleteSlackInstallDocument = new TypedDocumentString(`
    mutation CompleteSlackInstall($input: CompleteSlackInstallInput!) {
  completeSlackInstall(input: $input) {
    connection {
      ...ConnectionFields
    }
    authorization {
      ...AuthorizationFields
    }
    userErrors {
      ...UserErrorFields
    }
  }
}
    fragment ProblemFields on ConnectionProblem {
  code
  message
  remedy
  since
}
fragment AuthorizationFields on PersonalAuthorization {
  id
  userId
  slackUserId
  slackUserName
  status
  problem {
    ...ProblemFields
  }
  scopes
  missingScopes {
    scope
    without
  }
  tokenExpiresAt
  connectedAt
  lastUsedAt
  connection {
    id
  }
}
fragment ConnectionFields on WorkspaceConnection {
  id
  workspaceId
  team {
    id
    name
    enterpriseId
    enterpriseName
  }
  status
  problem {
    ...ProblemFields
  }
  botUserId
  scopes
  missingScopes {
    scope
    without
  }
  tokenExpiresAt
  installedBy
  connectedAt
  lastUsedAt
  myAuthorization {
    ...AuthorizationFields
  }
}
fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}`, {"hash":"sha256:1e7cdff6be7f66f6c59fd8290843166b7c943e4491354ec0519c265ae79d0604"}) as unknown as TypedDocumentString<CompleteSlackInstallMutation, CompleteSlackInstallMutationVariables>;
export const DeliveryStatusChangedDocument = new TypedDocumentString(`
    subscription DeliveryStatusChanged($workspaceId: ID!, $notificationId: ID, $after: String) {
  deliveryStatusChanged(
    workspaceId: $workspaceId
    notificationId: $notificationId
    after: $after
  ) {
    cursor
    from
    to
    attempt
    at
    failure {
      ...FailureFields
    }
    notification {
      id
      status
      text
    }
  }
}
    fragment FailureFields on DeliveryFailure {
  code
  slackError
  message
  remedy
  actor
}`, {"hash":"sha256:1d3b96aeff40d8b27a22256ebe8668e23716bef830a8cf559e542bff0846ce07"}) as unknown as TypedDocumentString<DeliveryStatusChangedSubscription, DeliveryStatusChangedSubscriptionVariables>;
export const ConnectionStatusChangedDocument = new TypedDocumentString(`
    subscription ConnectionStatusChanged($workspaceId: ID!, $after: String) {
  connectionStatusChanged(workspaceId: $workspaceId, after: $after) {
    cursor
    to
    at
    problem {
      ...ProblemFields
    }
    connection {
      id
      status
    }
    authorization {
      id
      status
    }
  }
}
    fragment ProblemFields on ConnectionProblem {
  code
  message
  remedy
  since
}`, {"hash":"sha256:668318dee36be2902f2c1007ffcf08abfbb0acb885fcadd1154a89db5c65ae59"}) as unknown as TypedDocumentString<ConnectionStatusChangedSubscription, ConnectionStatusChangedSubscriptionVariables>;
export const SendNotificationDocument = new TypedDocumentString(`
    mutation SendNotification($input: SendNotificationInput!) {
  sendNotification(input: $input) {
    notification {
      ...NotificationFields
    }
    deduplicated
    userErrors {
      ...UserErrorFields
    }
  }
}
    fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}
fragment FailureFields on DeliveryFailure {
  code
  slackError
  message
  remedy
  actor
}
fragment NotificationFields on Notification {
  id
  workspaceId
  status
  eventType
  priority
  text
  blocks
  identity {
    id
    kind
  }
  postedAs
  team {
    id
    name
  }
  channelId
  channelName
  threadTs
  slackMessageTs
  attemptCount
  waiting {
    reason
    until
    position
    detail
  }
  failure {
    ...FailureFields
  }
  websiteId
  metadata
  requestedBy
  selectedBy
  trigger {
    context
    template
    fallback
    usedFallback
    missing
  }
  idempotencyKey
  resendOf {
    id
  }
  resentAs {
    id
  }
  resendReason
  isTest
  createdAt
  scheduledFor
  sentAt
  deliveredAt
  finishedAt
}`, {"hash":"sha256:a2992d6835f44adfc0ebd38aea81b6319a6396e6e1cbdff7b97215de2862d97a"}) as unknown as TypedDocumentString<SendNotificationMutation, SendNotificationMutationVariables>;
export const SendNotificationsDocument = new TypedDocumentString(`
    mutation SendNotifications($input: SendNotificationsInput!) {
  sendNotifications(input: $input) {
    results {
      notification {
        id
        status
        text
        failure {
          code
        }
      }
      deduplicated
      userErrors {
        ...UserErrorFields
      }
    }
  }
}
    fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}`, {"hash":"sha256:88f25dbebaba172ae1ce92a5dd60ea57fe6d8dd0abd5fcd17927e49d64d8d8d3"}) as unknown as TypedDocumentString<SendNotificationsMutation, SendNotificationsMutationVariables>;
export const CancelNotificationDocument = new TypedDocumentString(`
    mutation CancelNotification($input: CancelNotificationInput!) {
  cancelNotification(input: $input) {
    notification {
      ...NotificationFields
    }
    userErrors {
      ...UserErrorFields
    }
  }
}
    fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}
fragment FailureFields on DeliveryFailure {
  code
  slackError
  message
  remedy
  actor
}
fragment NotificationFields on Notification {
  id
  workspaceId
  status
  eventType
  priority
  text
  blocks
  identity {
    id
    kind
  }
  postedAs
  team {
    id
    name
  }
  channelId
  channelName
  threadTs
  slackMessageTs
  attemptCount
  waiting {
    reason
    until
    position
    detail
  }
  failure {
    ...FailureFields
  }
  websiteId
  metadata
  requestedBy
  selectedBy
  trigger {
    context
    template
    fallback
    usedFallback
    missing
  }
  idempotencyKey
  resendOf {
    id
  }
  resentAs {
    id
  }
  resendReason
  isTest
  createdAt
  scheduledFor
  sentAt
  deliveredAt
  finishedAt
}`, {"hash":"sha256:1e82d73db7f931d49e86789ca8ba2fb93ae8b8511ab2f298464b255713a43fd4"}) as unknown as TypedDocumentString<CancelNotificationMutation, CancelNotificationMutationVariables>;
export const ResendNotificationDocument = new TypedDocumentString(`
    mutation ResendNotification($input: ResendNotificationInput!) {
  resendNotification(input: $input) {
    notification {
      ...NotificationFields
    }
    userErrors {
      ...UserErrorFields
    }
  }
}
    fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}
fragment FailureFields on DeliveryFailure {
  code
  slackError
  message
  remedy
  actor
}
fragment NotificationFields on Notification {
  id
  workspaceId
  status
  eventType
  priority
  text
  blocks
  identity {
    id
    kind
  }
  postedAs
  team {
    id
    name
  }
  channelId
  channelName
  threadTs
  slackMessageTs
  attemptCount
  waiting {
    reason
    until
    position
    detail
  }
  failure {
    ...FailureFields
  }
  websiteId
  metadata
  requestedBy
  selectedBy
  trigger {
    context
    template
    fallback
    usedFallback
    missing
  }
  idempotencyKey
  resendOf {
    id
  }
  resentAs {
    id
  }
  resendReason
  isTest
  createdAt
  scheduledFor
  sentAt
  deliveredAt
  finishedAt
}`, {"hash":"sha256:5c16c3ed6c05368360a46e03a17b4055a57898d5b770fb09da2a759518bc6d14"}) as unknown as TypedDocumentString<ResendNotificationMutation, ResendNotificationMutationVariables>;
export const ResolveUnconfirmedDocument = new TypedDocumentString(`
    mutation ResolveUnconfirmed($input: ResolveUnconfirmedInput!) {
  resolveUnconfirmed(input: $input) {
    notification {
      ...NotificationFields
    }
    userErrors {
      ...UserErrorFields
    }
  }
}
    fragment UserErrorFields on UserError {
  __typename
  code
  message
  field
  remedy
  ... on TeamMismatchError {
    expectedTeamId
    actualTeamId
  }
  ... on QueueFullError {
    retryAfterSeconds
  }
  ... on InvalidTemplateError {
    line
    column
  }
  ... on IdempotencyConflictError {
    existing {
      id
    }
  }
}
fragment FailureFields on DeliveryFailure {
  code
  slackError
  message
  remedy
  actor
}
fragment NotificationFields on Notification {
  id
  workspaceId
  status
  eventType
  priority
  text
  blocks
  identity {
    id
    kind
  }
  postedAs
  team {
    id
    name
  }
  channelId
  channelName
  threadTs
  slackMessageTs
  attemptCount
  waiting {
    reason
    until
    position
    detail
  }
  failure {
    ...FailureFields
  }
  websiteId
  metadata
  requestedBy
  selectedBy
  trigger {
    context
    template
    fallback
    usedFallback
    missing
  }
  idempotencyKey
  resendOf {
    id
  }
  resentAs {
    id
  }
  resendReason
  isTest
  createdAt
  scheduledFor
  sentAt
  deliveredAt
  finishedAt
}`, {"hash":"sha256:a8b701a653e3bf02f9dc28c2644c1dac9315fdc18811d3144c1ade56ad09246d"}) as unknown as TypedDocumentString<ResolveUnconfirmedMutation, ResolveUnconfirmedMutationVariables>;
export const NotificationDocument = new TypedDocumentString(`
    query Notification($id: ID!) {
  notification(id: $id) {
    ...NotificationFields
    permalink
    attempts {
      number
      startedAt
      finishedAt
      outcome
      slackError
      httpStatus
      retryAfterSeconds
      durationMs
    }
    timeline {
      cursor
      from
      to
      attempt
      failure {
        ...FailureFields
      }
      at
    }
  }
}
    fragment FailureFields on DeliveryFailure {
  code
  slackError
  message
  remedy
  actor
}
fragment NotificationFields on Notification {
  id
  workspaceId
  status
  eventType
  priority
  text
  blocks
  identity {
    id
    kind
  }
  postedAs
  team {
    id
    name
  }
  channelId
  channelName
  threadTs
  slackMessageTs
  attemptCount
  waiting {
    reason
    until
    position
    detail
  }
  failure {
    ...FailureFields
  }
  websiteId
  metadata
  requestedBy
  selectedBy
  trigger {
    context
    template
    fallback
    usedFallback
    missing
  }
  idempotencyKey
  resendOf {
    id
  }
  resentAs {
    id
  }
  resendReason
  isTest
  createdAt
  scheduledFor
  sentAt
  deliveredAt
  finishedAt
}`, {"hash":"sha256:39b4cc4eadd3c18a60333f6cd2fad4b0a3d6c3b8670497b4d869e49e9af83bbc"}) as unknown as TypedDocumentString<NotificationQuery, NotificationQueryVariables>;
export const NotificationHistoryDocument = new TypedDocumentString(`
    query NotificationHistory($workspaceId: ID!, $filter: NotificationFilter, $first: Int = 50, $after: String) {
  notificationHistory(
    workspaceId: $workspaceId
    filter: $filter
    first: $first
    after: $after
  ) {
    nodes {
      ...NotificationFields
    }
    edges {
      cursor
      node {
        id
      }
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
    liveCursor
  }
}
    fragment FailureFields on DeliveryFailure {
  code
  slackError
  message
  remedy
  actor
}
fragment NotificationFields on Notification {
  id
  workspaceId
  status
  eventType
  priority
  text
  blocks
  identity {
    id
    kind
  }
  postedAs
  team {
    id
    name
  }
  channelId
  channelName
  threadTs
  slackMessageTs
  attemptCount
  waiting {
    reason
    until
    position
    detail
  }
  failure {
    ...FailureFields
  }
  websiteId
  metadata
  requestedBy
  selectedBy
  trigger {
    context
    template
    fallback
    usedFallback
    missing
  }
  idempotencyKey
  resendOf {
    id
  }
  resentAs {
    id
  }
  resendReason
  isTest
  createdAt
  scheduledFor
  sentAt
  deliveredAt
  finishedAt
}`, {"hash":"sha256:675fb8cfdb72891d9e9dfe1aca37417087f7620b9aeb93471f0be9abe1ac28e3"}) as unknown as TypedDocumentString<NotificationHistoryQuery, NotificationHistoryQueryVariables>;
export const PreflightDocument = new TypedDocumentString(`
    query Preflight($input: SendNotificationInput!) {
  preflight(input: $input) {
    wouldDeliver
    postsAs
    channel {
      ...ChannelFields
    }
    problems {
      ...FailureFields
    }
    expectedDelaySeconds
  }
}
    fragment ChannelFields on Channel {
  id
  name
  type
  isArchived
  isMember
  isShared
  memberCount
  topic
  postable
}
fragment FailureFields on DeliveryFailure {
  code
  slackError
  message
  remedy
  actor
}`, {"hash":"sha256:4b4c6ad1eb089582710df782d2e90edf6f59abd5eaa71e0858e9a4f9732b89c5"}) as unknown as TypedDocumentString<PreflightQuery, PreflightQueryVariables>;
export const DeliveryStatsDocument = new TypedDocumentString(`
    query DeliveryStats($workspaceId: ID!, $since: DateTime!, $until: DateTime) {
  deliveryStats(workspaceId: $workspaceId, since: $since, until: $until) {
    total
    byStatus {
      status
      count
    }
    byFailure {
      code
      count
    }
    deliveryTimeMs {
      p50
      p95
      p99
    }
    oldestWaitingSince
    perHour {
      hour
      delivered
      failed
      unconfirmed
    }
  }
}
    `, {"hash":"sha256:70b2ee94f8c514e246498a03e1f0b774e441ee565d15652d39551ceffafd9ef6"}) as unknown as TypedDocumentString<DeliveryStatsQuery, DeliveryStatsQueryVariables>;
export const HistoryIdsDocument = new TypedDocumentString(`
    query HistoryIds($workspaceId: ID!, $filter: NotificationFilter, $first: Int, $after: String) {
  notificationHistory(
    workspaceId: $workspaceId
    filter: $filter
    first: $first
    after: $after
  ) {
    nodes {
      id
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:6c17e943da760b2015cdcf9cb898ff977d6c48af325f79170c1af292faf79a59"}) as unknown as TypedDocumentString<HistoryIdsQuery, HistoryIdsQueryVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    userId
    memberships {
      workspaceId
      role
    }
  }
}
    `, {"hash":"sha256:6691edd5612449b16e59fd08c21d69b9418e3913854d84bec5b64fe9fde062bf"}) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;