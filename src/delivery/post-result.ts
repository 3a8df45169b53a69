import type { NotSentReason, PostOutcome } from '../slack/post-outcome.policy.ts';

/**
 * What came of one try, classified: the platform's own answers end where this begins. Everything that is neither a clear
 * yes nor a clear no is `unknown`, and is then looked up; `notSent` may be said only where not a byte can have arrived.
 */
export type PostResult =
  | Extract<PostOutcome, { kind: 'delivered' | 'rateLimited' | 'rejected' | 'unknown' }>
  | {
      readonly kind: 'notSent';
      /**
       * TOKEN: the credential could not be used for this message just now. SEALED: what is stored of it cannot be opened, and
       * nobody was asked anything.
       */
      readonly reason: NotSentReason | 'TOKEN' | 'SEALED';
      readonly detail: string;
      readonly slackError?: string;
      readonly httpStatus?: number;
    }
  /** Nothing was posted: a new token is being had. Not a try; again after this long. */
  | {
      readonly kind: 'tokenPending';
      readonly seconds: number;
      readonly slackError?: string;
      readonly httpStatus?: number;
    }
  /** Nothing was posted, and nothing will be until a person authorizes again. */
  | { readonly kind: 'credentialEnded'; readonly slackError: string; readonly httpStatus?: number };
