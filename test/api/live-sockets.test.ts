import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DeliveryStatusChangedDocument } from '../generated/graphql.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { accepted, World } from '../support/world.ts';

/** From 24.9 and 22.21 on Node asks which requests to upgrade. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const CAN_PASS_OVER = major > 24 || (major === 24 && minor >= 9) || (major === 22 && minor >= 21);

let world: World;
let desk: Desk;

beforeAll(async () => {
  world = await World.start({ env: UNPACED });
  await world.slack.config({ channelPostsPerSecond: 0 });
  desk = await openDesk(world, 'sockets');
});
afterAll(() => world.stop());

const open = async (url = world.url): Promise<RawSocket> => {
  const socket = await RawSocket.open(url, `Bearer ${desk.admin.token}`);
  await socket.message('connection_ack');
  return socket;
};

const now = (): Promise<string> => world.cursorOfNow(desk.admin, 'sockets');

/** A subscription to everything after a cursor, however late the server gets to it. */
const subscribe = (socket: RawSocket, id: string, after: string, query = DeliveryStatusChangedDocument.toString()) => {
  socket.send({ type: 'subscribe', id, payload: { query, variables: { workspaceId: 'sockets', after } } });
};

interface Next {
  readonly payload: { data: { deliveryStatusChanged: { cursor: string; notification: { id: string } } } };
}

/** Recorded refusals, straight into the table: their changes are what matters here. */
const refusals = (count: number): Promise<object[]> =>
  world.database.query(
    `insert into notifications (id, workspace_id, status, priority, text, requested_by, identity_kind, failure_code, expires_at)
     select gen_random_uuid(), 'sockets', 'FAILED', 1, repeat('x', 2000), 'nobody', 'WORKSPACE_BOT', 'CHANNEL_REQUIRED', now()
     from generate_series(1, $1)`,
    [count],
  );

test('a subscriber that stops reading is not cut: when it reads again it gets every change, in order', async () => {
  const big = Array.from({ length: 10 }, (_, index) => `text${index}: text`).join(' ');
  const query = `subscription ($workspaceId: ID!, $after: String) {
    deliveryStatusChanged(workspaceId: $workspaceId, after: $after) { cursor notification { id ${big} } } }`;
  const slow = await open();
  subscribe(slow, 'slow', await now(), query);
  const quick = await world.followFromNow(desk.admin, 'sockets');
  const { id } = await accepted(desk.admin, desk.message());
  await slow.message('next');
  await quick.untilAtRest(id);
  slow.socket.pause();
  const before = quick.changes.length;
  for (let slice = 0; slice < 10; slice += 1) await refusals(100);
  // Meanwhile everybody else is served.
  await quick.until((changes) => changes.length === before + 1000);
  slow.socket.resume();
  const nexts = (): Next[] => slow.messages.filter(({ type }) => type === 'next') as unknown as Next[];
  while (nexts().length < quick.changes.length) await slow.arrival();
  const cursors = nexts().map(({ payload }) => payload.data.deliveryStatusChanged.cursor);
  expect(cursors).toEqual(quick.changes.map(({ cursor }) => cursor));
  slow.socket.close();
  quick.stop();
});

test('an id may be used again after complete, and a stream that was completed says no more', async () => {
  const socket = await open();
  subscribe(socket, 'one', await now());
  await accepted(desk.admin, desk.message());
  await socket.message('next');
  socket.send({ type: 'complete', id: 'one' });
  socket.send({ type: 'ping' });
  await socket.message('pong');
  const told = socket.messages.length;
  const feed = await world.followFromNow(desk.admin, 'sockets');
  const { id } = await accepted(desk.admin, desk.message());
  await feed.untilAtRest(id);
  expect(socket.messages.slice(told).filter(({ type }) => type === 'next')).toEqual([]);
  subscribe(socket, 'one', await now());
  await refusals(1);
  await socket.arrival();
  expect(socket.messages.at(-1)).toMatchObject({ type: 'next', id: 'one' });
  socket.socket.close();
  feed.stop();
});

