import { readdirSync, readFileSync } from 'node:fs';
import { buildSchema, Kind, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { PreparedOperations } from './operation.ts';

const root = new URL('../../', import.meta.url);
const schema = buildSchema(readFileSync(new URL('schema.graphql', root), 'utf8'));
const operationsOf = new PreparedOperations(schema, 'on');
const folder = new URL('playground/operations/', root);
const operations = readdirSync(folder)
  .filter((name) => name.endsWith('.graphql'))
  .map((name) => ({ name, query: readFileSync(new URL(name, folder), 'utf8') }));

const rootFields = operations.flatMap(({ query }) =>
  parse(query).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? definition.selectionSet.selections.flatMap((field) => (field.kind === Kind.FIELD ? [field.name.value] : []))
      : [],
  ),
);

describe('the operations of the playground', () => {
  test.each(operations)('$name is valid and within the limits', ({ query }) => {
    const prepared = operationsOf.prepare({ query });
    expect('kind' in prepared ? [] : prepared.map(({ message }) => message)).toEqual([]);
  });

  test('every mutation and every subscription has one', () => {
    const fields = [schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}),
    );
    expect(fields.filter((field) => !rootFields.includes(field))).toEqual([]);
  });
});
