import { once } from 'node:events';
import { promisify } from 'node:util';
import { type Client, createClient, type ExecutionResult } from 'graphql-ws';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { RawSocket } from '../../test/support/raw-socket.ts';
import { openStreams, startTinyServer, type TinyServer, viewer } from '../../test/support/tiny-graphql-server.ts';
import { systemClock } from '../platform/clock.ts';
import { FRAME_LIMIT_BYTES } from './limits.ts';

const open: { stop: () => Promise<void> }[] = [];
const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
  for (const server of open.splice(0)) await server.stop();
  expect(openStreams.size).toBe(0);
});

const start = async (...overrides: Parameters<typeof startTinyServer>): Promise<TinyServer> => {
  const server = await startTinyServer(...overrides);
  open.push(server);
  return server;
};

function connect(server: TinyServer, authorization: string | undefined = 'Bearer good'): Client {
  const client = createClient({
    url: server.socketUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
    lazy: true,
  });
  clients.push(client);
  return client;
}

const openRaw = async (server: TinyServer): Promise<RawSocket> => {
  const peer = await RawSocket.open(server.socketUrl.replace('/graphql', ''), 'Bearer good');
  await peer.message('connection_ack');
  return peer;
};

const closeOf = (client: Client): Promise<{ code: number; reason: string }> =>
  new Promise((resolve) => client.on('closed', (event) => resolve(event as { code: number; reason: string })));

/** Everything until the end; an `error` message is given as the errors of a last result. */
async function collect(client: Client, query: string, variables?: Record<string, unknown>): Promise<ExecutionResult[]> {
  const results: ExecutionResult[] = [];
  try {
    for await (const result of client.iterate({ query, ...(variables && { variables }) }))
      results.push(result as ExecutionResult);
  } catch (errors) {
    if (!Array.isArray(errors)) throw errors;
    results.push({ errors });
  }
  return results;
}

/** The next few results of a stream that goes on. */
async function take(client: Client, query: string, count: number): Promise<unknown[]> {
  const taken: unknown[] = [];
  for await (const result of client.iterate({ query })) {
    taken.push(result);
    if (taken.length === count) break;
  }
  return taken;
}

const codeOf = (results: ExecutionResult[]): unknown => results.at(-1)?.errors?.[0]?.extensions?.['code'];

describe('operations over a socket', () => {
  test('a subscription, a query and a mutation are all answered', async () => {
    const client = connect(await start());
    expect(await take(client, 'subscription { ticked(kind: "endless") }', 3)).toEqual(
      [1, 2, 3].map((ticked) => ({ data: { ticked } })),
    );
    expect(await collect(client, '{ me }')).toEqual([{ data: { me: 'user-1' } }]);
    expect(await collect(client, 'mutation { send(sender: { identityId: "i" }) }')).toEqual([{ data: { send: 'i' } }]);
  });

  test('an error of the source reaches the client with its code, at once or in mid-stream', async () => {
    const client = connect(await start());
    expect(codeOf(await collect(client, 'subscription { ticked(kind: "expired", failAt: 0) }'))).toBe('CURSOR_EXPIRED');
    const results = await collect(client, 'subscription { ticked(kind: "expired", failAt: 3) }');
    expect(results.slice(0, 2)).toEqual([{ data: { ticked: 1 } }, { data: { ticked: 2 } }]);
    expect(codeOf(results)).toBe('CURSOR_EXPIRED');
  });

  test('a fault is masked and logged', async () => {
    const server = await start();
    const results = await collect(connect(server), '{ fail(kind: "fault") }');
    expect(codeOf(results)).toBe('INTERNAL_SERVER_ERROR');
    expect(JSON.stringify(results)).not.toContain('hunter2');
    expect(JSON.stringify(server.logs)).toContain('hunter2');
  });

  test.each([
    ['malformed GraphQL', '{ me', 'GRAPHQL_PARSE_FAILED'],
    ['too many tokens', `{ ${'me '.repeat(2_100)} }`, 'QUERY_TOO_COMPLEX'],
    ['an unknown field', '{ mee }', 'GRAPHQL_VALIDATION_FAILED'],
    ['too many aliases', `{ ${Array.from({ length: 51 }, (_, n) => `a${n}: me`).join(' ')} }`, 'QUERY_TOO_COMPLEX'],
    ['too deep', `{ ${'leaf { '.repeat(12)} name ${'}'.repeat(12)} }`, 'QUERY_TOO_COMPLEX'],
    [
      'too costly',
      '{ leaves(first: 100) { nodes { leaves { leaves { leaves { leaves { name } } } } } } }',
      'QUERY_TOO_COMPLEX',
    ],
    ['several operations and no name', 'query A { me } query B { me }', 'BAD_USER_INPUT'],
  ])('the limits of HTTP hold: %s', async (_, query, code) => {
    expect(codeOf(await collect(connect(await start()), query))).toBe(code);
  });

  test('a bad variable is BAD_USER_INPUT', async () => {
    const client = connect(await start());
    expect(codeOf(await collect(client, 'query($k: String!) { fail(kind: $k) }', {}))).toBe('BAD_USER_INPUT');
  });

  test('a socket holds 100 subscriptions and refuses the next one only', async () => {
    const counts: number[] = [];
    const client = connect(await start({ onSubscriptionCount: (active) => counts.push(active) }));
    const endless = Array.from({ length: 100 }, () =>
      client.iterate({ query: 'subscription { ticked(kind: "endless") }' }),
    );
    await Promise.all(endless.map((stream) => stream.next()));
    expect(counts.at(-1)).toBe(100);
    expect(codeOf(await collect(client, 'subscription { ticked(kind: "endless") }'))).toBe('RATE_LIMITED');
    await endless[0]?.return?.();
    expect(await collect(client, '{ me }')).toEqual([{ data: { me: 'user-1' } }]);
    await Promise.all(endless.map(async (stream) => stream.return?.()));
    await collect(client, '{ me }');
    expect(counts.at(-1)).toBe(0);
  });
});

