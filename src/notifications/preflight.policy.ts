import type { ChannelFound } from '../channels/channel.policy.ts';
import {
  describeFailure,
  FAILURE_CODES,
  type DescribedFailure,
  type FailureCode,
  type FailureContext,
} from '../connections/failure.policy.ts';
import type { IdentityKind } from '../identities/identity.entity.ts';
import { isPersonal } from '../identities/identity.policy.ts';
import type { Refusal } from '../platform/user-error.ts';
import type { Forecast } from './delivery-forecast.ts';

/** Something that would stop a send, or only delay it. */
export interface Problem {
  readonly failure: DescribedFailure;
  readonly stops: boolean;
}

const stop = (code: FailureCode, context: FailureContext): Problem => ({
  failure: describeFailure(code, context),
  stops: true,
});

/** A failure that says its own words: the code is the nearest that there is. */
const worded = (code: FailureCode, message: string, remedy: string, actor: DescribedFailure['actor']) => ({
  code,
  slackError: null,
  message,
  remedy,
  actor,
});

const isFailureCode = (code: string): code is FailureCode => (FAILURE_CODES as readonly string[]).includes(code);

/** What a send would be refused with because of what the caller gave. */
export const ofRefusedInput = ({ code, message, remedy }: Refusal): Problem => ({
  failure: worded(isFailureCode(code) ? code : 'INVALID_MESSAGE', message, remedy, 'CALLER'),
  stops: true,
});

/** What a send would be refused with because of who it is posted as. Who may not use a selection is told as much. */
export const ofRefusedSender = (
  refusal: Refusal,
  code: FailureCode | undefined,
  kind: IdentityKind | undefined,
): Problem => {
  const nearest = code ?? 'IDENTITY_NOT_USABLE';
  const { actor } = describeFailure(nearest, { personal: isPersonal(nearest, kind) });
  return { failure: worded(nearest, refusal.message, refusal.remedy, actor), stops: true };
};

/** Not now, but later: no failure code says whose fault that is, since no notification ever fails of it. */
export const ofFullQueue = ({ message, remedy }: Refusal): Problem => ({
  failure: worded('SLACK_UNAVAILABLE', message, remedy, 'CALLER'),
  stops: true,
});

const CHANNEL_UNCHECKED = worded(
  'SLACK_UNAVAILABLE',
  'The directory does not hold this channel, and Slack cannot be asked about it now.',
  'Ask again in some seconds.',
  'SLACK',
);

const POSTABLE_FAILURES = {
  ARCHIVED: 'CHANNEL_ARCHIVED',
  READ_ONLY: 'POSTING_RESTRICTED',
  NEEDS_INVITE: 'NOT_IN_CHANNEL',
} as const;

/** What Slack would answer. */
const THREAD_ONLY = 'restricted_action_thread_only_channel';

/**
 * What stands in the way in the channel itself. Without the scope to look it up nobody can, and Slack posts there all the
 * same, by chat:write alone. While Slack cannot be asked, asking again tells more.
 */
export const ofChannel = (found: ChannelFound, isReply: boolean, context: FailureContext): Problem[] => {
  if (found.kind === 'unknown') return [stop('CHANNEL_NOT_FOUND', context)];
  if (found.kind === 'unavailable') {
    const { neededScope: detail } = found;
    if (detail === undefined) return [{ failure: CHANNEL_UNCHECKED, stops: true }];
    return [{ failure: describeFailure('MISSING_SCOPE', { ...context, detail }), stops: false }];
  }
  const { postable, isThreadOnly } = found.channel;
  if (postable !== 'YES' && postable !== 'UNKNOWN') return [stop(POSTABLE_FAILURES[postable], context)];
  return isThreadOnly && !isReply ? [stop('POSTING_RESTRICTED', { ...context, slackError: THREAD_ONLY })] : [];
};

const HOLDS: Readonly<Record<NonNullable<Forecast['hold']>, string>> = {
  TEAM_LIMITED: 'Slack limits the whole team; it goes on in about',
  TEAM_SILENT: 'Slack does not answer for this team; it is asked again within',
  CHANNEL_LIMITED: 'Slack limits this channel; it goes on in about',
};

/** What holds back everything for the team, or for the channel: it passes. */
export const ofHold = ({ hold, delaySeconds }: Forecast): Problem[] => {
  if (hold === null) return [];
  const message = `${HOLDS[hold]} ${delaySeconds} s.`;
  return [{ failure: worded('SLACK_UNAVAILABLE', message, 'Nothing: it is sent then.', 'SLACK'), stops: false }];
};

export const ofExpiry = (delaySeconds: number, expiresInSeconds: number): Problem[] => {
  if (delaySeconds < expiresInSeconds) return [];
  const message = `It would wait about ${delaySeconds} s for its turn, and would have expired by then.`;
  return [
    { failure: worded('EXPIRED', message, 'Give a later expiresAt, or a higher priority.', 'CALLER'), stops: true },
  ];
};
