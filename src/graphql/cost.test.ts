import fc from 'fast-check';
import { type DocumentNode, type GraphQLSchema, parse } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { unresolvedSchema } from '../../scripts/unresolved-schema.ts';
import { CostLimit, type OperationRequest } from './cost.ts';
import { MAX_COST_FIELDS } from './limits.ts';

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await unresolvedSchema();
});

const PAGES = parse(
  `query ($w: ID!, $first: Int, $all: Boolean = true) {
    notificationHistory(workspaceId: $w, first: $first) {
      edges { node @include(if: $all) { id text attempts { number } timeline { to } } }
    }
  }`,
);
const SEVERAL = parse(
  `query A($w: ID!, $first: Int = 50) { notificationHistory(workspaceId: $w, first: $first) { edges { node { id } } } }
   query B($w: ID!) { connections(workspaceId: $w) { id } }`,
);
const BULK = parse(
  `mutation ($input: SendNotificationsInput!) {
    sendNotifications(input: $input) { results { notification { id attempts { number } } userErrors { code } } }
  }`,
);

const message = fc.constant({ workspaceId: 'w', sender: { identityId: 'i' }, text: 'hello' });
const mostly = <T>(good: fc.Arbitrary<T>, ...bad: unknown[]) =>
  fc.oneof({ arbitrary: good, weight: 4 }, fc.constantFrom(...bad));
const pages = fc.record(
  {
    w: mostly(fc.constantFrom('a', 'b'), null, 7),
    first: mostly(fc.constantFrom(-1, 1, 2, 5, 10, 50, 100), null, 1e6, 'many', 2.5),
    all: mostly(fc.boolean(), null, 'yes'),
  },
  { requiredKeys: ['w'] },
);
const bulks = fc.record({
  input: mostly(fc.record({ notifications: mostly(fc.array(message, { maxLength: 100 }), null, 'x') }), null, {}, []),
});
const asking = (document: DocumentNode, variables: fc.Arbitrary<object>, names: (string | undefined)[] = [undefined]) =>
  fc.array(
    fc.record({
      document: fc.constant(document),
      operationName: fc.constantFrom(...names),
      variables: mostly(variables, undefined) as fc.Arbitrary<Record<string, unknown> | undefined>,
    }),
    { minLength: 2, maxLength: 40 },
  );
const requests = fc.oneof(
  asking(PAGES, pages),
  asking(SEVERAL, pages, ['A', 'B', undefined, 'C']),
  asking(BULK, bulks),
);
const saidBy = (costs: CostLimit, request: OperationRequest): string[] =>
  costs.errors(request).map(({ message: text }) => text);

test.each([MAX_COST_FIELDS, 200, 30])(
  'with a limit of %i it answers as if it had never seen a request, whatever it saw before',
  (limit) => {
    fc.assert(
      fc.property(requests, (asked) => {
        const experienced = new CostLimit(schema, limit);
        for (const request of asked)
          expect(saidBy(experienced, request)).toEqual(saidBy(new CostLimit(schema, limit), request));
      }),
      { numRuns: 100 },
    );
  },
);

test('the size of a page is not forgotten', () => {
  const costs = new CostLimit(schema, 30);
  const errorsOf = (first: number) => costs.errors({ document: PAGES, variables: { w: 'w', first } });
  expect(errorsOf(1)).toEqual([]);
  expect(errorsOf(100)).toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
});

test('nor is which operation of a document is asked for', () => {
  const costs = new CostLimit(schema, 30);
  const errorsOf = (operationName: string) => costs.errors({ document: SEVERAL, operationName, variables: { w: 'w' } });
  expect(errorsOf('B')).toEqual([]);
  expect(errorsOf('A')).toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
});

describe('what renders templates counts as its work, not as its answer', () => {
  const FIELDS = [
    ['query', 'previewEvent(input: { workspaceId: "w", eventType: "e" }) { text }'],
    [
      'mutation',
      'triggerEvent(input: { workspaceId: "w", sender: { identityId: "i" }, eventType: "e" }) { deduplicated }',
    ],
    [
      'mutation',
      'testEvent(input: { workspaceId: "w", sender: { identityId: "i" }, eventType: "e" }) { deduplicated }',
    ],
    [
      'mutation',
      'saveEventType(input: { workspaceId: "w", key: "k", title: "t", template: "t", fallback: "f", priority: LOW, sampleContext: {} }) { eventType { key } }',
    ],
  ] as const;

  test.each(FIELDS)('a handful in a %s is fine, fifty are too many: %s', (kind, field) => {
    const costs = new CostLimit(schema, MAX_COST_FIELDS);
    const errorsOf = (count: number) => {
      const fields = Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');
      return costs.errors({ document: parse(`${kind} { ${fields} }`) });
    };
    expect(errorsOf(8)).toEqual([]);
    expect(errorsOf(50)).toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
  });
});
