import { type Client, createClient } from 'graphql-ws';
import type { Line } from './line.ts';

const KEEP_ALIVE_MS = 10_000;
/** How long a ping or a new connection may wait for its answer before the socket is given up. */
const ANSWER_WITHIN_MS = 5_000;
/** The server does not believe the token, or not any more. */
const FORBIDDEN = 4403;
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 5_000;

const url = (): string => `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/graphql`;

const waitOf = (retries: number): number => Math.min(FIRST_WAIT_MS * 2 ** retries, LONGEST_WAIT_MS);

/** One socket for all subscriptions. It comes back by itself, whatever ended it, and notices a line that died silently. */
export function openSocket(token: () => string, line: Line, onForbidden: () => void): Client {
  let unanswered: ReturnType<typeof setTimeout> | undefined;
  const answered = () => clearTimeout(unanswered);
  const awaitAnswer = () => {
    answered();
    // Closing it would take a browser a minute: it waits for an answer to that as well.
    unanswered = setTimeout(() => client.terminate(), ANSWER_WITHIN_MS);
  };
  const client = createClient({
    url: url(),
    connectionParams: () => ({ authorization: `Bearer ${token()}` }),
    keepAlive: KEEP_ALIVE_MS,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    // Jitter: a restarted server must not meet all of its pages in one moment.
    retryWait: (retries) => line.pause(waitOf(retries) * (0.75 + Math.random() / 2)),
    on: {
      connecting: () => {
        awaitAnswer();
        if (line.read() === 'idle') line.set('connecting');
      },
      opened: answered,
      connected: () => line.set('open'),
      closed: (event) => {
        answered();
        const { code } = event as CloseEvent;
        // 1000 is our own doing: nothing is subscribed any more.
        line.set(code === 1000 ? 'idle' : 'down');
        if (code === FORBIDDEN) onForbidden();
      },
      ping: (received) => {
        if (!received) awaitAnswer();
      },
      pong: answered,
    },
  });
  return client;
}
