import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { RawSocket } from '../../test/support/raw-socket.ts';
import { openStreams, releases, startTinyServer, type TinyServer } from '../../test/support/tiny-graphql-server.ts';
import { RateLimits } from '../platform/rate-limits.ts';
import { DOCUMENT_LIMIT_BYTES, OPERATIONS_IN_FLIGHT_PER_SOCKET } from './limits.ts';
import type { GraphQLSettings } from './settings.ts';

const servers: TinyServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

const start = async (overrides: Partial<GraphQLSettings> = {}): Promise<TinyServer> => {
  const server = await startTinyServer(overrides);
  servers.push(server);
  return server;
};

interface Failure {
  readonly message: string;
  readonly extensions: { readonly code: string; readonly retryAfterSeconds?: number };
}

type Ask = (server: TinyServer, query: string, variables?: object) => Promise<readonly Failure[]>;

const overHttp: Ask = async (server, query, variables = {}) => {
  const answer = (await (await server.post({ query, variables })).json()) as { errors?: Failure[] };
  return answer.errors ?? [];
};

const overSocket: Ask = async (server, query, variables = {}) => {
  const socket = await RawSocket.open(server.socketUrl.replace('/graphql', ''), 'Bearer good');
  await socket.message('connection_ack');
  socket.send({ type: 'subscribe', id: '1', payload: { query, variables } });
  const { type, payload } = await socket.message('error', 'next');
  socket.socket.close();
  return type === 'error' ? (payload as Failure[]) : ((payload as { errors?: Failure[] }).errors ?? []);
};

const nested = (levels: number): string => `{ ${'leaf { '.repeat(levels)} name ${'}'.repeat(levels)} }`;
const aliases = Array.from({ length: 51 }, (_, index) => `a${index}: me`).join(' ');
const costly = '{ leaves(first: 100) { nodes { leaves { leaves { leaves { leaves { name } } } } } } }';

/** A refusal is to take 50 ms at most, where a small answer takes a millisecond or two. */
const MUCH = 50;

