/** The stable `extensions.code` values of GraphQL's top-level `errors`. */
export type TopLevelErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'QUERY_TOO_COMPLEX'
  | 'RATE_LIMITED'
  | 'CURSOR_INVALID'
  | 'CURSOR_EXPIRED'
  | 'SERVICE_UNAVAILABLE';

/** Authentication, authorisation, malformed requests, limits and faults: what does not belong in a payload's `userErrors`. */
export class TopLevelError extends Error {
  override readonly name = 'TopLevelError';

  constructor(
    readonly code: TopLevelErrorCode,
    message: string,
    readonly extensions: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** The same answer for an id that does not exist and for one that the viewer may not see. */
export const notFound = (what: string): TopLevelError =>
  new TopLevelError('NOT_FOUND', `No such ${what}, or it is not visible to you.`);
