/** What a caller can cause and mend; the same values as GraphQL's `UserErrorCode`. */
export type UserErrorCode =
  | 'NOT_FOUND'
  | 'INVALID_INPUT'
  | 'WORKSPACE_CONNECTION_REQUIRED'
  | 'IDENTITY_NOT_SELECTED'
  | 'IDENTITY_NOT_USABLE'
  | 'IDENTITY_NOT_YOURS'
  | 'CONNECTION_NEEDS_REAUTHORIZATION'
  | 'CONNECTION_DISCONNECTED'
  | 'TEAM_MISMATCH'
  | 'CHANNEL_REQUIRED'
  | 'CHANNEL_NOT_FOUND'
  | 'INVALID_MESSAGE'
  | 'UNKNOWN_EVENT_TYPE'
  | 'INVALID_TEMPLATE'
  | 'BUILT_IN_EVENT_TYPE'
  | 'IDEMPOTENCY_CONFLICT'
  | 'QUEUE_FULL'
  | 'NOT_CANCELABLE'
  | 'NOT_RESENDABLE'
  | 'NOT_UNCONFIRMED'
  | 'RETURN_ORIGIN_NOT_ALLOWED'
  | 'QUEUED_NOTIFICATIONS'
  | 'CLAIM_INVALID'
  | 'CLAIM_EXPIRED'
  | 'CLAIM_NOT_YOURS';

/** What the richer error types of the API carry beside the common fields. */
export type RefusalDetails =
  | { readonly kind: 'teamMismatch'; readonly expectedTeamId: string; readonly actualTeamId: string }
  | { readonly kind: 'idempotencyConflict'; readonly existingId: string }
  | { readonly kind: 'queueFull'; readonly retryAfterSeconds: number }
  /** Both count from 1. */
  | { readonly kind: 'invalidTemplate'; readonly line: number; readonly column: number };

/** An expected refusal as a value: services return it, resolvers translate it into an entry of `userErrors`. */
export interface Refusal {
  readonly code: UserErrorCode;
  readonly message: string;
  /** What the reader should do next, in a sentence. */
  readonly remedy: string;
  /** Path of the input field at fault, for example `['input', 'channelId']`. */
  readonly field?: readonly string[];
  readonly details?: RefusalDetails;
}
