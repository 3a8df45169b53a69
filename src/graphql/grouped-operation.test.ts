import { getNamedType, type GraphQLSchema, isObjectType, parse, validate } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { unresolvedSchema } from '../../scripts/unresolved-schema.ts';
import { groupedOperation, usedVariables } from './grouped-operation.ts';

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await unresolvedSchema();
});

const grouped = (query: string, name?: string) => {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const operation = groupedOperation(schema, document, name);
  if (!operation) throw new Error('The operation is not grouped.');
  expect(validate(schema, operation.document)).toEqual([]);
  return operation;
};
const text = (query: string): string => grouped(query).text;
const changed = (args: string, fields = 'to'): string => `deliveryStatusChanged(${args}) { ${fields} }`;

describe('which subscriptions are equal', () => {
  test('where one begins makes no difference, however it says so', () => {
    const plain = text(`subscription ($w: ID!) { ${changed('workspaceId: $w')} }`);
    for (const query of [
      `subscription ($w: ID!, $after: String) { ${changed('workspaceId: $w, after: $after')} }`,
      `subscription ($w: ID!, $c: String = "c") { ${changed('after: $c, workspaceId: $w')} }`,
      `subscription ($w: ID!) { ${changed('workspaceId: $w, after: "x"')} }`,
      `subscription ($w: ID!) { ${changed('workspaceId: $w, after: null')} }`,
    ]) {
      expect(text(query)).toBe(plain);
    }
  });

  test('nor does the layout, nor other operations of the document', () => {
    const own = `subscription Mine($w: ID!) { ${changed('workspaceId: $w')} }`;
    const whole = `${own.replaceAll(' ', '\n  ')} query Other($id: ID!) { notification(id: $id) { ...N } } fragment N on Notification { id }`;
    expect(grouped(whole, 'Mine').text).toBe(text(own));
  });

  test('fields, aliases, arguments and values do', () => {
    const variants = [
      changed('workspaceId: "a"'),
      changed('workspaceId: "b"'),
      changed('workspaceId: "a", notificationId: "n"'),
      changed('workspaceId: "a"', 'from'),
      changed('workspaceId: "a"', 'now: to'),
      'connectionStatusChanged(workspaceId: "a") { to }',
    ].map((field) => text(`subscription { ${field} }`));
    expect(new Set(variants).size).toBe(variants.length);
  });

  test('a cursor that means something else as well is kept', () => {
    const page = 'notification { identity { connection { authorizations(after: $after) { nodes { id } } } } }';
    const { variables } = grouped(
      `subscription ($w: ID!, $after: String) { ${changed('workspaceId: $w, after: $after', page)} }`,
    );
    expect(variables.toSorted()).toEqual(['after', 'w']);
  });

  test('a variable that only a fragment or a directive uses is kept', () => {
    const { variables } = grouped(`
      subscription ($w: ID!, $full: Boolean!, $first: Int, $after: String) { ...All }
      fragment All on Subscription { ${changed('workspaceId: $w, after: $after', 'to ...Page @include(if: $full)')} }
      fragment Page on DeliveryStatusChange { notification { identity { connection { authorizations(first: $first) { nodes { id } } } } } }
    `);
    expect(variables.toSorted()).toEqual(['first', 'full', 'w']);
  });

  test('a value that was left out is not the same as null, and what is not used does not count', () => {
    const operation = grouped(`subscription ($w: ID!, $n: ID) { ${changed('workspaceId: $w, notificationId: $n')} }`);
    expect(usedVariables(operation, { w: 'a', after: 'x', other: 1 })).toEqual({ w: 'a' });
    expect(usedVariables(operation, { w: 'a', n: null })).toEqual({ w: 'a', n: null });
    expect(
      usedVariables(operation, JSON.parse('{"w": "a", "__proto__": {"n": "x"}}') as Record<string, unknown>),
    ).toEqual({ w: 'a' });
  });

  test('queries and mutations are not grouped', () => {
    expect(groupedOperation(schema, parse('{ viewer { userId } }'), undefined)).toBeUndefined();
  });
});

describe('fields that depend on the viewer', () => {
  /** Everything that a subscription can reach, as type and field. */
  const reachable = (): { path: string; dependsOnViewer: boolean }[] => {
    const seen = new Set<unknown>();
    const visit = (type: unknown): { path: string; dependsOnViewer: boolean }[] => {
      if (!isObjectType(type) || seen.has(type)) return [];
      seen.add(type);
      return Object.values(type.getFields()).flatMap((field) => [
        { path: `${type.name}.${field.name}`, dependsOnViewer: field.extensions['dependsOnViewer'] === true },
        ...visit(getNamedType(field.type)),
      ]);
    };
    return visit(schema.getSubscriptionType());
  };

  test('are known by their resolvers: these and no others', () => {
    const fields = reachable();
    expect(fields.length).toBeGreaterThan(80);
    expect(fields.filter(({ dependsOnViewer }) => dependsOnViewer).map(({ path }) => path)).toEqual([
      'WorkspaceConnection.myAuthorization',
      'WorkspaceConnection.authorizations',
      'Notification.resendOf',
      'Notification.resentAs',
    ]);
  });

  test('tell viewers apart wherever they are asked for', () => {
    const mine = 'connection { myAuthorization { id } }';
    const of = (fields: string): boolean =>
      grouped(`subscription { ${changed('workspaceId: "a"', fields)} }`).dependsOnViewer;
    expect(of('notification { text }')).toBe(false);
    expect(of(`notification { identity { ${mine} } }`)).toBe(true);
    expect(of(`notification { resendOf { identity { ${mine} } } }`)).toBe(true);
    const fragment = `subscription { connectionStatusChanged(workspaceId: "a") { ...C } } fragment C on ConnectionStatusChange { ${mine} }`;
    expect(grouped(fragment).dependsOnViewer).toBe(true);
  });
});
