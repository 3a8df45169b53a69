/** The same values as GraphQL's `FailureCode`; a test compares the two. */
export const FAILURE_CODES = [
  'IDENTITY_NOT_SELECTED',
  'IDENTITY_NOT_USABLE',
  'CONNECTION_NEEDS_REAUTHORIZATION',
  'CONNECTION_DISCONNECTED',
  'TEAM_MISMATCH',
  'MISSING_SCOPE',
  'CHANNEL_REQUIRED',
  'CHANNEL_NOT_FOUND',
  'NOT_IN_CHANNEL',
  'CHANNEL_ARCHIVED',
  'POSTING_RESTRICTED',
  'INVALID_MESSAGE',
  'SLACK_UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'EXPIRED',
  'CANCELED_BY_CALLER',
  'CANCELED_BY_DISCONNECT',
  'SLACK_REJECTED',
  'INTERNAL',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

export type RemedyActor = 'CALLER' | 'WORKSPACE_ADMIN' | 'SLACK_ADMIN' | 'SLACK' | 'OPERATOR';

/** What is known about the case; every part of it may be missing. */
export interface FailureContext {
  readonly slackError?: string | null | undefined;
  /** MISSING_SCOPE: the scope that is needed. Otherwise a word more for the message. */
  readonly detail?: string | null | undefined;
  readonly channelName?: string | null | undefined;
  readonly channelId?: string | null | undefined;
  readonly postsAs?: string | null | undefined;
  /** The connection to install again. */
  readonly connectionId?: string | null | undefined;
  /** Whose authorization it is about; a workspace's bot where nothing is said. */
  readonly personal?: boolean | undefined;
  /** OUTCOME_UNKNOWN: a person looked, and it is not there. */
  readonly isKnownAbsent?: boolean | undefined;
}

export interface DescribedFailure {
  readonly code: FailureCode;
  readonly slackError: string | null;
  readonly message: string;
  readonly remedy: string;
  readonly actor: RemedyActor;
}

type Description = Omit<DescribedFailure, 'code' | 'slackError'>;

const describe = (message: string, remedy: string, actor: RemedyActor): Description => ({ message, remedy, actor });

/** A direct message is called by who is in it. Slack's ids and names tell it apart. */
const channel = ({ channelName, channelId }: FailureContext): string => {
  if (channelId?.startsWith('D') === true || channelName?.startsWith('mpdm-') === true) {
    return channelName ? `the direct message with ${channelName}` : `the direct message ${channelId}`;
  }
  if (channelName) return `#${channelName}`;
  return channelId ? `the channel ${channelId}` : 'the channel';
};

const author = ({ postsAs }: FailureContext): string => postsAs ?? 'the chosen identity';

const because = ({ slackError }: FailureContext): string => (slackError ? ` (${slackError})` : '');

const WHY_ENDED: Readonly<Record<string, string>> = {
  token_revoked: 'the authorization was revoked in Slack',
  account_inactive: 'the account was deactivated in Slack, or the app was removed',
  invalid_auth: 'Slack does not know the authorization any more',
  token_expired: 'the authorization expired and could not be renewed',
  invalid_refresh_token: 'the authorization expired and could not be renewed',
  invalid_grant: 'the authorization expired and could not be renewed',
  two_factor_setup_required: 'Slack asks the account to set up two-factor authentication',
  user_email_unverified: 'Slack asks the account to confirm its e-mail address',
};

const thatConnection = ({ connectionId }: FailureContext): string =>
  connectionId ? `connectionId ${connectionId}` : "this connection's id";

const needsReauthorization = (context: FailureContext): Description => {
  const why = WHY_ENDED[context.slackError ?? ''] ?? 'Slack no longer accepts the authorization';
  return context.personal === true
    ? describe(
        `The person's Slack authorization cannot be used: ${why}.`,
        `Let that person authorize again: beginSlackInstall with intent PERSONAL and ${thatConnection(context)}.`,
        'CALLER',
      )
    : describe(
        `The workspace's Slack connection cannot be used: ${why}.`,
        `Let an admin reconnect it: beginSlackInstall with intent WORKSPACE and ${thatConnection(context)}.`,
        'WORKSPACE_ADMIN',
      );
};

const disconnected = (context: FailureContext): Description =>
  context.personal === true
    ? describe(
        "The person's Slack authorization was disconnected.",
        `Let that person authorize again: beginSlackInstall with intent PERSONAL and ${thatConnection(context)}.`,
        'CALLER',
      )
    : describe(
        "The workspace's Slack connection was disconnected.",
        `Let an admin connect the Slack team again: beginSlackInstall with intent WORKSPACE and ${thatConnection(context)}.`,
        'WORKSPACE_ADMIN',
      );

const missingScope = ({ detail, personal }: FailureContext): Description => {
  const scope = detail ? `the scope ${detail}` : 'a scope that this needs';
  return describe(
    `The Slack install did not grant ${scope}.`,
    personal === true
      ? 'Authorize again and approve everything that Slack asks for; the operator adds the scope to SLACK_USER_SCOPES if it is not asked for.'
      : 'Let an admin reconnect and approve everything that Slack asks for; the operator adds the scope to SLACK_BOT_SCOPES if it is not asked for.',
    personal === true ? 'CALLER' : 'WORKSPACE_ADMIN',
  );
};

const TABLE: Readonly<Record<FailureCode, (context: FailureContext) => Description>> = {
  IDENTITY_NOT_SELECTED: () =>
    describe(
      'That user has selected no identity in this workspace, and none is ever guessed.',
      'Let that user call selectIdentity, or name an identity in sender.identityId.',
      'CALLER',
    ),
  IDENTITY_NOT_USABLE: (context) =>
    context.detail
      ? describe(
          `${context.detail} Nothing was posted.`,
          'Resend it: it is posted by who posts for the identity now. Or send it with another identity.',
          'CALLER',
        )
      : describe(
          `${context.postsAs ?? 'The identity'} cannot post now: the person's authorization has ended.`,
          'Let that person authorize again, or choose another identity of availableIdentities.',
          'CALLER',
        ),
  CONNECTION_NEEDS_REAUTHORIZATION: needsReauthorization,
  CONNECTION_DISCONNECTED: disconnected,
  TEAM_MISMATCH: () =>
    describe(
      'The identity now belongs to another Slack team or person than the one that this was accepted for, so nothing was posted.',
      'Send it again with an identity of the Slack team that is meant.',
      'CALLER',
    ),
  MISSING_SCOPE: missingScope,
  CHANNEL_REQUIRED: () =>
    describe(
      'No channel was given, and the selection has no default channel.',
      'Give channelId, or select the identity again with a defaultChannelId.',
      'CALLER',
    ),
  CHANNEL_NOT_FOUND: (context) =>
    describe(
      `${author(context)} cannot see ${channel(context)}: it does not exist, or it is private and ${author(context)} is not in it.`,
      `Check the id with channels(identityId:). If the channel is private, invite ${author(context)} there.`,
      'CALLER',
    ),
  NOT_IN_CHANNEL: (context) =>
    describe(
      `${author(context)} is not a member of ${channel(context)}.`,
      `Invite ${author(context)} to ${channel(context)} in Slack (/invite), then send it again.`,
      'CALLER',
    ),
  CHANNEL_ARCHIVED: (context) =>
    describe(
      `${channel(context)} is archived.`,
      'Choose another channel, or let somebody unarchive it in Slack.',
      'CALLER',
    ),
  POSTING_RESTRICTED: (context) =>
    describe(
      `A setting in Slack forbids ${author(context)} to post in ${channel(context)}${because(context)}.`,
      'Ask an admin of the Slack team to allow the app to post there, or choose another channel.',
      'SLACK_ADMIN',
    ),
  INVALID_MESSAGE: (context) =>
    describe(
      `Slack refused the message itself${because(context)}.`,
      "Correct the text or the blocks by Slack's Block Kit rules and send it again.",
      'CALLER',
    ),
  SLACK_UNAVAILABLE: (context) =>
    describe(
      `Slack could not be reached, or said that it is not available, on every try${because(context)}.`,
      'Wait until Slack works again (slack-status.com), then resend it.',
      'SLACK',
    ),
  OUTCOME_UNKNOWN: ({ isKnownAbsent = false, detail }) =>
    isKnownAbsent
      ? describe("Slack's answer was lost, and the message is not there.", 'Resend it if it is still wanted.', 'CALLER')
      : describe(
          `Slack's answer was lost, and whether the message is there could not be looked up${detail ? `: ${detail.replace(/\.$/, '')}` : ''}.`,
          'Look in the channel, then say with resolveUnconfirmed whether the message is there, or resend it.',
          'CALLER',
        ),
  EXPIRED: (context) =>
    describe(
      `Its time was over before Slack took the message${because(context)}.`,
      'Send it again with a later expiresAt, if it is still wanted.',
      'CALLER',
    ),
  CANCELED_BY_CALLER: () =>
    describe('It was canceled before it was sent.', 'Nothing to mend; resend it if it is wanted after all.', 'CALLER'),
  CANCELED_BY_DISCONNECT: () =>
    describe(
      'Its Slack connection was disconnected before it was sent.',
      'Connect again, then resend it if it is still wanted.',
      'WORKSPACE_ADMIN',
    ),
  SLACK_REJECTED: (context) =>
    describe(
      `Slack refused it with a reason that this server does not know${because(context)}.`,
      "Look the reason up in Slack's documentation of chat.postMessage; tell the operator if it stays unclear.",
      'OPERATOR',
    ),
  INTERNAL: () =>
    describe(
      'A fault of this server kept it from being delivered.',
      "Give the notification's id to the operator, who finds the cause in the log.",
      'OPERATOR',
    ),
};

const noThread = (context: FailureContext): Description =>
  describe(
    `Slack cannot put a reply to the message of threadTs${because(context)}.`,
    'Give as threadTs the ts of a message of that channel, as Slack gave it, or send it without threadTs.',
    'CALLER',
  );

const repliesOnly = (context: FailureContext): Description =>
  describe(
    `${channel(context)} takes replies in its threads only${because(context)}.`,
    'Give as threadTs the ts of the message to reply to, or choose another channel.',
    'CALLER',
  );

const messagesTabIsOff = (context: FailureContext): Description =>
  describe(
    `The Slack app does not take part in direct messages${because(context)}.`,
    "Let the operator turn on App Home → Messages Tab in the app's settings at api.slack.com/apps, then resend it.",
    'OPERATOR',
  );

/** Where Slack's own code, behind ours, tells more exactly what is wrong and who can mend it. */
const EXACTLY: ReadonlyMap<string, (context: FailureContext) => Description> = new Map([
  ['INVALID_MESSAGE cannot_reply_to_message', noThread],
  ['INVALID_MESSAGE invalid_thread_ts', noThread],
  ['INVALID_MESSAGE thread_not_found', noThread],
  ['POSTING_RESTRICTED restricted_action_thread_only_channel', repliesOnly],
  ['POSTING_RESTRICTED messages_tab_disabled', messagesTabIsOff],
]);

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What happened, what a person should do about it, and who can: for every failure code, whatever is known. */
export const describeFailure = (code: FailureCode, context: FailureContext = {}): DescribedFailure => {
  const slackError = context.slackError ?? null;
  const { message, remedy, actor } = (EXACTLY.get(`${code} ${slackError}`) ?? TABLE[code])(context);
  return { code, slackError, message: sentence(message), remedy: sentence(remedy), actor };
};
