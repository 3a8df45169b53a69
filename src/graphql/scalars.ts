import 'reflect-metadata';
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, visit } from 'graphql';
import { GraphQLDateTimeISO, GraphQLJSONObject, GraphQLURL } from 'graphql-scalars';

const dateTime = GraphQLDateTimeISO.toConfig();

/**
 * graphql-scalars lets a few impossible offsets through its pattern, and years that are no four digits in UTC or that
 * Postgres does not know (0000); they would fail far from here.
 */
function validDate(value: Date): Date {
  const year = value.getUTCFullYear();
  if (Number.isNaN(year) || year < 1 || year > 9999) {
    throw new GraphQLError('DateTime cannot represent this value: send RFC 3339, for example 2026-11-22T09:30:00Z.');
  }
  return value;
}

/** A moment, named `DateTime` in the schema; the library's own `DateTime` answers a Date object instead of a string. */
export const DateTime = new GraphQLScalarType<Date, string>({
  ...dateTime,
  name: 'DateTime',
  description:
    'A moment as RFC 3339, for example `2026-11-22T09:30:00.000Z`. Answers are always in UTC (`Z`), with milliseconds; ' +
    'inputs may carry any offset.',
  parseValue: (value) => validDate(dateTime.parseValue(value)),
  parseLiteral: (node: ValueNode) => validDate(dateTime.parseLiteral(node)),
});

/** What reads JSON by calling itself, ours and Postgres' alike, would run out of stack somewhere below. */
const MAX_JSON_LEVELS = 100;

/** Ids of 64 bits are numbers in other languages; beyond 53 bits they are read as another number, and nobody is told. */
const isChangedByReading = (value: unknown): boolean =>
  typeof value === 'number' &&
  (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21));

/** Level by level and not by recursion, which is what a deep value is out to exhaust. */
function checkedJson<T>(object: T): T {
  let level: readonly unknown[] = [object];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_JSON_LEVELS)
      throw new GraphQLError(`JSONObject is nested deeper than ${MAX_JSON_LEVELS} levels: send it flatter.`);
    if (level.some(isChangedByReading))
      throw new GraphQLError('JSONObject holds a number that may not survive being read: send it as a string.');
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return object;
}

const jsonObject = GraphQLJSONObject.toConfig();

/** JSON has no such word, and the library would leave it out. */
function refuseEnums(node: ValueNode): void {
  visit(node, {
    EnumValue: ({ value }) => {
      throw new GraphQLError(`JSONObject cannot represent ${value}: send it as a string.`);
    },
  });
}

export const JSONObject = new GraphQLScalarType<object, unknown>({
  ...jsonObject,
  description:
    'A JSON object (never an array, a string or a number at the top level), taken and given back as it is; at most 100 levels deep. An integer from 2^53 up to 10^21 is refused, since it may be read as another: send it as a string.',
  parseValue: (value) => checkedJson(jsonObject.parseValue(value)),
  parseLiteral: (node, variables) => {
    refuseEnums(node);
    return checkedJson(jsonObject.parseLiteral(node, variables));
  },
});

function parseUrl(value: unknown): URL {
  if (typeof value !== 'string' || !URL.canParse(value)) {
    throw new GraphQLError(
      'URL cannot represent this value: send an absolute URL, for example https://example.com/done.',
    );
  }
  return new URL(value);
}

/** The library's URL throws a bare TypeError for a bad value, which would be answered as a fault of ours. */
export const Url = new GraphQLScalarType<URL, string>({
  name: GraphQLURL.name,
  description: 'An absolute URL, for example `https://example.com/settings/slack`.',
  serialize: (value) => parseUrl(String(value)).toString(),
  parseValue: parseUrl,
  parseLiteral: (node: ValueNode) => parseUrl(node.kind === Kind.STRING ? node.value : undefined),
});