/** Each of them asks for something beside, which must not be run either. */
const REFUSED: [string, string, object, string][] = [
  ['no GraphQL', '{ me', {}, 'GRAPHQL_PARSE_FAILED'],
  ['too many tokens', `{ ${'me '.repeat(2_100)} }`, {}, 'QUERY_TOO_COMPLEX'],
  ['too deep', nested(13), {}, 'QUERY_TOO_COMPLEX'],
  ['too many aliases', `{ ${aliases} }`, {}, 'QUERY_TOO_COMPLEX'],
  ['too costly', `{ me ${costly.slice(1)}`, {}, 'QUERY_TOO_COMPLEX'],
  ['an unknown field', '{ me mee }', {}, 'GRAPHQL_VALIDATION_FAILED'],
  ['two operations and no name', 'query A { me } query B { me }', {}, 'BAD_USER_INPUT'],
  [
    'a subscription on a condition',
    'subscription ($on: Boolean!) { ticked(kind: "x") @include(if: $on) }',
    { on: true },
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['a condition that says nothing', 'subscription { ticked(kind: "x") @skip }', {}, 'GRAPHQL_VALIDATION_FAILED'],
  ['a variable that does not fit', 'query ($k: String!) { me fail(kind: $k) }', { k: 7 }, 'BAD_USER_INPUT'],
];

/** Wrong by one letter: a development server would name what was meant. */
const NEARLY: [string, string, object][] = [
  ['a field', '{ mee }', {}],
  ['an argument', '{ fail(kindd: "x") }', {}],
  ['a type', 'query ($i: WhenInputt!) { when(input: $i) }', {}],
  ['an input field', '{ when(input: { att: "x" }) }', {}],
  ['an input field in a variable', 'query ($i: WhenInput!) { when(input: $i) }', { i: { att: 'x' } }],
  ['the type of a fragment', '{ leaf { ...f } } fragment f on Leaff { name }', {}],
];

describe.each([
  ['HTTP', overHttp],
  ['a socket', overSocket],
])('over %s', (transport, ask) => {
  test.each(REFUSED)('%s is refused without running a resolver', async (_name, query, variables, code) => {
    const server = await start();
    const errors = await ask(server, query, variables);
    expect([...new Set(errors.map(({ extensions }) => extensions.code))]).toEqual([code]);
    expect(server.ran).toEqual([]);
  });

  test('no refusal takes much longer than a small answer, and none of them comes to a resolver', async () => {
    const server = await start();
    const timed = async (name: string, query: string, variables?: object): Promise<number> => {
      const tookMs: number[] = [];
      for (let count = 0; count < 10; count += 1) {
        const startedAt = performance.now();
        await ask(server, query, variables);
        tookMs.push(performance.now() - startedAt);
      }
      const median = tookMs.toSorted((a, b) => a - b)[5] ?? 0;
      const most = Math.max(...tookMs).toFixed(1);
      process.stdout.write(`refusal over ${transport}, ${name}: ${median.toFixed(1)} ms, at most ${most}\n`);
      return median;
    };
    const answer = await timed('a small answer beside it', '{ me }');
    const ran = server.ran.length;
    for (const [name, query, variables] of REFUSED)
      expect(await timed(name, query, variables)).toBeLessThan(MUCH * answer);
    expect(server.ran.length).toBe(ran);
  });

  test('introspection that is off is refused', async () => {
    const server = await start({ introspection: 'off' });
    const [error] = await ask(server, '{ me __schema { types { name } } }');
    expect(error?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(server.ran).toEqual([]);
  });

  test.each(NEARLY)('%s that nearly exists is suggested in development only', async (_name, query, variables) => {
    const told = (errors: readonly Failure[]): string => errors.map(({ message }) => message).join('\n');
    expect(told(await ask(await start({ suggestions: true }), query, variables))).toContain('Did you mean');
    const inProduction = told(await ask(await start({ suggestions: false }), query, variables));
    expect(inProduction).not.toBe('');
    expect(inProduction).not.toContain('Did you mean');
  });

  test('a user beyond their rate is RATE_LIMITED, also while the database that counts is away', async () => {
    const away = { query: () => Promise.reject(new Error('The database is away.')) };
    const server = await start({ rateLimits: new RateLimits(away, { VIEWER: 1, WORKSPACE: 0 }) });
    const refused: Failure[] = [];
    // A second may end between two of them.
    while (refused.length === 0) {
      const before = server.ran.length;
      refused.push(...(await ask(server, '{ me }')));
      expect(server.ran.length).toBe(before + (refused.length === 0 ? 1 : 0));
    }
    expect(refused[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 1 });
  });
});

test('a document beyond 256 KiB is refused also in a bulk send, and a bulk send within it is not', async () => {
  const server = await start();
  const bulk = (query: string) => server.post({ query, variables: { texts: ['x'.repeat(DOCUMENT_LIMIT_BYTES)] } });
  const mutation = 'mutation ($texts: [String!]!) { sendNotifications(texts: $texts) }';
  const refused = await bulk(`${mutation} #${'x'.repeat(DOCUMENT_LIMIT_BYTES)}`);
  expect(refused.status).toBe(413);
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  expect(server.ran).toEqual([]);
  expect(await (await bulk(mutation)).json()).toEqual({ data: { sendNotifications: 1 } });
});

const openSocket = async (server: TinyServer): Promise<RawSocket> => {
  const socket = await RawSocket.open(server.socketUrl.replace('/graphql', ''), 'Bearer good');
  await socket.message('connection_ack');
  return socket;
};
const ask = (socket: RawSocket, id: string, query: string): void =>
  socket.send({ type: 'subscribe', id, payload: { query } });
const endless = 'subscription { ticked(kind: "endless") }';
const isRefused = { payload: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } }] };

test('a socket full of subscriptions takes no more of them, and still answers queries', async () => {
  const server = await start({ subscriptionsPerSocket: 5 });
  const socket = await openSocket(server);
  for (let id = 1; id <= 5; id += 1) ask(socket, `${id}`, endless);
  ask(socket, 'a query', '{ me }');
  ask(socket, 'one more', endless);
  expect(await socket.message('error')).toMatchObject({ id: 'one more', ...isRefused });
  expect(openStreams.size).toBe(5);
  expect(socket.messages).toContainEqual({ type: 'next', id: 'a query', payload: { data: { me: 'user-1' } } });
  const closed = once(socket.socket, 'close');
  await server.stopSockets();
  await closed;
  expect(openStreams.size).toBe(0);
});

test('queries that run are bounded on a socket, also where its client has completed them, and end to make room', async () => {
  const server = await start();
  const socket = await openSocket(server);
  for (let id = 1; id <= OPERATIONS_IN_FLIGHT_PER_SOCKET; id += 1) {
    ask(socket, `${id}`, '{ held }');
    if (id % 2 === 0) socket.send({ type: 'complete', id: `${id}` });
  }
  ask(socket, 'one more', '{ me }');
  expect(await socket.message('error')).toMatchObject({ id: 'one more', ...isRefused });
  expect(server.ran).toEqual(Array.from({ length: OPERATIONS_IN_FLIGHT_PER_SOCKET }, () => 'held'));
  for (const release of releases.splice(0)) release();
  while (socket.messages.filter(({ type }) => type === 'complete').length < OPERATIONS_IN_FLIGHT_PER_SOCKET / 2) {
    await socket.arrival();
  }
  ask(socket, 'and again', '{ me }');
  const answered = () => socket.messages.find(({ type, id }) => type === 'next' && id === 'and again');
  while (!answered()) await socket.arrival();
  expect(answered()).toMatchObject({ payload: { data: { me: 'user-1' } } });
  socket.socket.close();
});
