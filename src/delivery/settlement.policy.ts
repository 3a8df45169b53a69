import type { FailureCode } from '../connections/failure.policy.ts';
import type { DeliveryStatus, WaitReason } from '../notifications/notification.states.ts';
import type { ChannelId } from '../platform/ids.ts';
import type { AttemptOutcome } from './delivery.entity.ts';
import type { PostResult } from './post-result.ts';

/** How an attempt ends, as its row will say. */
export interface AttemptEnd {
  readonly outcome: Exclude<AttemptOutcome, 'IN_FLIGHT'>;
  readonly slackError?: string;
  readonly httpStatus?: number;
  readonly retryAfterSeconds?: number;
}

/** Why a row waits, and for how long; absent: until it expires, or what it waits for comes. */
export interface Wait {
  readonly reason: WaitReason;
  readonly seconds?: number;
  readonly detail: string;
}

/**
 * Where a row is left. REST: it has come to rest. LANE: in its lane at its place, waiting or ready. PARKED: beside its
 * lane, so that later ones pass it. CONFIRM: in its lane with an unsettled attempt, until a lookup settles it.
 */
export type Place =
  | { readonly kind: 'REST' }
  | { readonly kind: 'LANE'; readonly wait?: Wait }
  | { readonly kind: 'PARKED'; readonly wait: Wait }
  | { readonly kind: 'CONFIRM'; readonly wait: Wait; readonly isUnasked: boolean };

/** What becomes of a notification whose lane this process has leased. Times are spans: the database adds its own now. */
export interface Settlement {
  /** Absent: the status stays (a row that was parked, or is being confirmed). */
  readonly status?: DeliveryStatus;
  readonly place: Place;
  /** Absent where no attempt is touched. */
  readonly attempt?: AttemptEnd;
  readonly countsAsTry?: boolean;
  readonly failure?: { readonly code: FailureCode; readonly detail?: string };
  /** Slack's last word, kept also while the notification is still retried. */
  readonly slackError?: string;
  readonly posted?: { readonly channelId: ChannelId; readonly ts: string };
  /** The lane may send nothing for this long, and is strict for an hour. */
  readonly laneHoldSeconds?: number;
  /**
   * Whether Slack could not be reached. False where it did answer, or where a lookup was not had: neither is a reason to
   * wait. Absent where nothing of the kind was meant. The breaker counts these.
   */
  readonly outage?: boolean;
}

