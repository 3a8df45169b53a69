import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { costErrors } from './cost.ts';
import { type Introspection, MAX_COST_FIELDS, parseOptions, validationRules } from './limits.ts';

export interface OperationPayload {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

const coded = (error: GraphQLError, code: string): GraphQLError =>
  error.extensions['code'] === undefined
    ? new GraphQLError(error.message, {
        nodes: error.nodes ?? null,
        source: error.source ?? null,
        positions: error.positions ?? null,
        extensions: { code },
      })
    : error;

function parsed(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, parseOptions);
  } catch (error) {
    if (error instanceof GraphQLError) return coded(error, 'GRAPHQL_PARSE_FAILED');
    throw error;
  }
}

/** Parses and checks what came over a socket by the rules that Apollo applies to HTTP: its settings do not reach here. */
export function prepareOperation(
  schema: GraphQLSchema,
  payload: OperationPayload,
  introspection: Introspection,
): DocumentNode | readonly GraphQLError[] {
  const document = parsed(payload.query);
  if (document instanceof GraphQLError) return [document];
  const invalid = validate(schema, document, [...specifiedRules, ...validationRules(introspection)]);
  if (invalid.length > 0) return invalid.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED'));
  if (!getOperationAST(document, payload.operationName)) {
    const message = 'Name the operation to run in `operationName`: the document has none of that name, or several.';
    return [new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })];
  }
  const tooCostly = costErrors(schema, { document, ...payload }, MAX_COST_FIELDS);
  return tooCostly.length > 0 ? tooCostly : document;
}
