import type { FailureCode } from '../connections/failure.policy.ts';
import type { DeliveryStatus, WaitReason } from '../notifications/notification.states.ts';
import type { ChannelId } from '../platform/ids.ts';
import type { PostOutcome } from '../slack/post-outcome.policy.ts';
import type { AttemptOutcome } from './delivery.entity.ts';

/** How an attempt ends, as its row will say. */
export interface AttemptEnd {
  readonly outcome: Exclude<AttemptOutcome, 'IN_FLIGHT'>;
  readonly slackError?: string;
  readonly httpStatus?: number;
  readonly retryAfterSeconds?: number;
}

/** What becomes of a notification whose lane this process has leased. Times are spans: the database adds its own now. */
export interface Settlement {
  /** Absent: the status stays (a row that was only parked). */
  readonly status?: DeliveryStatus;
  /** Absent where no attempt was opened. */
  readonly attempt?: AttemptEnd;
  readonly countsAsTry?: boolean;
  readonly wait?: {
    readonly reason: WaitReason;
    /** Absent: until the notification expires, or its connection comes back. */
    readonly seconds?: number;
    readonly detail: string;
    /** Parked rows leave their lane, so that later ones pass them. */
    readonly park: boolean;
  };
  readonly failure?: { readonly code: FailureCode; readonly detail?: string };
  /** Slack's last word, kept also while the notification is still retried. */
  readonly slackError?: string;
  readonly posted?: { readonly channelId: ChannelId; readonly ts: string };
  /** The lane may send nothing for this long, and is strict for an hour. */
  readonly laneHoldSeconds?: number;
}

/** What the decision depends on beside the outcome. */
export interface SettlementContext {
  /** Tries that counted, before this one. */
  readonly tries: number;
  readonly remainingMs: number;
  readonly laneHoldSeconds: number;
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

/** No channel waits longer than this at once, whatever a header says; Postgres could not even add up some of them. */
const MAX_HOLD_SECONDS = 30 * 86_400;

const rateLimited = (
  outcome: Extract<PostOutcome, { kind: 'rateLimited' }>,
  { remainingMs }: SettlementContext,
): Settlement => {
  const { slackError } = outcome;
  const retryAfterSeconds = Math.min(outcome.retryAfterSeconds, MAX_HOLD_SECONDS);
  const common = {
    attempt: { outcome: 'RATE_LIMITED', retryAfterSeconds, ...facts(outcome) },
    slackError,
    laneHoldSeconds: retryAfterSeconds,
  } as const;
  if (retryAfterSeconds * 1000 >= remainingMs) return { ...common, status: 'FAILED', failure: { code: 'EXPIRED' } };
  const detail = `Slack asked for ${retryAfterSeconds} s.`;
  return {
    ...common,
    status: 'RETRYING',
    wait: { reason: 'RATE_LIMITED', seconds: retryAfterSeconds, detail, park: false },
  };
};

/** A try that surely posted nothing: again later, until tries or time run out. */
export const retryLater = (
  outcome: { detail: string; slackError?: string; httpStatus?: number },
  { tries, remainingMs, laneHoldSeconds, random }: SettlementContext,
): Settlement => {
  const common = {
    attempt: { outcome: 'RETRYABLE', ...facts(outcome) },
    countsAsTry: true,
    ...facts(outcome),
  } as const;
  if (tries + 1 >= MAX_TRIES) {
    return { ...common, status: 'FAILED', failure: { code: 'SLACK_UNAVAILABLE', detail: outcome.detail } };
  }
  const seconds = Math.max(0, Math.min(backoffSeconds(tries + 1, random), remainingMs / 1000));
  const wait = { reason: 'BACKOFF', seconds, detail: outcome.detail, park: seconds > laneHoldSeconds } as const;
  return { ...common, status: 'RETRYING', wait };
};

/** The principal's token is gone: wait outside the lane for a reconnect, or expire. */
export const awaitReconnect = (outcome: { slackError: string; httpStatus?: number }): Settlement => ({
  status: 'RETRYING',
  attempt: { outcome: 'REJECTED', ...facts(outcome) },
  countsAsTry: true,
  slackError: outcome.slackError,
  wait: { reason: 'CONNECTION', detail: 'The connection needs to be authorized again in Slack.', park: true },
});

const unconfirmed = (outcome: { detail: string; slackError?: string; httpStatus?: number }): Settlement => ({
  status: 'UNCONFIRMED',
  attempt: { outcome: 'UNKNOWN', ...facts(outcome) },
  countsAsTry: true,
  failure: { code: 'OUTCOME_UNKNOWN', detail: outcome.detail },
  ...(outcome.slackError === undefined ? {} : { slackError: outcome.slackError }),
});

/** An outcome that says by itself what follows; the others need a look at the credential first. */
export type DecidedOutcome = Exclude<PostOutcome, { kind: 'authUnclear' }>;

/** What follows from what a try came to. Total, and without any effect. */
export const settlementOf = (outcome: DecidedOutcome, context: SettlementContext): Settlement => {
  switch (outcome.kind) {
    case 'delivered':
      return {
        status: 'DELIVERED',
        attempt: { outcome: 'DELIVERED', ...facts(outcome) },
        countsAsTry: true,
        posted: { channelId: outcome.channel, ts: outcome.ts },
      };
    case 'rateLimited':
      return rateLimited(outcome, context);
    case 'notSent':
      return retryLater(outcome, context);
    case 'tokenExpired':
    case 'credentialEnded':
      return awaitReconnect(outcome);
    case 'rejected':
      return {
        status: 'FAILED',
        attempt: { outcome: 'REJECTED', ...facts(outcome) },
        countsAsTry: true,
        failure: { code: outcome.failureCode, ...(outcome.detail === undefined ? {} : { detail: outcome.detail }) },
        ...(outcome.slackError === undefined ? {} : { slackError: outcome.slackError }),
      };
    case 'unknown':
      return unconfirmed(outcome);
  }
};

/** Why a claimed row is not sent; SEND is the only action that leads to an attempt. */
export type ClaimAction = 'SEND' | 'TAKE_OVER' | 'CANCEL' | 'EXPIRE' | 'REFUSE_TEAM' | 'REFUSE_PRINCIPAL' | 'PARK';

/** What follows for a row that was claimed and is not to be sent. */
export const settlementWithoutSend = (
  action: Exclude<ClaimAction, 'SEND'>,
  lastError: string | undefined,
): Settlement => {
  switch (action) {
    case 'TAKE_OVER':
      return unconfirmed({ detail: 'The process that sent it ended before the answer was stored.' });
    case 'CANCEL':
      return { status: 'CANCELED', failure: { code: 'CANCELED_BY_DISCONNECT' } };
    case 'EXPIRE':
      return {
        status: 'FAILED',
        failure: { code: 'EXPIRED' },
        ...(lastError === undefined ? {} : { slackError: lastError }),
      };
    case 'REFUSE_TEAM':
      return { status: 'FAILED', failure: { code: 'TEAM_MISMATCH' } };
    case 'REFUSE_PRINCIPAL':
      return { status: 'FAILED', failure: { code: 'IDENTITY_NOT_USABLE' } };
    case 'PARK':
      return {
        wait: { reason: 'CONNECTION', detail: 'The connection needs to be authorized again in Slack.', park: true },
      };
  }
};
