import type { UnknownOutcomePolicy } from '../notifications/notification.states.ts';
import type { ChannelId } from '../platform/ids.ts';
import type { AttemptOutcome } from './delivery.entity.ts';
import { MAX_TRIES, type Settlement, type Wait } from './settlement.policy.ts';

/** What a look at the channel's history came to. */
export type Lookup =
  | { readonly kind: 'present'; readonly channelId: ChannelId; readonly ts: string }
  /** Every page was read, unbroken, back to before the attempt, and the message is in none. */
  | { readonly kind: 'absent' }
  /** Nobody can look there: no scope, no membership, no token. */
  | { readonly kind: 'impossible'; readonly detail: string }
  /** Slack could not be asked, or broke off: nothing is concluded. */
  | { readonly kind: 'unasked'; readonly detail: string; readonly retryAfterSeconds?: number }
  /** The team's budget for looks is spent for now. */
  | { readonly kind: 'postponed'; readonly seconds: number };

/** What the decision depends on beside the lookup; all times as the database had them when the row was claimed. */
export interface ConfirmationContext {
  /** Since the attempt began, when the read began. */
  readonly attemptAgeMs: number;
  /** Since the outcome became unknown. */
  readonly confirmingMs: number;
  /** Of that, time in which Slack could not be asked. */
  readonly unaskedMs: number;
  readonly policy: UnknownOutcomePolicy;
  /** Tries that counted, the one in question included. */
  readonly tries: number;
}

export interface ConfirmationLimits {
  /** SLACK_TIMEOUT_MS + CONFIRM_SETTLE_SECONDS: Slack may apply a request late, so an earlier read proves no absence. */
  readonly settledAfterMs: number;
  readonly maxHoldMs: number;
}

/** Time in which Slack cannot be asked does not count, up to this much: nothing waits for ever. */
const MAX_UNASKED_MS = 10 * 60 * 1000;
const UNASKED_RETRY_SECONDS = 5;
/** Reads begin a little after the moment from which they count. */
const MARGIN_SECONDS = 0.05;

const lookAgain = (seconds: number, detail: string, isUnasked: boolean): Settlement => {
  const wait: Wait = { reason: 'CONFIRMING', seconds, detail };
  return {
    attempt: { outcome: 'UNKNOWN' },
    place: { kind: 'CONFIRM', wait, isUnasked },
    ...(isUnasked ? { outage: true } : {}),
  };
};

const absent = (tries: number): Settlement => {
  const common = { attempt: { outcome: 'CONFIRMED_ABSENT' }, outage: false } as const;
  if (tries < MAX_TRIES) return { ...common, status: 'RETRYING', place: { kind: 'LANE' } };
  const detail = `Slack did not answer, and it is not there, after ${tries} tries.`;
  return { ...common, status: 'FAILED', failure: { code: 'SLACK_UNAVAILABLE', detail }, place: { kind: 'REST' } };
};

/** Without evidence nothing is sent again, unless the caller chose so, and then not for ever. */
const giveUp = ({ policy, tries }: ConfirmationContext, detail: string): Settlement => {
  const attempt = { outcome: 'UNKNOWN' } as const;
  if (policy === 'RESEND' && tries < MAX_TRIES) return { status: 'RETRYING', attempt, place: { kind: 'LANE' } };
  return { status: 'UNCONFIRMED', attempt, failure: { code: 'OUTCOME_UNKNOWN', detail }, place: { kind: 'REST' } };
};

/** What a lookup settles, or when the next one is due. Total, and without any effect. */
export const confirmationOf = (
  lookup: Lookup,
  context: ConfirmationContext,
  { settledAfterMs, maxHoldMs }: ConfirmationLimits,
): Settlement => {
  const { attemptAgeMs, confirmingMs, unaskedMs, tries } = context;
  const isHeldTooLong = confirmingMs - Math.min(unaskedMs, MAX_UNASKED_MS) >= maxHoldMs;
  switch (lookup.kind) {
    case 'present':
      return {
        status: 'DELIVERED',
        attempt: { outcome: 'CONFIRMED_PRESENT' },
        posted: { channelId: lookup.channelId, ts: lookup.ts },
        outage: false,
        place: { kind: 'REST' },
      };
    case 'impossible':
      return giveUp(context, lookup.detail);
    case 'absent':
      if (attemptAgeMs >= settledAfterMs) return absent(tries);
      if (isHeldTooLong)
        return giveUp(context, 'The time for looking it up ended before Slack was sure to have settled.');
      return {
        ...lookAgain(
          (settledAfterMs - attemptAgeMs) / 1000 + MARGIN_SECONDS,
          'Not there yet; Slack may still apply it.',
          false,
        ),
        outage: false,
      };
    case 'unasked':
      if (isHeldTooLong) return giveUp(context, `Slack could not be asked: ${lookup.detail}`);
      return lookAgain(
        lookup.retryAfterSeconds ?? UNASKED_RETRY_SECONDS,
        `Slack could not be asked: ${lookup.detail}`,
        true,
      );
    case 'postponed':
      if (isHeldTooLong) return giveUp(context, 'The budget for looking up messages of this team did not suffice.');
      return lookAgain(lookup.seconds, 'The budget for looking up messages of this team is spent for now.', false);
  }
};

/** The attempt's own answer was stored while it was looked up: the next claim settles it by that, at once. */
export const answeredMeanwhile: Settlement = {
  place: {
    kind: 'CONFIRM',
    wait: { reason: 'CONFIRMING', seconds: 0, detail: "Slack's answer came late." },
    isUnasked: false,
  },
};

/** An answer that came late, or a try that surely never left: known without a lookup. */
export const knownOutcome = (
  outcome: AttemptOutcome,
  posted: { readonly channelId: ChannelId | null; readonly ts: string | null },
): Settlement | undefined => {
  if (outcome === 'DELIVERED' && posted.channelId !== null && posted.ts !== null) {
    return { status: 'DELIVERED', posted: { channelId: posted.channelId, ts: posted.ts }, place: { kind: 'REST' } };
  }
  if (outcome === 'IN_FLIGHT' || outcome === 'UNKNOWN' || outcome === 'DELIVERED') return undefined;
  return { status: 'RETRYING', place: { kind: 'LANE' } };
};
