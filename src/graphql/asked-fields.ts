import { type FieldNode, type GraphQLResolveInfo, type OperationDefinitionNode, visit } from 'graphql';

/** Documents are kept and asked again: what is in one is found once. */
const known = new WeakMap<OperationDefinitionNode, ReadonlySet<string>>();

/** The names of all fields that are anywhere in a request: more than what is asked of one object, and never less. */
export const askedFields = ({ operation, fragments }: GraphQLResolveInfo): ReadonlySet<string> => {
  const found = known.get(operation);
  if (found) return found;
  const names = new Set<string>();
  const visitor = { Field: ({ name }: FieldNode) => void names.add(name.value) };
  for (const definition of [operation, ...Object.values(fragments)]) visit(definition, visitor);
  known.set(operation, names);
  return names;
};
