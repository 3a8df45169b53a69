import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startTinyServer, type TinyServer } from '../../test/support/tiny-graphql-server.ts';
import type { RateLimits } from '../platform/rate-limits.ts';
import { MAX_BUFFERED_BYTES } from './limits.ts';
import type { GraphQLSettings } from './settings.ts';

const open: { stop: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop();
});

const start = async (keepAliveMs?: number, settings: Partial<GraphQLSettings> = {}): Promise<TinyServer> => {
  const server = await startTinyServer(settings, keepAliveMs);
  open.push(server);
  return server;
};

const connect = async (server: TinyServer): Promise<WebSocket> => {
  const socket = new WebSocket(server.socketUrl, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer good' } }));
  await once(socket, 'message');
  return socket;
};

describe('a peer that does not read', () => {
  test('and goes on asking is read no further, and is answered in full when it reads', async () => {
    const socket = await connect(await start());
    const answers: string[] = [];
    socket.on('message', (data: Buffer) => answers.push(data.toString()));
    socket.pause();
    const ping = JSON.stringify({ type: 'ping', payload: { pad: 'x'.repeat(60_000) } });
    // 60 MB: more than the buffers of both ends could hold.
    for (let count = 0; count < 1_000; count += 1) socket.send(ping);
    // Both ends' buffers are full long before: what the server does not take stays here.
    const taken = new Promise<void>((resolve) => socket.send(ping, () => resolve()));
    const isTaken = await Promise.race([taken.then(() => true), pause(1_000).then(() => false)]);
    expect(isTaken).toBe(false);
    expect(socket.bufferedAmount).toBeGreaterThan(10 * MAX_BUFFERED_BYTES);
    socket.resume();
    while (answers.length < 1_001) await once(socket, 'message');
    socket.close();
  });

  test('is not cut off for nine pings, one that is gone is after ten', async () => {
    const server = await start(30);
    const [slow, gone, clock] = [await connect(server), await connect(server), await connect(server)];
    const closed = once(gone, 'close');
    slow.pause();
    gone.pause();
    for (let pings = 0; pings < 9; pings += 1) await once(clock, 'ping');
    slow.resume();
    await once(slow, 'ping');
    // What a paused socket is told is read when it reads again; the server has let go of it before.
    for (let pings = 0; pings < 5; pings += 1) await once(clock, 'ping');
    gone.resume();
    await closed;
    expect(slow.readyState).toBe(WebSocket.OPEN);
    for (const socket of [slow, clock]) socket.close();
  });
});

test('an id may be taken again in the same breath in which its operation is completed', async () => {
  const socket = await connect(await start());
  const heard: string[] = [];
  socket.on('message', (data: Buffer) => heard.push(data.toString()));
  const subscribe = JSON.stringify({
    type: 'subscribe',
    id: 'one',
    payload: { query: 'subscription { ticked(kind: "endless") }' },
  });
  socket.send(subscribe);
  while (heard.length < 3) await once(socket, 'message');
  for (const message of [JSON.stringify({ type: 'complete', id: 'one' }), subscribe]) socket.send(message);
  while (heard.length < 6) await once(socket, 'message');
  expect(heard.filter((message) => message.includes('complete'))).toEqual([]);
  expect(heard.slice(3)).toEqual(heard.slice(0, 3));
  socket.close();
});

test('an id that is taken again before its first operation has begun ends the socket: both would stream, one for ever', async () => {
  const begin = Promise.withResolvers<undefined>();
  const take = (): Promise<undefined> => begin.promise;
  const server = await start(undefined, { rateLimits: { take } as unknown as RateLimits });
  const socket = await connect(server);
  const payload = { query: 'subscription { ticked(kind: "endless") }' };
  const subscribe = JSON.stringify({ type: 'subscribe', id: 'one', payload });
  for (const message of [subscribe, JSON.stringify({ type: 'complete', id: 'one' }), subscribe]) socket.send(message);
  const [code] = await once(socket, 'close');
  expect(code).toBe(4409);
  begin.resolve(undefined);
});
