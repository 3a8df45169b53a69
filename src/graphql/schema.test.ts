import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLNamedType,
  isEnumType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { describe, expect, test } from 'vitest';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
);

interface Element {
  readonly path: string;
  readonly description: string | null | undefined;
}

/** The type itself, its fields with their arguments, and its values. */
function elementsOf(type: GraphQLNamedType): Element[] {
  const own = { path: type.name, description: type.description };
  if (isEnumType(type)) {
    return [own, ...type.getValues().map(({ name, description }) => ({ path: `${type.name}.${name}`, description }))];
  }
  if (!('getFields' in type)) return [own];
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const path = `${type.name}.${field.name}`;
    const args: readonly GraphQLArgument[] = 'args' in field ? field.args : [];
    return [
      { path, description: field.description },
      ...args.map(({ name, description }) => ({ path: `${path}(${name})`, description })),
    ];
  });
  return [own, ...fields];
}

const elements = types.flatMap(elementsOf);

describe('schema.graphql', () => {
  test('every type, field, argument and enum value carries a description', () => {
    expect(elements.length).toBeGreaterThan(400);
    expect(elements.filter(({ description }) => !description?.trim()).map(({ path }) => path)).toEqual([]);
  });

  test('nothing in it can hold a token, a secret or a webhook URL', () => {
    const suspicious = /token|secret|password|credential|webhook|xox|apikey|ciphertext|encrypted/i;
    // A moment, not a token.
    const harmless = /\.tokenExpiresAt$/;
    expect(elements.map(({ path }) => path).filter((path) => suspicious.test(path) && !harmless.test(path))).toEqual(
      [],
    );
  });

  test('a list that grows is paged, and its page size can be chosen', () => {
    const fields = types.filter(isObjectType).flatMap((type) => Object.values(type.getFields()));
    const pages = fields.filter((field) =>
      /(Channel|Notification|Authorization)Connection!?$/.test(String(field.type)),
    );
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.filter(({ args }) => !args.some(({ name }) => name === 'first')).map(({ name }) => name)).toEqual([]);
  });
});
