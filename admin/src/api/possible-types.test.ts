import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, isAbstractType } from 'graphql';
import { expect, test } from 'vitest';
import { POSSIBLE_TYPES } from './possible-types.ts';

test('every type that an interface or a union of the API stands for is known to the cache', () => {
  const schema = buildSchema(readFileSync(path.resolve(import.meta.dirname, '../../../schema.graphql'), 'utf8'));
  const abstract = Object.values(schema.getTypeMap()).filter(
    (type) => isAbstractType(type) && !type.name.startsWith('__'),
  );
  const possible = abstract.map((type) => [
    type.name,
    isAbstractType(type)
      ? schema
          .getPossibleTypes(type)
          .map(({ name }) => name)
          .toSorted()
      : [],
  ]);
  expect(POSSIBLE_TYPES).toEqual(Object.fromEntries(possible));
});
