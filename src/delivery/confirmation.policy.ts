import type { UnknownOutcomePolicy } from '../notifications/notification.states.ts';
import type { ChannelId } from '../platform/ids.ts';
import type { AttemptOutcome } from './delivery.entity.ts';
import { MAX_TRIES, type Settlement, type Wait } from './settlement.policy.ts';

/** One look was taken; or there is none, since Slack wants none or since the budget is spent, for so many seconds. */
export type LookTurn =
  | { readonly kind: 'taken' }
  | { readonly kind: 'held'; readonly seconds: number }
  | { readonly kind: 'spent'; readonly seconds: number };

/** What a look at the channel's history came to. */
export type Lookup =
  | { readonly kind: 'present'; readonly channelId: ChannelId; readonly ts: string }
  /** Every page was read, unbroken, back to before the attempt, and the message is in none. */
  | { readonly kind: 'absent' }
  /** Nobody can look there: no scope, no membership, no token. */
  | { readonly kind: 'impossible'; readonly detail: string }
  /** Slack could not be asked, or broke off: nothing is concluded. */
  | { readonly kind: 'unasked'; readonly detail: string }
  /** Slack limits the looks: nothing is concluded, and it is not down. */
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number }
  /** The look is not had now, or has to be had again; not for anything that Slack did. */
  | { readonly kind: 'postponed'; readonly seconds: number; readonly detail: string }
  /** This process ends; the next one looks. */
  | { readonly kind: 'left'; readonly detail: string };

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
export const MAX_UNASKED_MS = 10 * 60 * 1000;
const UNASKED_RETRY_SECONDS = 5;
/** Reads begin a little after the moment from which they count. */
const MARGIN_SECONDS = 0.05;

const lookAgain = (seconds: number, detail: string, isUnasked: boolean): Settlement => {
  const wait: Wait = { reason: 'CONFIRMING', seconds, detail };
  return { attempt: { outcome: 'UNKNOWN' }, outage: false, place: { kind: 'CONFIRM', wait, isUnasked } };
};

const absent = (tries: number): Settlement => {
  const common = { attempt: { outcome: 'CONFIRMED_ABSENT' }, outage: false } as const;
  if (tries < MAX_TRIES) return { ...common, status: 'RETRYING', place: { kind: 'LANE' } };
  const detail = `Slack did not answer, and it is not there, after ${tries} tries.`;
  return { ...common, status: 'FAILED', failure: { code: 'SLACK_UNAVAILABLE', detail }, place: { kind: 'REST' } };
};

/** Without evidence nothing is sent again, unless the caller chose so, and then not for ever. */
const giveUp = ({ policy, tries }: ConfirmationContext, detail: string): Settlement => {
  const common = { attempt: { outcome: 'UNKNOWN' }, outage: false } as const;
  if (policy === 'RESEND' && tries < MAX_TRIES) return { ...common, status: 'RETRYING', place: { kind: 'LANE' } };
  return { ...common, status: 'UNCONFIRMED', failure: { code: 'OUTCOME_UNKNOWN', detail }, place: { kind: 'REST' } };
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
      return lookAgain(
        (settledAfterMs - attemptAgeMs) / 1000 + MARGIN_SECONDS,
        'Not there yet; Slack may still apply it.',
        false,
      );
    case 'unasked': {
      const detail = `Slack could not be asked: ${lookup.detail}`;
      const settlement = isHeldTooLong ? giveUp(context, detail) : lookAgain(UNASKED_RETRY_SECONDS, detail, true);
      return { ...settlement, outage: true };
    }
    case 'limited': {
      const detail = `Slack limits the looking up of messages; it wants none for ${lookup.retryAfterSeconds} s.`;
      // Slack is asked no sooner than it said all the same: the team's hold on looks sees to that.
      const untilGivenUp = (maxHoldMs + MAX_UNASKED_MS - confirmingMs) / 1000 + MARGIN_SECONDS;
      const seconds = Math.min(lookup.retryAfterSeconds, untilGivenUp);
      return isHeldTooLong ? giveUp(context, detail) : lookAgain(seconds, detail, true);
    }
    case 'left':
      return lookAgain(0, lookup.detail, false);
    case 'postponed':
      return isHeldTooLong ? giveUp(context, lookup.detail) : lookAgain(lookup.seconds, lookup.detail, false);
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

/** What an attempt was settled as while nobody held its lane. */
export interface LateAnswer {
  readonly outcome: AttemptOutcome;
  readonly posted: { readonly channelId: ChannelId | null; readonly ts: string | null };
  /** Of the time that Slack asked for, what is left. */
  readonly holdSeconds: number | null;
}

/** An answer that came late, or a try that surely never left: known without a lookup. */
export const knownOutcome = ({ outcome, posted, holdSeconds }: LateAnswer): Settlement | undefined => {
  if (outcome === 'DELIVERED' && posted.channelId !== null && posted.ts !== null) {
    return { status: 'DELIVERED', posted: { channelId: posted.channelId, ts: posted.ts }, place: { kind: 'REST' } };
  }
  if (outcome === 'IN_FLIGHT' || outcome === 'UNKNOWN' || outcome === 'DELIVERED') return undefined;
  if (outcome !== 'RATE_LIMITED' || holdSeconds === null || holdSeconds <= 0)
    return { status: 'RETRYING', place: { kind: 'LANE' } };
  // Who got the answer did not hold the channel any more, and could not have it wait.
  const detail = `Slack asks for another ${Math.ceil(holdSeconds)} s.`;
  const wait = { reason: 'RATE_LIMITED', seconds: holdSeconds, detail } as const;
  return { status: 'RETRYING', place: { kind: 'LANE', wait }, laneHoldSeconds: holdSeconds };
};

/** Pages reach back to this long before the attempt. */
const WINDOW_BEFORE_ATTEMPT_MS = 60_000;
/** What is read beyond that: Slack says its time to the second only, and an answer is on its way for a while. */
const MARGIN_MS = 5_000;

/** When an attempt began by Slack's clock: an answer tells the time there, and a span is the same by every clock. */
export const startBySlack = (answeredAt: Date, attemptAgeMs: number): Date =>
  new Date(answeredAt.getTime() - attemptAgeMs);

/** Where reading begins, as far as Slack's clock is known; the answer itself then tells whether that was early enough. */
export const windowStart = (attemptStart: Date): Date =>
  new Date(attemptStart.getTime() - WINDOW_BEFORE_ATTEMPT_MS - MARGIN_MS);

export const reachesBack = (oldest: Date, attemptStart: Date): boolean =>
  oldest.getTime() <= attemptStart.getTime() - WINDOW_BEFORE_ATTEMPT_MS;
