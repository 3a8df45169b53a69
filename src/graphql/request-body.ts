import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TopLevelError } from '../platform/top-level-error.ts';
import { maskError } from './errors.ts';
import { BODY_LIMIT_BYTES, BULK_BODY_LIMIT_BYTES, DOCUMENT_LIMIT_BYTES } from './limits.ts';
import type { GraphQLSettings } from './settings.ts';

/** A refusal of the request itself, before GraphQL, in GraphQL's form. */
class RequestRefused extends TopLevelError {
  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super('BAD_USER_INPUT', message);
  }
}

/** Only a bulk send may be large. Whoever names it in vain gains a larger body and nothing else. */
const isBulkSend = (document: string): boolean => document.includes('sendNotifications');

const documentOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'query' in body && typeof body.query === 'string' ? body.query : '';

/** The parser does not tell the two apart. */
const NOT_TAKEN =
  'The body is not JSON, or has a key `__proto__` or `constructor` with a `prototype` in it, which is not taken: ' +
  'send {"query": …, "variables": …} as application/json.';

function parseBody(text: Buffer, parse: (text: string) => unknown): unknown {
  let body: unknown;
  try {
    body = parse(text.toString('utf8'));
  } catch {
    throw new RequestRefused(400, NOT_TAKEN);
  }
  if (text.length <= BODY_LIMIT_BYTES) return body;
  const document = documentOf(body);
  if (!isBulkSend(document)) {
    throw new RequestRefused(
      413,
      `The body is larger than ${BODY_LIMIT_BYTES / 1024} KiB: only sendNotifications may be.`,
    );
  }
  if (Buffer.byteLength(document) > DOCUMENT_LIMIT_BYTES) {
    throw new RequestRefused(
      413,
      `The document is larger than ${DOCUMENT_LIMIT_BYTES / 1024} KiB: give what is large in the variables.`,
    );
  }
  return body;
}

/** JSON only, within the limits of size; `__proto__` and the like are refused. */
export function acceptJsonBodies(scope: FastifyInstance): void {
  const parseSafely = scope.getDefaultJsonParser('error', 'error');
  scope.removeAllContentTypeParsers();
  const options = { parseAs: 'buffer', bodyLimit: BULK_BODY_LIMIT_BYTES } as const;
  scope.addContentTypeParser<Buffer>('application/json', options, (request, text, done) => {
    try {
      const body = parseBody(text, (json) => {
        let parsed: unknown;
        void parseSafely(request, json, (error, value) => {
          if (error) throw error;
          parsed = value;
        });
        return parsed;
      });
      done(null, body);
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Fastify's own refusals (a body beyond the limit, another content type) carry a status and a message for the caller. */
function asRefusal(error: unknown): unknown {
  const status: unknown = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (error instanceof TopLevelError || typeof status !== 'number' || status >= 500) return error;
  if (status === 413) {
    const limit = `${BULK_BODY_LIMIT_BYTES / 1024 ** 2} MiB`;
    return new RequestRefused(status, `The body is larger than ${limit}: send fewer notifications at once.`);
  }
  return new RequestRefused(status, (error as Error).message);
}

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
};

/** Answers what failed before Apollo in the form that a GraphQL client reads; `extensionsOf` are the answer's own. */
export function graphqlErrorHandler(
  { suggestions, logger }: GraphQLSettings,
  extensionsOf: (request: FastifyRequest) => object | undefined,
) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const error = asRefusal(thrown);
    const { formatted, fault } = maskError(error, { requestId: request.id, suggestions });
    if (fault !== undefined) logger.error({ err: fault, requestId: request.id }, 'A GraphQL request failed');
    const code = String(formatted.extensions?.['code']);
    if (code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer');
    const status = error instanceof RequestRefused ? error.statusCode : (STATUS_OF_CODE[code] ?? 500);
    // Fastify would close while the client still sends a large body, who then reads a broken connection and no answer.
    if (status === 413) reply.removeHeader('connection');
    const extensions = extensionsOf(request);
    return reply
      .code(status)
      .type('application/json; charset=utf-8')
      .send({ errors: [formatted], ...(extensions && { extensions }) });
  };
}
