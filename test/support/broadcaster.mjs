// The most that a socket server can do: `ws` broadcasting a ready string to whoever is connected. On standard input,
// "<messages> <bytes>" makes it send so many of that size; it answers with a line when all are handed over.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WebSocketServer } from 'ws';

const http = createServer();
const sockets = new WebSocketServer({ noServer: true });
http.on('upgrade', (request, connection, head) =>
  sockets.handleUpgrade(request, connection, head, (socket) => {
    // The crowd introduces itself and subscribes: every message is acknowledged, as far as it needs to know.
    socket.on('message', (message) => {
      const { type } = JSON.parse(message.toString());
      if (type !== 'subscribe') socket.send(type === 'ping' ? '{"type":"pong"}' : '{"type":"connection_ack"}');
    });
  }),
);
http.listen(0, '127.0.0.1', () => console.log(`listening on ${http.address().port}`));

const broadcast = async (line) => {
  const [messages, bytes] = line.split(' ').map(Number);
  const message = 'x'.repeat(bytes);
  for (let sent = 0; sent < messages; sent += 1) {
    for (const socket of sockets.clients) socket.send(message);
    await nextTurn();
  }
  console.log('sent');
};

createInterface({ input: process.stdin }).on('line', (line) => void broadcast(line));
process.stdin.on('end', () => process.exit());
