import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import { TopLevelError } from '../platform/top-level-error.ts';

/** Postgres is going down, coming up, or out of reach: the same request may succeed in a moment. */
const DATABASE_AWAY =
  /^(08\w{3}|57014|57P0[123]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|EAI_AGAIN)$/;

/** Postgres answers and stores nothing: it is read-only, its disk is full, or it has no memory. An operator mends it. */
const STORES_NOTHING = /^(25006|53[0124]00)$/;

/** Others hold a lock, or were preferred, for longer than anybody waits; where a transaction is tried again, that was in vain. */
const BUSY = /^(55P03|40P01|40001|25P03)$/;

/** pg's own errors for a connection that was lost, or that could not be had in time, carry no code. */
const CONNECTION_LOST =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Apollo's own codes for a request that is wrong in form; the contract has one for all of them. */
const MALFORMED_REQUEST = new Set(['BAD_REQUEST', 'OPERATION_RESOLUTION_FAILURE', 'BAD_USER_INPUT']);
/** Codes that this layer and graphql's own errors carry, and that go out as they are. */
const OWN_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'QUERY_TOO_COMPLEX',
  'RATE_LIMITED',
]);

export interface MaskedError {
  readonly formatted: GraphQLFormattedError;
  /** Set where the answer hides it: what belongs in the log. */
  readonly fault?: unknown;
}

export interface MaskingOptions {
  readonly requestId?: string | undefined;
  /** Whether messages may suggest names of the schema; not in production. */
  readonly suggestions: boolean;
}

/** The chain from a GraphQLError to the error that was thrown. */
function chain(error: unknown): readonly unknown[] {
  const errors: unknown[] = [error];
  let current = error;
  while (current instanceof GraphQLError && current.originalError && errors.length < 10) {
    current = current.originalError;
    errors.push(current);
  }
  return errors;
}

const AWAY = 'The database cannot be reached at the moment. Try again in a few seconds.';
const TOO_BUSY = 'Others hold what this needs for too long. Try again in a few seconds.';
const READ_ONLY = 'The database stores nothing at the moment. Try again; if that goes on, tell the operator.';

/** What to say where the database is at fault. A driver's error may be wrapped: MikroORM keeps it as `cause`, or copies its code. */
function databaseTrouble(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 5) return undefined;
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof code === 'string' ? DATABASE_AWAY.test(code) : CONNECTION_LOST.test(error.message)) return AWAY;
  if (typeof code === 'string' && BUSY.test(code)) return TOO_BUSY;
  if (typeof code === 'string' && STORES_NOTHING.test(code)) return READ_ONLY;
  const within = error instanceof AggregateError ? error.errors : [error.cause];
  return within.map((inner) => databaseTrouble(inner, depth + 1)).find((message) => message !== undefined);
}

/**
 * Text with NUL or half of a character, in whatever argument it came: Postgres takes it neither as text nor inside JSON. What
 * is no JSON for it can only be that, since nobody but JSON.stringify writes what it is given.
 */
function isUnstorableText(error: unknown): boolean {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === '22021' || code === '22P05' || (code === '22P02' && /json/.test((error as Error).message));
}

/** The innermost code: Apollo's wrappers give one of their own to what a rule or a scalar has already named. */
function codeOf(errors: readonly unknown[]): string | undefined {
  const codes = errors.flatMap((error) => {
    const code = error instanceof GraphQLError ? error.extensions['code'] : undefined;
    return typeof code === 'string' ? [code] : [];
  });
  const known = codes.toReversed().find((code) => OWN_CODES.has(code) || MALFORMED_REQUEST.has(code));
  return known !== undefined && MALFORMED_REQUEST.has(known) ? 'BAD_USER_INPUT' : known;
}

/** Variables and arguments that do not fit their type: graphql-js points at the value, never at a field. */
function isBadValue(error: GraphQLError): boolean {
  const kind = error.nodes?.[0]?.kind;
  return kind !== undefined && kind !== Kind.FIELD;
}

const withoutSuggestions = (message: string): string => message.replace(/\s*Did you mean .+\?$/s, '');

function known(
  error: GraphQLError,
  code: string,
  extra: Record<string, unknown>,
  message = error.message,
): MaskedError {
  const { locations, path } = error.toJSON();
  return {
    formatted: { message, ...(locations && { locations }), ...(path && { path }), extensions: { ...extra, code } },
  };
}

function hidden(error: GraphQLError, fault: unknown, requestId: string | undefined): MaskedError {
  const message = 'Something went wrong here. If it happens again, tell the operator the requestId.';
  return { ...known(error, 'INTERNAL_SERVER_ERROR', requestId === undefined ? {} : { requestId }, message), fault };
}

/** Comparing fields of one name with each other has a limit of its own in graphql-js. */
const TOO_MANY_OF_A_NAME = 'The document names the same fields too often to be checked. Ask in several requests.';

/** GraphQL's own message, with its limits told apart from mistakes. */
function ownError(error: GraphQLError, code: string, options: MaskingOptions): MaskedError {
  const isTokenLimit = code === 'GRAPHQL_PARSE_FAILED' && error.message.includes('tokens. Parsing aborted');
  if (error.message === 'Validation aborted.') return known(error, 'QUERY_TOO_COMPLEX', {}, TOO_MANY_OF_A_NAME);
  const message = options.suggestions ? error.message : withoutSuggestions(error.message);
  const { retryAfterSeconds, rateLimit } = error.extensions;
  const extra = {
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(rateLimit === undefined ? {} : { rateLimit }),
  };
  return known(error, isTokenLimit ? 'QUERY_TOO_COMPLEX' : code, extra, message);
}

/**
 * The one mistake of a document at which graphql-js throws while it validates, instead of reporting it: its rule of the
 * single field of a subscription evaluates conditions without the variables.
 */
export const conditionalSubscription = ({ nodes }: GraphQLError): GraphQLError =>
  new GraphQLError(
    'The field of a subscription takes neither @skip nor @include: leave the condition out, and subscribe only where it holds.',
    { nodes: nodes ?? null, extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } } },
  );

/** What a client may see of an error: our own codes as they are, the client's mistakes in GraphQL's words, all else masked. */
export function maskError(thrown: unknown, options: MaskingOptions): MaskedError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const originalError = thrown instanceof Error ? thrown : undefined;
  const error = thrown instanceof GraphQLError ? thrown : new GraphQLError(message, { originalError });
  const errors = chain(error);
  const cause = errors.at(-1);
  if (cause instanceof TopLevelError) {
    const retryable = cause.code === 'SERVICE_UNAVAILABLE' ? { retryable: true } : {};
    return known(error, cause.code, { ...retryable, ...cause.extensions }, cause.message);
  }
  const trouble = databaseTrouble(cause);
  if (trouble !== undefined) {
    return { ...known(error, 'SERVICE_UNAVAILABLE', { retryable: true }, trouble), fault: cause };
  }
  if (isUnstorableText(cause)) {
    return known(error, 'BAD_USER_INPUT', {}, 'A text holds a NUL character or half of a character. Remove it.');
  }
  const code = codeOf(errors) ?? (isBadValue(error) ? 'BAD_USER_INPUT' : undefined);
  return code === undefined ? hidden(error, cause, options.requestId) : ownError(error, code, options);
}
