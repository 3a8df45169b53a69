// So many WebSockets, each with one subscription, that count what they get: plain ws, so that little of the machine goes here.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { obey } from './obey.mjs';

const AT_ONCE = 100;
let sockets = [];
let received = 0;
let bytes = 0;
let sample = '';
let wanted = Infinity;
let done = () => {};
let first = 0;

function count(data) {
  if (received === 0) first = performance.now();
  received += 1;
  bytes += data.length;
  if (received === wanted) done();
}

async function join({ url, token, query, variables }) {
  const socket = new WebSocket(url, query ? 'graphql-transport-ws' : undefined, { perMessageDeflate: false });
  await once(socket, 'open');
  if (!query) {
    socket.on('message', count);
    return socket;
  }
  const acknowledged = once(socket, 'message');
  const payload = { authorization: `Bearer ${token}` };
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await acknowledged;
  socket.on('message', (data) => {
    const text = data.toString();
    if (text.includes('"next"')) {
      sample ||= text;
      count(data);
    } else if (text.includes('"error"')) throw new Error(text);
  });
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } }));
  return socket;
}

obey({
  async open({ count: wantedSockets, ...target }) {
    while (sockets.length < wantedSockets) {
      const more = Math.min(AT_ONCE, wantedSockets - sockets.length);
      sockets.push(...(await Promise.all(Array.from({ length: more }, () => join(target)))));
    }
  },
  expect(messages) {
    received = 0;
    bytes = 0;
    wanted = messages;
  },
  async untilAll() {
    if (received < wanted) await new Promise((resolve) => (done = resolve));
    return { seconds: (performance.now() - first) / 1000, bytes, sample };
  },
  close() {
    for (const socket of sockets) socket.terminate();
    sockets = [];
  },
});
