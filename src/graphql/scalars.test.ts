import { Kind, parseValue } from 'graphql';
import { expect, test } from 'vitest';
import { JSONObject } from './scalars.ts';

test.each([
  ['{ "id": 9007199254740993 }', 'an integer beyond 53 bits'],
  ['{ "deep": [{ "id": -9007199254740993 }] }', 'one in the depth'],
  ['{ "id": 1e400 }', 'a number beyond all'],
])('%s is refused rather than changed: %s', (text) => {
  expect(() => JSONObject.parseValue(JSON.parse(text))).toThrow('send it as a string');
});

test('it is refused as a literal of the document as well', () => {
  const value = { kind: Kind.INT, value: '9007199254740993' } as const;
  const field = { kind: Kind.OBJECT_FIELD, name: { kind: Kind.NAME, value: 'id' }, value } as const;
  expect(() => JSONObject.parseLiteral({ kind: Kind.OBJECT, fields: [field] }, {})).toThrow('send it as a string');
});

test('a word that JSON does not know is refused, however deep, where the library would leave it out', () => {
  expect(() => JSONObject.parseLiteral(parseValue('{ deep: [{ is: BOLD }] }'), {})).toThrow(
    'BOLD: send it as a string',
  );
});

test('what is read as it was written is taken', () => {
  const object = { most: 2 ** 53 - 1, least: 1 - 2 ** 53, small: 0.1, large: 1e300, text: '9007199254740993' };
  expect(JSONObject.parseValue(object)).toEqual(object);
});
