import { describedEnum } from './described-enum.ts';

/** Why something cannot be delivered: of a notification, and of the connection or identity that it would go through. */
export const FailureCode = describedEnum(
  'FailureCode',
  'Why a notification was not delivered, or why a connection is not usable.',
  {
    IDENTITY_NOT_SELECTED: 'The user named by `sender.selectedBy` has selected no identity in the workspace.',
    IDENTITY_NOT_USABLE: 'The identity exists but cannot post now.',
    CONNECTION_NEEDS_REAUTHORIZATION:
      'Slack no longer accepts the authorization (Slack: `token_revoked`, `account_inactive` and the like; ' +
      'reference/methods/chat.postMessage). Reconnect it.',
    CONNECTION_DISCONNECTED: 'A person has disconnected it here.',
    TEAM_MISMATCH: "The identity's Slack team is not the one that the connection or the notification belongs to.",
    MISSING_SCOPE: 'The install did not grant a scope that this needs (Slack: `missing_scope`). Reinstall with it.',
    CHANNEL_REQUIRED: 'No channel was given, and the selection has no default channel.',
    CHANNEL_NOT_FOUND:
      'Slack does not know the channel, or the identity cannot see it: Slack does not tell the two apart ' +
      '(Slack: `channel_not_found`; reference/methods/chat.postMessage).',
    NOT_IN_CHANNEL: 'The identity is not a member of the channel (Slack: `not_in_channel`). Invite it.',
    CHANNEL_ARCHIVED: 'The channel is archived (Slack: `is_archived`).',
    POSTING_RESTRICTED:
      "A setting of Slack's side forbids posting there (Slack: `restricted_action` and its variants; `messages_tab_disabled`, a setting of the app).",
    INVALID_MESSAGE:
      'Slack refused the message itself (Slack: `invalid_blocks`, `msg_blocks_too_long`, `no_text` and the like).',
    SLACK_UNAVAILABLE: 'Slack could not be reached, or answered that it is not available, on every try.',
    OUTCOME_UNKNOWN:
      "Slack's answer was lost and a look-up could not settle whether the message is there. It was not sent again.",
    EXPIRED: '`expiresAt` passed before Slack took the message; `slackError` holds the last cause.',
    CANCELED_BY_CALLER: 'Canceled by cancelNotification.',
    CANCELED_BY_DISCONNECT: 'Canceled because its connection or authorization was disconnected.',
    SLACK_REJECTED: 'Slack refused with a code that this server does not know; see `slackError`.',
    INTERNAL: 'A fault of this server; the operator finds it in the log.',
  },
);
export type FailureCode = keyof typeof FailureCode;
