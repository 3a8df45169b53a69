import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

type Operation = 'query' | 'mutation' | 'subscription';

/** One place of the API that takes an id: a root field, and the way to it through its arguments. */
export interface IdCoordinate {
  readonly operation: Operation;
  readonly field: GraphQLField<unknown, unknown>;
  readonly path: readonly string[];
  /** `sendNotification.input.sender.identityId` */
  readonly name: string;
}

const pathsIn = (type: GraphQLInputType, path: readonly string[]): (readonly string[])[] => {
  const named = getNamedType(type);
  // The key of an event type is a text where it is triggered.
  if (named.name === 'ID' || path.at(-1) === 'eventType') return [path];
  if (!isInputObjectType(named)) return [];
  return Object.values(named.getFields()).flatMap((field) => pathsIn(field.type, [...path, field.name]));
};

/** Every argument and every input field of type ID, at any depth. */
export const idCoordinates = (schema: GraphQLSchema): IdCoordinate[] => {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ] as const;
  return roots.flatMap(([operation, root]) =>
    Object.values(root?.getFields() ?? {}).flatMap((field) =>
      field.args
        .flatMap((arg) => pathsIn(arg.type, [arg.name]))
        .map((path) => ({ operation, field, path, name: [field.name, ...path].join('.') })),
    ),
  );
};

/** Different from call to call by their nature: positions, and how far a delivery has come. */
const MOVING = new Set(
  (
    'cursor liveCursor startCursor endCursor directory perHour authorizeUrl lastUsedAt expectedDelaySeconds ' +
    'status attempts attemptCount timeline waiting failure sentAt deliveredAt finishedAt permalink slackMessageTs'
  ).split(' '),
);

/** Optional ones that are given all the same: without them an operation would end before it came to its id, or send. */
const GIVEN = new Set(['channelId', 'scheduledFor']);

const selectionOf = (type: GraphQLOutputType, depth: number): string => {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (!isObjectType(named)) return '{ code message field remedy }';
  const fields = Object.values(named.getFields())
    .filter((field) => !MOVING.has(field.name) && (isLeafType(getNamedType(field.type)) || depth > 0))
    .map((field) => `${field.name} ${selectionOf(field.type, depth - 1)}`);
  return `{ __typename ${fields.join(' ')} }`;
};

/** What a required argument is filled with where its name says nothing. */
const BY_TYPE: Readonly<Record<string, unknown>> = {
  String: 'a text',
  Boolean: true,
  DateTime: '2026-01-01T00:00:00Z',
  JSONObject: {},
};

export type ValuesByName = Readonly<Record<string, unknown>>;

const fill = (
  type: GraphQLInputType,
  name: string,
  rest: readonly string[] | undefined,
  value: unknown,
  own: ValuesByName,
): unknown => {
  if (rest?.length === 0) return value;
  if (isNonNullType(type)) return fill(type.ofType, name, rest, value, own);
  if (isListType(type)) return [fill(type.ofType, name, rest, value, own)];
  if (!isInputObjectType(type))
    return own[name] ?? (isEnumType(type) ? type.getValues()[0]?.name : BY_TYPE[String(type)]);
  const fields = Object.values(type.getFields());
  const wanted = type.isOneOf
    ? fields.filter((field) => field.name === (rest?.[0] ?? 'identityId'))
    : fields.filter((field) => field.name === rest?.[0] || isNonNullType(field.type) || GIVEN.has(field.name));
  return Object.fromEntries(
    wanted.map((field) => [
      field.name,
      fill(field.type, field.name, field.name === rest?.[0] ? rest.slice(1) : undefined, value, own),
    ]),
  );
};

/** An operation that is right in everything (by `own`), with `value` at the coordinate. */
export const operationWith = ({ operation, field, path }: IdCoordinate, value: unknown, own: ValuesByName) => {
  const args = field.args.filter((arg) => arg.name === path[0] || isNonNullType(arg.type));
  const declared = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const query = `${operation} (${declared}) { ${field.name}(${passed}) ${selectionOf(field.type, 2)} }`;
  const variables = Object.fromEntries(
    args.map((arg) => [
      arg.name,
      fill(arg.type, arg.name, arg.name === path[0] ? path.slice(1) : undefined, value, own),
    ]),
  );
  return { query, variables };
};
