// The limit of sockets: ws sends a string that is ready to everybody.
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { obey } from './obey.mjs';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
await once(server, 'listening');

obey({
  url: () => `ws://127.0.0.1:${server.address().port}/`,
  async broadcast({ times, text }) {
    for (let time = 0; time < times; time += 1) {
      for (const socket of server.clients) socket.send(text);
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
});