describe('who may connect, and for how long', () => {
  test.each([
    ['missing', ''],
    ['bad', 'Bearer bad'],
  ])('a %s token closes with 4403', async (_, authorization) => {
    const client = connect(await start(), authorization);
    const closed = closeOf(client);
    await expect(collect(client, '{ me }')).rejects.toMatchObject({ code: 4403 });
    expect((await closed).code).toBe(4403);
  });

  test('the socket closes with 4403 when its token expires', async () => {
    let expiresAt = new Date();
    const authenticate = async () => viewer((expiresAt = new Date(Date.now() + 1000)));
    const client = connect(await start({ authenticate }));
    const closed = closeOf(client);
    const stream = client.iterate({ query: 'subscription { ticked(kind: "endless") }' });
    await stream.next();
    expect(await closed).toMatchObject({ code: 4403, reason: 'The token has expired' });
    expect(Date.now() - expiresAt.getTime()).toBeLessThan(5_000);
  });

  test('nothing that comes after the expiry is executed, and who does not answer the close is cut off', async () => {
    let expiresAt = new Date();
    const authenticate = async () => viewer((expiresAt = new Date(Date.now() + 1000)));
    const server = await start({ authenticate });
    const peer = await openRaw(server);
    peer.socket.pause();
    const ask = (id: number): void =>
      peer.send({ type: 'subscribe', id: `${id}`, payload: { query: 'mutation { sendNotifications(texts: []) }' } });
    let asked = 0;
    const cut = async (): Promise<boolean> => {
      if (Date.now() > expiresAt.getTime()) ask((asked += 1));
      return (await promisify(server.server.getConnections.bind(server.server))()) === 0;
    };
    await expect.poll(cut).toBe(true);
    expect(asked).toBeGreaterThan(1);
    expect(server.ran).toEqual([]);
    peer.socket.terminate();
  });

  test('an operation that comes late is not executed where the timer of the expiry is later still', async () => {
    let sleptMs = 0;
    const clock = { ...systemClock, now: () => new Date(Date.now() + sleptMs) };
    const server = await start({ clock });
    const peer = await openRaw(server);
    sleptMs = 7_200_000;
    peer.send({ type: 'subscribe', id: 'late', payload: { query: '{ me }' } });
    expect(await peer.closed).toEqual({ code: 4403, reason: 'The token has expired' });
    expect(server.ran).toEqual([]);
  });

  test('a socket that asks for nothing ends with its token too, where the machine slept meanwhile', async () => {
    let sleptMs = 0;
    const clock = { ...systemClock, now: () => new Date(Date.now() + sleptMs) };
    const peer = await openRaw(await start({ clock }));
    sleptMs = 7_200_000;
    expect(await peer.closed).toEqual({ code: 4403, reason: 'The token has expired' });
  });

  test('another protocol is not spoken', async () => {
    const socket = new WebSocket((await start()).socketUrl, 'graphql-ws');
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('subprotocol');
  });

  test('another path is not served', async () => {
    const socket = new WebSocket((await start()).socketUrl.replace('/graphql', '/other'), 'graphql-transport-ws');
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('404');
  });

  test('a frame beyond 64 KiB closes the socket', async () => {
    const client = connect(await start());
    const closed = closeOf(client);
    await expect(collect(client, '{ me }', { pad: 'x'.repeat(FRAME_LIMIT_BYTES) })).rejects.toMatchObject({
      code: 1009,
    });
    expect((await closed).code).toBe(1009);
  });
});

describe('stopping', () => {
  test('every socket is closed with 1012 and every stream ends, twice is harmless', async () => {
    const counts: number[] = [];
    const server = await start({ onSubscriptionCount: (active) => counts.push(active) });
    const client = connect(server);
    const closed = closeOf(client);
    await client.iterate({ query: 'subscription { ticked(kind: "endless") }' }).next();
    await Promise.all([server.stopSockets(), server.stopSockets()]);
    expect((await closed).code).toBe(1012);
    expect(counts).toEqual([1, 0]);
    const late = new WebSocket(server.socketUrl, 'graphql-transport-ws');
    const [error] = (await once(late, 'error')) as [Error];
    expect(error.message).toContain('503');
  });

  test('a peer that does not answer the close is cut off', async () => {
    const server = await start();
    const socket = new WebSocket(server.socketUrl, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.pause();
    await server.stopSockets();
    socket.resume();
    await once(socket, 'close');
  });
});
