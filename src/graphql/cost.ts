import { hash } from 'node:crypto';
import {
  type DocumentNode,
  getNullableType,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isListType,
} from 'graphql';
// The package's ESM build loads a second copy of graphql (`graphql/index.mjs`), whose types are not ours.
import { type ComplexityEstimator, getComplexity } from 'graphql-query-complexity/cjs';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from './page.types.ts';

/** What an unpaged list of objects counts as: attempts, timelines and the like are this short. */
const LIST_LENGTH = 5;
/** Fragments may name each other over and over; a document that unfolds to more than this is not worth counting. */
const MAX_UNFOLDED_FIELDS = 5_000;

export interface OperationRequest {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

const pageSizeOf = (first: unknown): number =>
  typeof first === 'number' ? Math.min(Math.max(first, 1), MAX_PAGE_SIZE) : DEFAULT_PAGE_SIZE;

/** How many messages a bulk send brings: its list of results is as long. */
const bulkSizeOf = (args: Record<string, unknown>): number | undefined => {
  const { notifications } = (args['input'] ?? {}) as { notifications?: unknown };
  return Array.isArray(notifications) ? notifications.length : undefined;
};

/** One, or what a field says of itself by `complexity`: some work more than they answer. */
const ownCostOf = ({ extensions }: GraphQLField<unknown, unknown>): number =>
  typeof extensions['complexity'] === 'number' ? extensions['complexity'] : 1;

/** A page costs its children once per entry, and so do the lists that are not paged; all else costs one. */
const estimate: ComplexityEstimator = ({ field, args, childComplexity, type }) => {
  if (type.name.startsWith('__') || field.name.startsWith('__')) return 0;
  const children = childComplexity;
  const own = ownCostOf(field);
  if (field.args.some(({ name }) => name === 'first')) return own + pageSizeOf(args['first']) * children;
  const bulk = bulkSizeOf(args);
  if (bulk !== undefined) return own + Math.ceil(bulk / LIST_LENGTH) * children;
  const fieldType = getNullableType(field.type);
  const isPlainList = isListType(fieldType) && isCompositeType(getNullableType(fieldType.ofType));
  // The entries of a page were counted where its `first` is.
  return own + children * (isPlainList && !type.name.endsWith('Connection') ? LIST_LENGTH : 1);
};

const refusal = (code: string, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code, http: { status: 400 } } });

function measure(schema: GraphQLSchema, request: OperationRequest): number | GraphQLError {
  try {
    return getComplexity({
      schema,
      query: request.document,
      variables: request.variables ?? {},
      estimators: [estimate],
      maxQueryNodes: MAX_UNFOLDED_FIELDS,
      ...(request.operationName ? { operationName: request.operationName } : {}),
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return refusal(message.includes('number of nodes') ? 'QUERY_TOO_COMPLEX' : 'BAD_USER_INPUT', message);
  }
}

/** All of a value that a cost can depend on: what is null, numbers (sizes of pages), booleans (`@include`), lengths of lists. */
const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return [value.length];
  return value === null || typeof value === 'number' || typeof value === 'boolean' ? value : typeof value;
};

/** The list of a bulk send is a field of its input: no deeper than that is looked. */
const fieldShapesOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).map(([name, field]) => [name, shapeOf(field)])
    : shapeOf(value);

/** Operations of one document with equal shapes cost the same, whatever else their variables say. As long for any. */
const shapeOfRequest = ({ operationName, variables }: OperationRequest): string => {
  const shapes = Object.entries(variables ?? {}).map(([name, value]) => [name, fieldShapesOf(value)]);
  return hash('sha256', JSON.stringify([operationName ?? null, shapes]), 'base64');
};

const MAX_KNOWN_SHAPES = 100;

/** Refuses operations whose answers could be too large, counting the pages that their variables ask for. */
export class CostLimit {
  /** What is not refused, by its document: measuring it anew costs more than reading the request. */
  readonly #affordable = new WeakMap<DocumentNode, Set<string>>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly maxCost: number,
  ) {}

  errors(request: OperationRequest): readonly GraphQLError[] {
    const shape = shapeOfRequest(request);
    const known = this.#affordable.get(request.document);
    if (known?.has(shape)) return [];
    const operation = getOperationAST(request.document, request.operationName);
    // Without an operation, or with variables that do not fit, nothing is executed: the executor's own answer says why.
    if (!operation) return [];
    const { errors } = getVariableValues(this.schema, operation.variableDefinitions ?? [], request.variables ?? {});
    if (errors) return [];
    const cost = measure(this.schema, request);
    if (cost instanceof GraphQLError) return [cost];
    if (cost > this.maxCost) return [tooCostly(cost, this.maxCost)];
    this.#remember(request.document, shape);
    return [];
  }

  #remember(document: DocumentNode, shape: string): void {
    const known = this.#affordable.get(document) ?? new Set();
    if (known.size >= MAX_KNOWN_SHAPES) known.clear();
    this.#affordable.set(document, known.add(shape));
  }
}

const tooCostly = (cost: number, maxCost: number): GraphQLError =>
  refusal(
    'QUERY_TOO_COMPLEX',
    `The operation counts as ${cost} field values, and at most ${maxCost} are allowed: ask for smaller pages or fewer fields.`,
  );
