import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { RawSocket } from '../../test/support/raw-socket.ts';
import { openStreams, startTinyServer, type TinyServer } from '../../test/support/tiny-graphql-server.ts';
import { RateLimits } from '../platform/rate-limits.ts';
import { DOCUMENT_LIMIT_BYTES, SUBSCRIPTIONS_PER_SOCKET } from './limits.ts';
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

/** Each of them asks for something beside, which must not be run either. */
const REFUSED: [string, string, object, string][] = [
  ['no GraphQL', '{ me', {}, 'GRAPHQL_PARSE_FAILED'],
  ['too many tokens', `{ ${'me '.repeat(2_100)} }`, {}, 'QUERY_TOO_COMPLEX'],
  ['too deep', nested(13), {}, 'QUERY_TOO_COMPLEX'],
  ['too many aliases', `{ ${aliases} }`, {}, 'QUERY_TOO_COMPLEX'],
  ['too costly', `{ me ${costly.slice(1)}`, {}, 'QUERY_TOO_COMPLEX'],
  ['an unknown field', '{ me mee }', {}, 'GRAPHQL_VALIDATION_FAILED'],
  ['two operations and no name', 'query A { me } query B { me }', {}, 'BAD_USER_INPUT'],
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
])('over %s', (_transport, ask) => {
  test.each(REFUSED)('%s is refused without running a resolver', async (_name, query, variables, code) => {
    const server = await start();
    const errors = await ask(server, query, variables);
    expect([...new Set(errors.map(({ extensions }) => extensions.code))]).toEqual([code]);
    expect(server.ran).toEqual([]);
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

test('queries and subscriptions that are in flight on one socket count together, and the next is not run', async () => {
  const server = await start();
  const socket = await RawSocket.open(server.socketUrl.replace('/graphql', ''), 'Bearer good');
  await socket.message('connection_ack');
  for (let id = 1; id <= SUBSCRIPTIONS_PER_SOCKET; id += 1) {
    const query = 'subscription { ticked(kind: "endless") }';
    socket.send({ type: 'subscribe', id: `${id}`, payload: { query } });
  }
  socket.send({ type: 'subscribe', id: 'one more', payload: { query: '{ me }' } });
  expect(await socket.message('error')).toMatchObject({
    id: 'one more',
    payload: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } }],
  });
  expect(server.ran).not.toContain('me');
  const closed = once(socket.socket, 'close');
  await server.stopSockets();
  await closed;
  expect(openStreams.size).toBe(0);
});
