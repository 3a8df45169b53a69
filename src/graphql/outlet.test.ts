import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { MAX_BUFFERED_BYTES } from './limits.ts';
import { Outlet } from './outlet.ts';

test('a socket that closes while much waits for its peer is full no longer: nobody may wait for it', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const peer = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo | null)?.port}`);
  const [socket] = (await once(server, 'connection')) as [WebSocket];
  await once(peer, 'open');
  peer.pause();
  const outlet = new Outlet(socket);
  while (!outlet.isFull) outlet.push('x'.repeat(1_000_000));
  socket.close(1012);
  expect([socket.readyState, socket.bufferedAmount > MAX_BUFFERED_BYTES]).toEqual([WebSocket.CLOSING, true]);
  expect(outlet.isFull).toBe(false);
  await outlet.drained();
  socket.terminate();
  peer.terminate();
  await new Promise((resolve) => server.close(resolve));
});
