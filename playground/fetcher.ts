import type { GraphiQL } from 'graphiql';
import { getOperationAST } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import type { ComponentProps } from 'react';
import { learn } from './memory.ts';

type Fetcher = ComponentProps<typeof GraphiQL>['fetcher'];
type FetcherResult = ReturnType<Fetcher>;
type Results = ReturnType<Client['iterate']>;

const GRAPHQL_URL = '/graphql';

const headersFor = (token: string): HeadersInit => ({
  'content-type': 'application/json',
  accept: 'application/json',
  ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
});

export async function ask(token: string, body: object): Promise<{ data?: unknown; errors?: { message: string }[] }> {
  const response = await fetch(GRAPHQL_URL, { method: 'POST', headers: headersFor(token), body: JSON.stringify(body) });
  const answer = (await response.json()) as { data?: unknown };
  learn(answer.data);
  return answer;
}

function connect(token: string): Client {
  const url = new URL(GRAPHQL_URL, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return createClient({ url: url.href, connectionParams: { authorization: `Bearer ${token}` }, retryAttempts: 5 });
}

const EARLIER_SHOWN = 50;

/** GraphiQL shows one result at a time; the earlier ones of a stream are shown below it, newest first. */
function withEarlier(results: Results): Results {
  const earlier: unknown[] = [];
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      const { value, done } = await results.next();
      if (done) return { value: undefined, done: true };
      const shown = earlier.length > 0 ? { ...value, extensions: { earlier: [...earlier] } } : value;
      earlier.unshift(value.data);
      earlier.splice(EARLIER_SHOWN);
      return { value: shown, done: false };
    },
    // Not an async generator: its `return` would wait for a next result that may never come.
    return: async () => results.return?.() ?? { value: undefined, done: true },
  };
}

/** Queries and mutations over HTTP, subscriptions over one socket that is opened when the first begins. */
export function createFetcher(token: string): Fetcher {
  const sockets = connect(token);
  return (params, options) => {
    const operation = options?.documentAST && getOperationAST(options.documentAST, params.operationName);
    // GraphiQL's types ask for error objects, and it shows the plain ones of the wire just as well.
    if (operation?.operation !== 'subscription') return ask(token, params) as unknown as FetcherResult;
    const { query, operationName, variables } = params;
    const results = sockets.iterate({
      query,
      operationName: operationName ?? null,
      variables: variables as Record<string, unknown>,
    });
    return withEarlier(results) as unknown as FetcherResult;
  };
}
