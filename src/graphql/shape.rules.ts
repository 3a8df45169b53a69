import {
  type ASTVisitor,
  GraphQLError,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

const tooComplex = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX' } });

/** The depth of a selection in fields. Introspection is not counted: graphql-js has a rule of its own for it. */
function depthOf(
  context: ValidationContext,
  selections: SelectionSetNode | undefined,
  known: Map<string, number>,
): number {
  let deepest = 0;
  for (const selection of selections?.selections ?? []) {
    deepest = Math.max(deepest, depthOfSelection(context, selection, known));
  }
  return deepest;
}

function depthOfSelection(context: ValidationContext, selection: SelectionNode, known: Map<string, number>): number {
  switch (selection.kind) {
    case Kind.FIELD:
      return selection.name.value.startsWith('__') ? 0 : 1 + depthOf(context, selection.selectionSet, known);
    case Kind.INLINE_FRAGMENT:
      return depthOf(context, selection.selectionSet, known);
    case Kind.FRAGMENT_SPREAD:
      return depthOfFragment(context, selection.name.value, known);
  }
}

/** Each fragment is measured once; set to 0 before, so that a cycle (which another rule refuses) ends here as well. */
function depthOfFragment(context: ValidationContext, name: string, known: Map<string, number>): number {
  const measured = known.get(name);
  if (measured !== undefined) return measured;
  known.set(name, 0);
  const depth = depthOf(context, context.getFragment(name)?.selectionSet, known);
  known.set(name, depth);
  return depth;
}

export function depthRule(maxFields: number): ValidationRule {
  return (context): ASTVisitor => {
    const known = new Map<string, number>();
    return {
      OperationDefinition(operation) {
        const depth = depthOf(context, operation.selectionSet, known);
        if (depth > maxFields) {
          context.reportError(
            tooComplex(
              `The operation is ${depth} fields deep, and at most ${maxFields} are allowed: ask in several requests.`,
            ),
          );
        }
      },
    };
  };
}

export function aliasRule(maxAliases: number): ValidationRule {
  return (context): ASTVisitor => {
    let aliases = 0;
    return {
      Field(field) {
        if (field.alias) aliases += 1;
      },
      Document: {
        leave() {
          if (aliases <= maxAliases) return;
          context.reportError(
            tooComplex(
              `The document has ${aliases} aliases, and at most ${maxAliases} are allowed: ask in several requests.`,
            ),
          );
        },
      },
    };
  };
}
