/** The part of the API's `FailureCode` that Slack's answer to a post can mean. */
export type RejectionCode =
  | 'CHANNEL_NOT_FOUND'
  | 'NOT_IN_CHANNEL'
  | 'CHANNEL_ARCHIVED'
  | 'POSTING_RESTRICTED'
  | 'MISSING_SCOPE'
  | 'INVALID_MESSAGE'
  | 'SLACK_REJECTED';

/**
 * Why nothing was posted. DEADLINE: the time was over before the request left. CONNECTION: refused, unknown host, TLS,
 * or no connection in time; not a byte of the request left. SLACK: Slack says that it did not take the request.
 */
export type NotSentReason = 'DEADLINE' | 'CONNECTION' | 'SLACK';

/** What one try to post a message came to, in our words. */
export type PostOutcome =
  | { readonly kind: 'delivered'; readonly channel: string; readonly ts: string; readonly httpStatus: number }
  | { readonly kind: 'rateLimited'; readonly retryAfterSeconds: number; readonly httpStatus: number }
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
      /** MISSING_SCOPE: the scope that is needed. */
      readonly detail?: string;
      readonly httpStatus: number;
    }
  | {
      /** The message may or may not be in Slack: confirm, never repeat blindly. */
      readonly kind: 'unknown';
      readonly detail: string;
      readonly slackError?: string;
      readonly httpStatus?: number;
    };
