import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { expectNoSecret } from './canary.ts';
import type { TypedDocumentString } from '../generated/graphql.ts';

export interface GraphQLFailure {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string } & Record<string, unknown>;
}

/** An answer with top-level errors where none was expected. */
export class UnexpectedErrors extends Error {
  constructor(readonly errors: readonly GraphQLFailure[]) {
    super(errors.map((error) => `${error.extensions?.code}: ${error.message}`).join('\n'));
  }
}

export interface Answer<Result> {
  readonly status: number;
  readonly headers: Headers;
  readonly data?: Result | null;
  readonly errors?: readonly GraphQLFailure[];
}

/** Somebody with a token, speaking GraphQL over HTTP and sockets. */
export class Caller {
  #sockets: Client[] = [];

  constructor(
    readonly url: string,
    readonly userId: string,
    readonly token: string | undefined,
  ) {}

  async send<Result>(
    query: string,
    variables: unknown = {},
    headers: Record<string, string> = {},
  ): Promise<Answer<Result>> {
    const authorization: Record<string, string> =
      this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization, ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    expectNoSecret('an answer', text);
    const body = JSON.parse(text) as Omit<Answer<Result>, 'status' | 'headers'>;
    return { status: response.status, headers: response.headers, ...body };
  }

  /** The data of an operation that must succeed. */
  async run<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): Promise<Result> {
    const { data, errors } = await this.send<Result>(document.toString(), variables);
    if (errors || !data) throw new UnexpectedErrors(errors ?? []);
    return data;
  }

  /** The codes of an operation that must fail at the top level. */
  async failureCodes<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): Promise<string[]> {
    const { errors } = await this.send<Result>(document.toString(), variables);
    return (errors ?? []).map((error) => error.extensions.code);
  }

  /** A client as products use it; `retryAttempts` 0, so that a test sees every end. */
  socket(options: { retryAttempts?: number } = {}): Client {
    const client = createClient({
      url: `${this.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: this.token === undefined ? {} : { authorization: `Bearer ${this.token}` },
      retryAttempts: options.retryAttempts ?? 0,
    });
    this.#sockets.push(client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.#sockets.map(async (socket) => socket.dispose()));
    this.#sockets = [];
  }
}
