import type { GraphQLSchema } from 'graphql';
import { isObjectType } from 'graphql';
import { getMetadataStorage } from 'type-graphql';

/** The two ways in which a method of a resolver gets at the context, and with it at the viewer. */
const WAYS_TO_CONTEXT: ReadonlySet<string> = new Set(['context', 'custom']);

/**
 * Marks the fields whose resolvers ask for the context: their answers may differ from viewer to viewer. It is read from
 * the resolvers' own parameters, so that nobody can forget to say it.
 */
export function markViewerFields(schema: GraphQLSchema): void {
  for (const { params = [], getObjectType, schemaName } of getMetadataStorage().fieldResolvers) {
    if (!params.some(({ kind }) => WAYS_TO_CONTEXT.has(kind))) continue;
    const type = schema.getType(typeNameOf(getObjectType?.()));
    const field = isObjectType(type) ? type.getFields()[schemaName] : undefined;
    if (field) field.extensions = { ...field.extensions, dependsOnViewer: true };
  }
}

const typeNameOf = (target: unknown): string =>
  getMetadataStorage().objectTypes.find((type) => type.target === target)?.name ?? '';
