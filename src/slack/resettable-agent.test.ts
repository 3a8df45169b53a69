import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { HttpTransport } from './http-transport.ts';
import { ResettableHttpsAgent, takeBack } from './resettable-agent.ts';

/** More than a peer takes that does not read, and less than the system takes from who writes. */
const BODY = 'x'.repeat(400_000);

const listen = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
};

/** What arrives at somebody who begins to read only now. */
const readRest = async (socket: Socket): Promise<number> => {
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.resume();
  await closed;
  return bytes;
};

test('a request that was given up does not arrive later, though the system had taken all of it', async () => {
  const server = createServer({ pauseOnConnect: true });
  const port = await listen(server);
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const transport = new HttpTransport();
  onTestFinished(() => transport.close());
  const url = new URL(`http://127.0.0.1:${port}/`);
  const headers = { 'content-length': `${BODY.length}` };
  const deadline = { at: systemClock.monotonicMs() + 1_000, clock: systemClock };
  const exchange = await transport.send({ url, headers, body: BODY }, deadline);
  expect(exchange).toEqual({ kind: 'noAnswer', bytesLeft: true, detail: 'Slack did not answer in time.' });
  const [socket] = await accepted;
  expect(await readRest(socket)).toBeLessThan(BODY.length);
});

test('nor does an encrypted one', async () => {
  const psk = { psk: Buffer.alloc(32, 1), identity: 'test' };
  const shared = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const;
  const server = createTlsServer({ ...shared, pskCallback: () => psk.psk });
  const port = await listen(server);
  const accepted = once(server, 'secureConnection') as Promise<[Socket]>;
  const agent = new ResettableHttpsAgent({ ...shared, pskCallback: () => psk, checkServerIdentity: () => undefined });
  onTestFinished(() => agent.destroy());
  const request = httpsRequest({ agent, port, host: '127.0.0.1', method: 'POST' });
  request.on('error', () => {});
  const taken = new Promise((resolve) => request.end(BODY, () => resolve(undefined)));
  const [socket] = await accepted;
  await taken;
  takeBack(request.socket);
  request.destroy();
  expect(await readRest(socket)).toBeLessThan(BODY.length);
});
