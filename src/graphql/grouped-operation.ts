import {
  type DocumentNode,
  getOperationAST,
  type GraphQLSchema,
  Kind,
  print,
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

type Variables = Readonly<Record<string, unknown>>;

/** A subscription without what only says where its subscriber begins. */
export interface GroupedOperation {
  readonly document: DocumentNode;
  /** The document as text: equal for documents that differ in their layout only. */
  readonly text: string;
  /** The variables that the rest still uses. */
  readonly variables: readonly string[];
  /** Whether a resolver of one of its fields asks who is looking. */
  readonly dependsOnViewer: boolean;
}

/** Undefined for an operation whose field is not grouped. The document must have passed validation. */
export function groupedOperation(
  schema: GraphQLSchema,
  whole: DocumentNode,
  operationName: string | null | undefined,
): GroupedOperation | undefined {
  const name = getOperationAST(whole, operationName)?.name?.value ?? '';
  const own = separateOperations(whole)[name];
  const root = schema.getSubscriptionType();
  if (!own || !root) return undefined;
  const types = new TypeInfo(schema);
  const variables = new Set<string>();
  let grouped: readonly string[] | undefined;
  let dependsOnViewer = false;
  const bare = visit(
    own,
    visitWithTypeInfo(types, {
      Field() {
        const { grouped: beginArguments, dependsOnViewer: asksForViewer } = types.getFieldDef()?.extensions ?? {};
        if (types.getParentType() === root) grouped ??= beginArguments as readonly string[] | undefined;
        if (asksForViewer === true) dependsOnViewer = true;
      },
      Argument: ({ name: { value } }) =>
        types.getParentType() === root && grouped?.includes(value) === true ? null : undefined,
      VariableDefinition: () => false,
      Variable({ name: { value } }) {
        variables.add(value);
      },
    }),
  );
  if (!grouped) return undefined;
  const document = withoutUnused(bare, variables);
  return { document, text: print(document), variables: [...variables], dependsOnViewer };
}

const withoutUnused = (document: DocumentNode, used: ReadonlySet<string>): DocumentNode => ({
  ...document,
  definitions: document.definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? {
          ...definition,
          variableDefinitions: (definition.variableDefinitions ?? []).filter(({ variable }) =>
            used.has(variable.name.value),
          ),
        }
      : definition,
  ),
});

/** The given values of what the operation uses; one that was left out is not the same as null. */
export const usedVariables = ({ variables }: GroupedOperation, given: Variables): Record<string, unknown> =>
  Object.fromEntries(variables.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]]));
