import { expect, test } from 'vitest';
import { breakingChanges } from './breaking-changes.rules.ts';

const BEFORE = 'type Query { one(id: ID!): String two: Int } enum Kind { A B }';

test('a field or a value that goes, and an argument that must be given, break clients; what is added does not', () => {
  expect(
    breakingChanges(BEFORE, 'type Query { one(id: ID!): String two: Int three: Int } enum Kind { A B C }'),
  ).toEqual([]);
  expect(breakingChanges(BEFORE, 'type Query { one(id: ID!, more: Int!): String } enum Kind { A }')).toEqual([
    'Query.two was removed.',
    'A required arg more on Query.one was added.',
    'B was removed from enum type Kind.',
  ]);
});