test('the 101st subscription of a socket is refused, and the others go on', async () => {
  const socket = await open();
  const after = await now();
  for (let count = 1; count <= 101; count += 1) subscribe(socket, `s${count}`, after);
  const { id, payload } = await socket.message('error');
  expect(id).toBe('s101');
  expect(payload).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } }]);
  socket.send({ type: 'complete', id: 's1' });
  await refusals(1);
  const heard = (): number =>
    new Set(socket.messages.flatMap(({ type, id: of }) => (type === 'next' ? [of] : []))).size;
  while (heard() < 99) await socket.arrival();
  socket.socket.close();
});

test('a frame of more than 64 KiB closes the socket, and the server goes on', async () => {
  const socket = await open();
  socket.send({ type: 'subscribe', id: 'big', payload: { query: `{ viewer { userId } } #${'x'.repeat(70_000)}` } });
  expect(await socket.closed).toMatchObject({ code: 1009 });
  const next = await open();
  next.socket.close();
});

test('another path is no socket', async () => {
  await expect(RawSocket.open(`${world.url}/elsewhere`, `Bearer ${desk.admin.token}`)).rejects.toThrow('404');
});

/** Asks for a WebSocket where there is none; resolves once the refusal has begun to arrive. */
const refusedUpgrade = async (): Promise<Socket> => {
  const { hostname, port } = new URL(world.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.write(`GET /elsewhere HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  await once(socket, 'data');
  return socket;
};

test('whoever is refused a socket and resets the connection, or never closes it, harms nobody', async () => {
  for (let count = 0; count < 5; count += 1) (await refusedUpgrade()).resetAndDestroy();
  const staying = await refusedUpgrade();
  const answer = once(staying, 'end');
  staying.resume();
  await answer;
  // What was closed from there as a whole answers the next byte by a reset.
  const reset = once(staying, 'error');
  const writing = setInterval(() => staying.write('x'), 20);
  await reset;
  clearInterval(writing);
  expect((await fetch(`${world.url}/livez`)).status).toBe(200);
});

test.runIf(CAN_PASS_OVER)('a request that offers to go on by HTTP/2, as those of Java do, is answered', async () => {
  const asking = request(`${world.url}/graphql`, {
    method: 'POST',
    headers: {
      connection: 'Upgrade, HTTP2-Settings',
      upgrade: 'h2c',
      'http2-settings': '',
      'content-type': 'application/json',
      authorization: `Bearer ${desk.admin.token}`,
    },
  });
  asking.end(JSON.stringify({ query: '{ viewer { userId } }' }));
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  expect(await json(response)).toEqual({ data: { viewer: { userId: desk.admin.userId } } });
});

test('SIGTERM closes sockets with 1012, lets open sends finish, and the process exits 0', async () => {
  const url = await world.addServer();
  const [first, second] = world.servers;
  const idle = await open(url);
  const following = await open(url);
  subscribe(following, 'stream', await now());
  await refusals(1);
  await following.message('next');
  second?.kill('SIGTERM');
  expect(await idle.closed).toMatchObject({ code: 1012 });
  expect(await following.closed).toMatchObject({ code: 1012 });
  expect(await second?.exited()).toBe(0);

  const feed = await world.followFromNow(desk.admin, 'sockets');
  const fault = { type: 'slow', ms: 700 };
  await world.slack.fault({ match: { method: 'chat.postMessage', channel: 'C0ACME0004' }, fault });
  const { id } = await accepted(desk.admin, desk.message({ channelId: 'C0ACME0004', text: 'open while stopping' }));
  await feed.untilStatus(id, 'SENDING');
  first?.kill('SIGTERM');
  expect(await first?.exited()).toBe(0);
  const [row] = await world.database.query<{ status: string }>('select status from notifications where id = $1', [id]);
  expect(row).toEqual({ status: 'DELIVERED' });
});
