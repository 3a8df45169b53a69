import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { type Client, createClient } from 'graphql-ws';

export interface HeliographOptions {
  /** For example `https://heliograph.example.com/graphql`. */
  readonly url: string;
  /** Asked for every request and every connection of the socket: give a token that is fresh then. */
  readonly getToken: () => Promise<string>;
  /** How often a silent socket is asked whether it is still there. */
  readonly pingEveryMs?: number;
  /** How long a ping or a new connection may wait for its answer before the socket is given up. */
  readonly answerWithinMs?: number;
}

const LONGEST_WAIT_MS = 30_000;

/** Twice as long after each try, and never the same for two clients: they all lost the same server. */
const waitBeforeRetry = (retries: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, Math.random() * Math.min(1_000 * 2 ** retries, LONGEST_WAIT_MS));
  });

/** A socket that comes back for ever, with a fresh token each time; also one that died without a word. */
export const createSocket = ({
  url,
  getToken,
  pingEveryMs = 10_000,
  answerWithinMs = 5_000,
}: HeliographOptions): Client => {
  let unanswered: ReturnType<typeof setTimeout> | undefined;
  const answered = (): void => clearTimeout(unanswered);
  const awaitAnswer = (): void => {
    answered();
    unanswered = setTimeout(() => socket.terminate(), answerWithinMs);
  };
  const socket = createClient({
    url: url.replace(/^http/, 'ws'),
    connectionParams: async () => ({ authorization: `Bearer ${await getToken()}` }),
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: waitBeforeRetry,
    keepAlive: pingEveryMs,
    on: {
      connecting: awaitAnswer,
      opened: answered,
      ping: (received) => {
        if (!received) awaitAnswer();
      },
      pong: answered,
      closed: answered,
    },
  });
  return socket;
};

/** The cursor of a subscription's one field, where it was selected. */
const cursorOf = (data: Record<string, unknown> | null | undefined): string | undefined => {
  const [change] = Object.values(data ?? {}) as ({ readonly cursor?: string } | null)[];
  return change?.cursor;
};

/**
 * Subscriptions go on where they stopped: what is sent anew after a lost connection names the last cursor as `$after`.
 * Works for documents with a variable `$after` that select `cursor`.
 */
export const resuming = (socket: Client): Client => ({
  ...socket,
  subscribe: (payload, sink) => {
    const variables = { ...payload.variables };
    return socket.subscribe(
      { ...payload, variables },
      {
        next: (result) => {
          const cursor = cursorOf(result.data);
          // The same object is serialised at each connection.
          if (cursor !== undefined) variables['after'] = cursor;
          sink.next(result as Parameters<typeof sink.next>[0]);
        },
        error: (error) => sink.error(error),
        complete: () => sink.complete(),
      },
    );
  },
});

/** Queries and mutations over HTTP, subscriptions over one socket, and a cache in which every object is there once. */
export const createHeliographClient = (options: HeliographOptions): ApolloClient => {
  const bearer = new SetContextLink(async () => ({
    headers: { authorization: `Bearer ${await options.getToken()}` },
  }));
  const http = bearer.concat(new HttpLink({ uri: options.url }));
  const socket = new GraphQLWsLink(resuming(createSocket(options)));
  return new ApolloClient({
    link: ApolloLink.split(({ operationType }) => operationType === 'subscription', socket, http),
    cache: new InMemoryCache({
      typePolicies: {
        Query: {
          fields: {
            notificationHistory: relayStylePagination(['workspaceId', 'filter']),
            channels: relayStylePagination(['identityId', 'search', 'types', 'includeArchived']),
          },
        },
        // One conversation looks different to each identity: whether it is a member, whether it may post.
        Channel: { keyFields: false },
      },
    }),
  });
};
