import { CombinedGraphQLErrors, ServerError } from '@apollo/client/errors';
import type { UserErrorPartsFragment } from '../../generated/graphql.ts';

type UserErrors = readonly UserErrorPartsFragment[];

/** The API understood what was asked for and did not do it. */
export class Refused extends Error {
  constructor(readonly userErrors: UserErrors) {
    super(userErrors.map(({ message }) => message).join(' '));
  }
}

/** A mutation's payload, where it was done. */
export function done<Payload extends { readonly userErrors: UserErrors }>(payload: Payload | undefined): Payload {
  if (!payload) throw new Error('The server answered without a result.');
  if (payload.userErrors.length > 0) throw new Refused(payload.userErrors);
  return payload;
}

/** A top-level error's stable code; UNREACHABLE where there was no answer at all. */
export function codeOf(error: unknown): string {
  if (CombinedGraphQLErrors.is(error)) {
    const code = error.errors[0]?.extensions?.['code'];
    return typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR';
  }
  if (ServerError.is(error)) return codeInBody(error);
  return 'UNREACHABLE';
}

function codeInBody({ bodyText, statusCode }: ServerError): string {
  try {
    const { errors } = JSON.parse(bodyText) as { errors?: { extensions?: { code?: string } }[] };
    return errors?.[0]?.extensions?.code ?? 'INTERNAL_SERVER_ERROR';
  } catch {
    return statusCode === 401 ? 'UNAUTHENTICATED' : 'UNREACHABLE';
  }
}

const FINAL: ReadonlySet<string> = new Set([
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'NOT_FOUND',
  'QUERY_TOO_COMPLEX',
]);

/** Whether what was refused with that code would be refused again. */
export const isFinal = (code: string): boolean => FINAL.has(code);

export interface Explained {
  readonly title: string;
  readonly text: string;
}

/** What a person reads where the API could not answer. Its own words wherever it gave some. */
export function explain(error: unknown): Explained {
  if (error instanceof Refused) {
    return { title: error.message, text: error.userErrors.map(({ remedy }) => remedy).join(' ') };
  }
  const code = codeOf(error);
  const said = error instanceof Error ? error.message : '';
  switch (code) {
    case 'UNREACHABLE':
      return {
        title: 'The server cannot be reached',
        text: 'Check that it is running and that this machine is online.',
      };
    case 'FORBIDDEN':
      return { title: 'Not with your role', text: said };
    case 'BAD_USER_INPUT':
      return { title: 'Not quite right yet', text: said };
    case 'RATE_LIMITED':
      return { title: 'Too many requests', text: said };
    case 'SERVICE_UNAVAILABLE':
      return { title: 'The server is busy', text: said };
    default:
      return { title: 'That did not work', text: said };
  }
}