/** What the decision depends on beside the outcome. */
export interface SettlementContext {
  /** Tries that counted, before this one. */
  readonly tries: number;
  readonly remainingMs: number;
  readonly laneHoldSeconds: number;
  /** For how long it has held its lane with tries that posted nothing, up to this one. */
  readonly heldSeconds: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

export const MAX_TRIES = 10;
const BACKOFF_SECONDS = [1, 5, 30, 120, 600, 1800] as const;
const JITTER = 0.2;

/** The wait before try number `tries + 1`: 1 s, 5 s, 30 s, 2 min, 10 min, then 30 min, each ±20 %. */
export const backoffSeconds = (tries: number, random: number): number => {
  const base = BACKOFF_SECONDS[Math.min(tries, BACKOFF_SECONDS.length) - 1] ?? BACKOFF_SECONDS[0];
  return base * (1 - JITTER + 2 * JITTER * random);
};

const facts = (outcome: { slackError?: string; httpStatus?: number }) => ({
  ...(outcome.slackError === undefined ? {} : { slackError: outcome.slackError }),
  ...(outcome.httpStatus === undefined ? {} : { httpStatus: outcome.httpStatus }),
});

const REST = { place: { kind: 'REST' } } as const;

const rateLimited = (
  outcome: Extract<PostResult, { kind: 'rateLimited' }>,
  { remainingMs }: SettlementContext,
): Settlement => {
  const { slackError, retryAfterSeconds } = outcome;
  const common = {
    attempt: { outcome: 'RATE_LIMITED', retryAfterSeconds, ...facts(outcome) },
    slackError,
    laneHoldSeconds: retryAfterSeconds,
    outage: false,
  } as const;
  if (retryAfterSeconds * 1000 >= remainingMs)
    return { ...common, ...REST, status: 'FAILED', failure: { code: 'EXPIRED' } };
  const detail = `Slack asked for ${retryAfterSeconds} s.`;
  const wait = { reason: 'RATE_LIMITED', seconds: retryAfterSeconds, detail } as const;
  return { ...common, status: 'RETRYING', place: { kind: 'LANE', wait } };
};

/** A try that surely posted nothing: again later, until tries or time run out. */
const retryLater = (outcome: Extract<PostResult, { kind: 'notSent' }>, context: SettlementContext): Settlement => {
  const isSealed = outcome.reason === 'SEALED';
  // What never left says nothing of Slack, and must not end the caution that an outage began.
  const wasAsked = !isSealed && outcome.reason !== 'DEADLINE';
  const { tries, remainingMs, laneHoldSeconds, random } = context;
  const common = {
    attempt: { outcome: 'RETRYABLE', ...facts(outcome) },
    countsAsTry: true,
    ...(wasAsked ? { outage: outcome.reason === 'CONNECTION' } : {}),
    ...(outcome.slackError === undefined ? {} : { slackError: outcome.slackError }),
  } as const;
  if (tries + 1 >= MAX_TRIES) {
    const code = isSealed ? 'INTERNAL' : 'SLACK_UNAVAILABLE';
    return { ...common, ...REST, status: 'FAILED', failure: { code, detail: outcome.detail } };
  }
  const seconds = Math.max(0, Math.min(backoffSeconds(tries + 1, random), remainingMs / 1000));
  const wait = { reason: 'BACKOFF', seconds, detail: outcome.detail } as const;
  return { ...common, status: 'RETRYING', place: { kind: seconds > laneHoldSeconds ? 'PARKED' : 'LANE', wait } };
};

const CONNECTION_WAIT: Wait = {
  reason: 'CONNECTION',
  detail: 'The connection needs to be authorized again in Slack.',
};

/** Nothing was posted, and the token is what is wrong: no try is counted, and the row goes on when there is a new one. */
const awaitToken = (
  seconds: number,
  { laneHoldSeconds, heldSeconds, remainingMs }: SettlementContext,
  outcome: { slackError?: string; httpStatus?: number } = {},
): Settlement => {
  const wait: Wait = {
    reason: 'BACKOFF',
    seconds: Math.max(0, Math.min(seconds, remainingMs / 1000)),
    detail: 'The token of the connection has expired; Slack is being asked for a new one.',
  };
  const { slackError } = outcome;
  return {
    status: 'RETRYING',
    attempt: { outcome: 'RETRYABLE', ...facts(outcome) },
    // Without an answer nothing was posted, so nothing was learnt about whether Slack can be reached.
    ...(outcome.httpStatus === undefined ? {} : { outage: false }),
    ...(slackError === undefined ? {} : { slackError }),
    // Several short waits hold the lane for as long as a long one. With a new token at hand it keeps its place.
    place: { kind: seconds > 0 && heldSeconds + seconds > laneHoldSeconds ? 'PARKED' : 'LANE', wait },
  };
};

const backInLine = (seconds: number, detail: string): Settlement => ({
  status: 'RETRYING',
  attempt: { outcome: 'RETRYABLE' },
  place: { kind: 'LANE', wait: { reason: 'BACKOFF', seconds, detail } },
});

/** What was claimed and is not sent after all: nothing was posted, and it keeps its place. */
export const BACK_IN_LINE = {
  /** No slot became free for it in time, or a lock. */
  tooLate: backInLine(0, 'It could not begin in time: Slack was slow with others, or the database was.'),
  /** Not at once: where the pause was not stored, since a lease was lost, it would be claimed again and again. */
  teamIsPaused: backInLine(1, 'Slack limited the whole team before it was its turn.'),
} as const;

/** The principal's token is gone: wait outside the lane for a reconnect, or expire. */
const awaitReconnect = (outcome: { slackError: string; httpStatus?: number }): Settlement => ({
  status: 'RETRYING',
  attempt: { outcome: 'REJECTED', ...facts(outcome) },
  countsAsTry: true,
  outage: false,
  slackError: outcome.slackError,
  place: { kind: 'PARKED', wait: CONNECTION_WAIT },
});

/** The first look comes soon: a message that is there is found at once. */
export const FIRST_LOOK_SECONDS = 1;

/** Nobody knows whether the message is there: it is looked up before anything else happens in its channel. */
const unknown = (outcome: Extract<PostResult, { kind: 'unknown' }>): Settlement => ({
  attempt: { outcome: 'UNKNOWN', ...facts(outcome) },
  countsAsTry: true,
  outage: true,
  ...(outcome.slackError === undefined ? {} : { slackError: outcome.slackError }),
  place: {
    kind: 'CONFIRM',
    wait: { reason: 'CONFIRMING', seconds: FIRST_LOOK_SECONDS, detail: `${outcome.detail} Looking it up in Slack.` },
    // Until a look is had: while Slack is down most channels are not even looked at.
    isUnasked: true,
  },
});

/** What follows from what a try came to. Total, and without any effect. */
export const settlementOf = (outcome: PostResult, context: SettlementContext): Settlement => {
  switch (outcome.kind) {
    case 'delivered':
      return {
        ...REST,
        status: 'DELIVERED',
        attempt: { outcome: 'DELIVERED', ...facts(outcome) },
        countsAsTry: true,
        outage: false,
        posted: { channelId: outcome.channel, ts: outcome.ts },
      };
    case 'rateLimited':
      return rateLimited(outcome, context);
    case 'notSent':
      return retryLater(outcome, context);
    case 'tokenPending':
      return awaitToken(outcome.seconds, context, outcome);
    case 'credentialEnded':
      return awaitReconnect(outcome);
    case 'rejected':
      return {
        ...REST,
        status: 'FAILED',
        attempt: { outcome: 'REJECTED', ...facts(outcome) },
        countsAsTry: true,
        ...(outcome.httpStatus === undefined ? {} : { outage: false }),
        failure: { code: outcome.failureCode, ...(outcome.detail === undefined ? {} : { detail: outcome.detail }) },
        ...(outcome.slackError === undefined ? {} : { slackError: outcome.slackError }),
      };
    case 'unknown':
      return unknown(outcome);
  }
};

/**
 * Why a notification failed that was given up, where its try turns out to have posted nothing: nobody tries again by itself.
 * Undefined where it did post, or nobody knows.
 */
export const lateFailure = ({ status, failure }: Settlement): Settlement['failure'] =>
  status === 'RETRYING' ? { code: 'OUTCOME_UNKNOWN' } : status === 'FAILED' ? failure : undefined;

const MAY_BE_THERE = 'It was to be sent again and was not; an earlier try may have posted it.';

const awaitsReconnect = ({ place }: Settlement): boolean => place.kind === 'PARKED' && place.wait === CONNECTION_WAIT;

/**
 * What may be in Slack does not end as if it surely were not: sent again without evidence is still sent once. Nor does it
 * wait for somebody to reconnect, to be posted a second time when that is.
 */
export const unlessItMayBeThere = (settlement: Settlement, mayBeThere: boolean): Settlement => {
  const claimsAbsence = settlement.status === 'FAILED' || settlement.status === 'CANCELED';
  if (!mayBeThere || !(claimsAbsence || awaitsReconnect(settlement))) return settlement;
  const failure = { code: 'OUTCOME_UNKNOWN', detail: MAY_BE_THERE } as const;
  return { ...settlement, status: 'UNCONFIRMED', failure, place: { kind: 'REST' } };
};

/** What a claim found at the head of a lane. */
export type ClaimAction = 'SEND' | 'CONFIRM' | 'CANCEL' | 'EXPIRE' | 'REFUSE_TEAM' | 'REFUSE_PRINCIPAL' | 'PARK';

const PRINCIPAL_CHANGED = 'Another bot or person posts for this identity now than when this was accepted.';

/** What follows for a row that is neither sent nor looked up. */
export const settlementWithoutSlack = (
  action: Exclude<ClaimAction, 'SEND' | 'CONFIRM'>,
  lastError: string | null,
): Settlement => {
  switch (action) {
    case 'CANCEL':
      return { ...REST, status: 'CANCELED', failure: { code: 'CANCELED_BY_DISCONNECT' } };
    case 'EXPIRE': {
      const expired = { ...REST, status: 'FAILED', failure: { code: 'EXPIRED' } } as const;
      return lastError === null ? expired : { ...expired, slackError: lastError };
    }
    case 'REFUSE_TEAM':
      return { ...REST, status: 'FAILED', failure: { code: 'TEAM_MISMATCH' } };
    case 'REFUSE_PRINCIPAL':
      return { ...REST, status: 'FAILED', failure: { code: 'IDENTITY_NOT_USABLE', detail: PRINCIPAL_CHANGED } };
    case 'PARK':
      return { place: { kind: 'PARKED', wait: CONNECTION_WAIT } };
  }
};
