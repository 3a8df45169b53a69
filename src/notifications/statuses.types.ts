import { describedEnum } from '../graphql/described-enum.ts';

export const DeliveryStatus = describedEnum(
  'DeliveryStatus',
  'Where a notification stands. It comes to rest in exactly one of DELIVERED, FAILED, CANCELED or UNCONFIRMED.',
  {
    QUEUED: 'Accepted and stored; waits for its turn or its time. See `waiting`.',
    SENDING: 'A request to Slack is open, or its lost answer is being looked up. Can no longer be canceled.',
    RETRYING: 'A try did not go through and will be repeated. See `waiting`.',
    DELIVERED: 'Slack has the message; `slackMessageTs` names it.',
    FAILED: 'It will not be sent; `failure` says why and who can mend it.',
    CANCELED: 'Canceled by a caller or by a disconnect before it left.',
    UNCONFIRMED:
      "Slack's answer was lost and could not be looked up: the message may be there or not. See resolveUnconfirmed.",
  },
);
export type DeliveryStatus = keyof typeof DeliveryStatus;

export const UnknownOutcomePolicy = describedEnum(
  'UnknownOutcomePolicy',
  "What to do when Slack's answer was lost and the message cannot be looked up.",
  {
    HOLD: 'Do not send again: the notification ends UNCONFIRMED. Never a duplicate.',
    RESEND: 'Send again: the message may then appear twice.',
  },
);
export type UnknownOutcomePolicy = keyof typeof UnknownOutcomePolicy;

export const WaitReason = describedEnum('WaitReason', 'Why a notification is not moving now.', {
  SCHEDULED: 'Its `scheduledFor` has not come.',
  PACING:
    'Others go first: about one message a second per channel (Slack: apis/web-api/rate-limits), and no more at once than the server may send.',
  RATE_LIMITED: 'Slack said to wait, by Retry-After.',
  BACKOFF: 'A try failed; the next one is due at `until`.',
  TEAM_PAUSED: 'Its whole Slack team is paused, since Slack limits several of its channels or does not answer.',
  CONFIRMING: "Slack's answer was lost; the message is being looked up.",
  CONNECTION: 'Its connection or authorization needs to be reconnected by a person.',
});
export type WaitReason = keyof typeof WaitReason;

export const AttemptOutcome = describedEnum('AttemptOutcome', 'How one try at Slack ended.', {
  IN_FLIGHT: 'It is open.',
  DELIVERED: 'Slack took the message.',
  RATE_LIMITED: 'Slack said to wait (HTTP 429). Not counted against the number of tries.',
  RETRYABLE: 'It certainly did not go through, and may later.',
  REJECTED: 'Slack refused it for good.',
  UNKNOWN: 'The answer was lost, so the message may be there.',
  CONFIRMED_PRESENT: 'The answer was lost; a look-up found the message.',
  CONFIRMED_ABSENT: 'The answer was lost; a look-up showed that the message is not there.',
});
export type AttemptOutcome = keyof typeof AttemptOutcome;

export const RemedyActor = describedEnum('RemedyActor', 'Who can mend a failure.', {
  CALLER: 'Whoever sends: another channel, another text, another sender, or an invitation of the bot to the channel.',
  WORKSPACE_ADMIN: 'An admin of the workspace here: reconnect, or grant scopes.',
  SLACK_ADMIN: "Someone on Slack's side: lift a restriction.",
  SLACK: 'Slack itself; waiting helps.',
  OPERATOR: 'Whoever runs this server.',
});
export type RemedyActor = keyof typeof RemedyActor;
