import 'reflect-metadata';
import { GraphQLInputObjectType, type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync, type ContainerType, type NonEmptyArray } from 'type-graphql';
import { markViewerFields } from './viewer-fields.ts';

/** The class of a resolver; its instance is made in app.ts and found by the container. */
export type ResolverClass = abstract new (...dependencies: never[]) => object;

const ROOT_DESCRIPTIONS: Readonly<Record<string, string>> = {
  Query: 'Everything that can be read. Every field needs a bearer token.',
  Mutation:
    'Everything that can be done: one `input` and one payload each. What a caller can mend comes back in `userErrors`.',
  Subscription: 'What can be followed, over graphql-transport-ws on the same path.',
};

/** type-graphql demands a publisher although every subscription here brings its own source. */
const noPubSub = {
  publish: (): never => {
    throw new Error('Subscriptions follow the status log; nothing is published through type-graphql.');
  },
  subscribe: (): never => {
    throw new Error('Give this subscription a `subscribe` function: type-graphql’s own publisher is not used.');
  },
};

function finish(schema: GraphQLSchema): GraphQLSchema {
  for (const [name, description] of Object.entries(ROOT_DESCRIPTIONS)) {
    const root = schema.getType(name);
    if (root) root.description = description;
  }
  const sender = schema.getType('SenderInput');
  if (sender instanceof GraphQLInputObjectType) sender.isOneOf = true;
  markViewerFields(schema);
  return schema;
}

/** Assembles the API from the resolver classes; the container answers with the instances that app.ts has made. */
export function buildHeliographSchema(
  resolvers: NonEmptyArray<ResolverClass>,
  container: ContainerType,
): GraphQLSchema {
  // Apollo checks the schema anyway; checked here too, it would be read as a whole by a query, at each start.
  return finish(buildSchemaSync({ resolvers, container, validate: false, pubSub: noPubSub, skipCheck: true }));
}

/** A container over ready-made instances, each found by its own class. */
export function containerOf(instances: Iterable<object>): ContainerType {
  const byClass = new Map<unknown, object>([...instances].map((instance) => [instance.constructor, instance]));
  return {
    get: (resolver) => {
      const instance = byClass.get(resolver);
      if (!instance) throw new Error(`app.ts gave the schema no instance of ${(resolver as { name: string }).name}.`);
      return instance;
    },
  };
}

/** The text of `schema.graphql`: sorted, so that a diff shows a change and never a new order of imports. */
export const printHeliographSchema = (schema: GraphQLSchema): string =>
  `${printSchema(lexicographicSortSchema(schema))}\n`;
