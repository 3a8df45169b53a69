import { ApolloClient, ApolloLink } from '@apollo/client';
import { ServerError } from '@apollo/client/errors';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { HttpLink } from '@apollo/client/link/http';
import { RetryLink } from '@apollo/client/link/retry';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { concatWith, dematerialize, filter, materialize, NEVER, tap, timeout, TimeoutError } from 'rxjs';
import { ViewerDocument } from '../../generated/graphql.ts';
import { createCache } from './cache.ts';
import { codeOf, isFinal } from './errors.ts';
import { Line } from './line.ts';
import { repeatFailed } from './repeat.ts';
import { openSocket } from './socket.ts';

export interface Api {
  readonly client: ApolloClient;
  readonly line: Line;
  /** The session ends if the server says that the token is not good; who the viewer is now is shown. */
  readonly askWhetherSignedIn: () => Promise<void>;
  stop(): void;
}

/** A subscription that is taken up again after a broken socket continues behind its last event: no gap, nothing twice. */
const resume = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    tap(({ data }) => {
      const [event] = Object.values((data ?? {}) as Record<string, { cursor?: string } | null>);
      // The socket's client reads these variables anew at each attempt.
      if (event?.cursor !== undefined) operation.variables['after'] = event.cursor;
    }),
  ),
);

const FORGET_EVERY_MS = 60_000;

/** Longer than the server waits for its database: what it would still answer must not be asked for again. */
const READ_WITHIN_MS = 35_000;
const TRIES = 4;
const TRIES_WITHOUT_ANSWER = 2;

/**
 * A line that died silently answers nothing, and all later equal reads wait for the one that waits. A mutation is left to
 * its end: what had come of it could not be known.
 */
const deadline = new ApolloLink((operation, forward) => {
  const answer = forward(operation);
  return operation.operationType === OperationTypeNode.QUERY ? answer.pipe(timeout({ first: READ_WITHIN_MS })) : answer;
});

/** Only reading is repeated: a mutation whose answer was lost is for a person to decide about. */
const retry = new RetryLink({
  delay: { initial: 300, max: 3_000 },
  attempts: (tried, { operationType }, error) =>
    operationType === OperationTypeNode.QUERY &&
    tried < (error instanceof TimeoutError ? TRIES_WITHOUT_ANSWER : TRIES) &&
    !(ServerError.is(error) && error.statusCode < 500),
});

/** Whoever signs in next is told nothing of what came of this one's questions, and nothing more is asked as them. */
const silence = (isStopped: () => boolean): ApolloLink =>
  new ApolloLink((operation, forward) =>
    isStopped()
      ? NEVER
      : forward(operation).pipe(
          materialize(),
          // What ends without a word is an error for whoever waits for it.
          concatWith(NEVER),
          filter(() => !isStopped()),
          dematerialize(),
        ),
  );

export function createApi(token: () => string, onUnauthenticated: () => void): Api {
  let isStopped = false;
  const line = new Line();
  const askWhetherSignedIn = async (): Promise<void> => {
    // A refusal is heard by the link; without any answer there is nothing to conclude.
    await client.query({ query: ViewerDocument, fetchPolicy: 'network-only' }).catch(() => undefined);
  };
  const socket = openSocket(token, line, () => void askWhetherSignedIn());
  const bearer = (): string => `Bearer ${token()}`;
  const authorize = new SetContextLink(() => ({ headers: { authorization: bearer() } }));
  const readFailed = repeatFailed(() => client, line);
  const refused = new ErrorLink(({ error, operation }) => {
    if (operation.operationType === OperationTypeNode.QUERY && !isFinal(codeOf(error))) readFailed();
    const { headers } = operation.getContext() as { headers?: { authorization?: string } };
    if (isStopped) return;
    // A late answer to the token before says nothing of this one.
    if (codeOf(error) === 'UNAUTHENTICATED' && headers?.authorization === bearer()) onUnauthenticated();
  });
  const http = ApolloLink.from([refused, retry, authorize, deadline, new HttpLink({ uri: '/graphql' })]);
  const live = ApolloLink.from([resume, new GraphQLWsLink(socket)]);
  const link = ApolloLink.from([
    silence(() => isStopped),
    ApolloLink.split(({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION, live, http),
  ]);
  const client = new ApolloClient({
    link,
    cache: createCache(),
    defaultOptions: {
      watchQuery: {
        // What was seen before is shown at once, and read again: only the stream of deliveries keeps itself current.
        fetchPolicy: 'cache-and-network',
        nextFetchPolicy: 'cache-first',
        // What failed is said until it is answered: at each try the page would jump by the height of the words.
        notifyOnNetworkStatusChange: false,
      },
    },
  });
  // What comes by the live stream is kept for as long as a page shows it.
  const forgetting = setInterval(() => client.cache.gc(), FORGET_EVERY_MS);
  return {
    client,
    line,
    askWhetherSignedIn,
    stop: () => {
      // Not the client's own stop(), by which what is being read fails, and is told as that.
      isStopped = true;
      clearInterval(forgetting);
      void socket.dispose();
    },
  };
}
