import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { ExecutionResult } from 'graphql-ws';
import { maskError } from './errors.ts';
import type { GraphQLSettings } from './settings.ts';

/** Masks what is about to be sent and logs what the mask hides. */
export function maskAll(
  errors: readonly unknown[],
  requestId: string,
  { suggestions, logger }: GraphQLSettings,
): GraphQLFormattedError[] {
  return errors.map((error) => {
    const { formatted, fault } = maskError(error, { requestId, suggestions });
    if (fault !== undefined) logger.error({ err: fault, requestId }, 'A GraphQL operation over a socket failed');
    return formatted;
  });
}

export function maskedResult(
  result: ExecutionResult,
  requestId: string,
  settings: GraphQLSettings,
): FormattedExecutionResult {
  const { errors, ...rest } = result;
  return (errors ? { ...rest, errors: maskAll(errors, requestId, settings) } : rest) as FormattedExecutionResult;
}
