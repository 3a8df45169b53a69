import type { ApolloClient, DocumentNode, OperationVariables } from '@apollo/client';

interface Asked {
  readonly query: DocumentNode;
  readonly variables: OperationVariables;
}

/** Reads again what a mutation has changed. The mutation is done, also where this cannot be read now: its own answer says so. */
export async function readAfterwards(client: ApolloClient, queries: readonly Asked[]): Promise<void> {
  await Promise.allSettled(queries.map((asked) => client.query({ ...asked, fetchPolicy: 'network-only' })));
}
