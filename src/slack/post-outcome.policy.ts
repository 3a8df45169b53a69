import type { ChannelId } from '../platform/ids.ts';
import { readExchange, retryAfterSeconds, type Exchange, type Reading } from './exchange.policy.ts';
import { POST_ERRORS, type PostErrorClass, type RejectionCode } from './post-errors.policy.ts';

/**
 * Why nothing was posted. DEADLINE: the time was over before the request left. CONNECTION: refused, unknown host, TLS,
 * or no connection in time; not a byte of the request left. SLACK: Slack says that it did not take the request.
 */
export type NotSentReason = 'DEADLINE' | 'CONNECTION' | 'SLACK';

/** What one try to post a message came to, in our words. */
export type PostOutcome =
  | { readonly kind: 'delivered'; readonly channel: ChannelId; readonly ts: string; readonly httpStatus: number }
  | {
      readonly kind: 'rateLimited';
      readonly retryAfterSeconds: number;
      readonly slackError: string;
      readonly httpStatus: number;
    }
  | {
      readonly kind: 'notSent';
      readonly reason: NotSentReason;
      readonly detail: string;
      readonly slackError?: string;
      readonly httpStatus?: number;
    }
  | { readonly kind: 'tokenExpired'; readonly slackError: string; readonly httpStatus: number }
  | { readonly kind: 'credentialEnded'; readonly slackError: string; readonly httpStatus: number }
  | {
      /** May be an IP allow-list as well as a dead token: auth.test must confirm before anything is ended. */
      readonly kind: 'authUnclear';
      readonly slackError: string;
      readonly httpStatus: number;
    }
  | {
      readonly kind: 'rejected';
      readonly failureCode: RejectionCode;
      /** Absent where Slack answered an HTTP 4xx without a code. */
      readonly slackError?: string;
      /** MISSING_SCOPE: the scope that is needed. INVALID_MESSAGE: Slack's hints on what is wrong with it. */
      readonly detail?: string;
      /** Absent where the message cannot be put into a request at all. */
      readonly httpStatus?: number;
    }
  | {
      /** The message may or may not be in Slack: confirm, never repeat blindly. */
      readonly kind: 'unknown';
      readonly detail: string;
      readonly slackError?: string;
      readonly httpStatus?: number;
    };

type Refused = Extract<Reading, { kind: 'refused' }>;
type Accepted = Extract<Reading, { kind: 'ok' }>;

const CHANNEL = /^[A-Z][A-Z0-9]{1,63}$/;
const TS = /^\d{1,20}\.\d{1,20}$/;

const accepted = ({ body, httpStatus }: Accepted): PostOutcome => {
  const { channel, ts } = body;
  if (typeof channel === 'string' && CHANNEL.test(channel) && typeof ts === 'string' && TS.test(ts)) {
    return { kind: 'delivered', channel: channel as ChannelId, ts, httpStatus };
  }
  return { kind: 'unknown', detail: 'Slack said ok without saying where the message is.', httpStatus };
};

const detailOf = (failureCode: RejectionCode, refused: Refused): { detail?: string } => {
  if (failureCode === 'MISSING_SCOPE') return refused.needed === undefined ? {} : { detail: refused.needed };
  return failureCode === 'INVALID_MESSAGE' && refused.hints.length > 0 ? { detail: refused.hints.join('; ') } : {};
};

/** Slack has added to these codes before. */
const RESTRICTED = /^restricted_action_/;

/** A code that Slack adds tomorrow is a refusal like any other: it is well-formed, so Slack itself said no. */
const classOf = (code: string): PostErrorClass =>
  POST_ERRORS.get(code) ?? (RESTRICTED.test(code) ? 'POSTING_RESTRICTED' : 'SLACK_REJECTED');

export const isListedPostError = (code: string): boolean => POST_ERRORS.has(code);

const refusal = (refused: Refused): PostOutcome => {
  const { error: slackError, httpStatus } = refused;
  const errorClass = classOf(slackError);
  switch (errorClass) {
    case 'rateLimited':
      return { kind: 'rateLimited', retryAfterSeconds: retryAfterSeconds(refused.retryAfter), slackError, httpStatus };
    case 'notSent':
      return { kind: 'notSent', reason: 'SLACK', detail: 'Slack did not take the request.', slackError, httpStatus };
    case 'unknown':
      return { kind: 'unknown', detail: 'Slack failed while it worked on the request.', slackError, httpStatus };
    case 'tokenExpired':
    case 'credentialEnded':
    case 'authUnclear':
      return { kind: errorClass, slackError, httpStatus };
    default:
      return { kind: 'rejected', failureCode: errorClass, slackError, httpStatus, ...detailOf(errorClass, refused) };
  }
};

/** What one try came to. Total: every exchange has an outcome, and only certainty makes it anything but unknown. */
export const postOutcome = (exchange: Exchange): PostOutcome => {
  const reading = readExchange(exchange);
  switch (reading.kind) {
    case 'ok':
      return accepted(reading);
    case 'refused':
      return refusal(reading);
    case 'rateLimited':
      return { ...reading, slackError: 'ratelimited' };
    case 'notSent':
      return reading;
    case 'notMade':
      return { kind: 'rejected', failureCode: 'INVALID_MESSAGE', detail: reading.detail };
    case 'turnedAway':
      return { kind: 'rejected', failureCode: 'INVALID_MESSAGE', httpStatus: reading.httpStatus };
    case 'unclear':
      return { ...reading, kind: 'unknown' };
  }
};
