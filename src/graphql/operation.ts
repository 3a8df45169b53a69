import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { CostLimit } from './cost.ts';
import { conditionalSubscription } from './errors.ts';
import { type Introspection, MAX_COST_FIELDS, parseOptions, validationRules } from './limits.ts';
import { withExtensions } from './with-extensions.ts';

export interface OperationPayload {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

const coded = (error: GraphQLError, code: string): GraphQLError =>
  error.extensions['code'] === undefined ? withExtensions(error, { code }) : error;

function parsed(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, parseOptions);
  } catch (error) {
    if (error instanceof GraphQLError) return coded(error, 'GRAPHQL_PARSE_FAILED');
    throw error;
  }
}

/** Enough for the documents of every client version in use; a client that makes its documents up fills no memory. */
const MAX_KEPT_DOCUMENTS = 500;
const MAX_KEPT_CHARACTERS = 512 * 1024;

/**
 * Parses and checks what came over a socket by the rules that Apollo applies to HTTP: its settings do not reach here.
 * Documents are kept, so that ten thousand equal subscriptions hold one of them.
 */
export class PreparedOperations {
  readonly #valid = new LRUCache<string, DocumentNode>({
    max: MAX_KEPT_DOCUMENTS,
    maxSize: MAX_KEPT_CHARACTERS,
    sizeCalculation: (_document, query) => query.length,
  });

  readonly #costs: CostLimit;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly introspection: Introspection,
  ) {
    this.#costs = new CostLimit(schema, MAX_COST_FIELDS);
  }

  prepare(payload: OperationPayload): DocumentNode | readonly GraphQLError[] {
    const document = this.#validated(payload.query);
    if (Array.isArray(document)) return document as readonly GraphQLError[];
    const operation = document as DocumentNode;
    if (!getOperationAST(operation, payload.operationName)) {
      const message = 'Name the operation to run in `operationName`: the document has none of that name, or several.';
      return [new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })];
    }
    const tooCostly = this.#costs.errors({ ...payload, document: operation });
    return tooCostly.length > 0 ? tooCostly : operation;
  }

  #validated(query: string): DocumentNode | readonly GraphQLError[] {
    const kept = this.#valid.get(query);
    if (kept) return kept;
    const document = parsed(query);
    if (document instanceof GraphQLError) return [document];
    const invalid = this.#validate(document);
    if (invalid.length > 0) return invalid.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED'));
    this.#valid.set(query, document);
    return document;
  }

  #validate(document: DocumentNode): readonly GraphQLError[] {
    try {
      return validate(this.schema, document, [...specifiedRules, ...validationRules(this.introspection)]);
    } catch (error) {
      if (error instanceof GraphQLError) return [conditionalSubscription(error)];
      throw error;
    }
  }
}
