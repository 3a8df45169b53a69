import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Server } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Stoppable } from '../platform/lifecycle.ts';
import { FRAME_LIMIT_BYTES } from './limits.ts';
import { GRAPHQL_PATH } from './server.ts';
import type { GraphQLSettings } from './settings.ts';
import { handleProtocols, socketProtocol, type SocketState } from './socket-protocol.ts';

const KEEP_ALIVE_MS = 12_000;
/** How long a peer may take to answer our close before it is cut off. */
const CLOSE_GRACE_MS = 2_000;
/** Clients of graphql-ws and Apollo come back after it, to another process. */
const SERVICE_RESTART = 1012;
const BAD_REQUEST = 4400;

/** Joins one WebSocket to the protocol; graphql-ws's own binding logs to the console and cannot close with 1012. */
function attach(socket: WebSocket, protocol: Server<SocketState>, { logger }: GraphQLSettings): void {
  const state: SocketState = { socket, socketId: randomUUID(), operations: 0, streaming: new Set() };
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      // Waits until the bytes have left, so that a slow reader slows its own subscriptions down.
      send: (data) =>
        new Promise<void>((resolve) => {
          if (socket.readyState !== socket.OPEN) resolve();
          else socket.send(data, () => resolve());
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (receive) =>
        // Text frames come as one Buffer (`binaryType` is left at its default).
        socket.on('message', (data: Buffer) => {
          receive(data.toString('utf8')).catch((error: unknown) => {
            logger.warn({ err: error, socketId: state.socketId }, 'A socket was closed after a message that failed');
            socket.close(BAD_REQUEST, 'The message could not be handled');
          });
        }),
    },
    state,
  );
  socket.on('error', (error) => logger.debug({ err: error, socketId: state.socketId }, 'A socket failed'));
  socket.once('close', (code, reason) => {
    closed(code, String(reason)).catch((error: unknown) =>
      logger.error({ err: error }, 'A closed socket was not cleaned up'),
    );
  });
}

/** Finds peers that are gone without a word: who has not answered the last ping is cut off. */
function keepAlive(sockets: WebSocketServer): NodeJS.Timeout {
  const silent = new WeakSet<WebSocket>();
  sockets.on('connection', (socket) => socket.on('pong', () => silent.delete(socket)));
  return setInterval(() => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) {
        socket.terminate();
      } else {
        silent.add(socket);
        socket.ping();
      }
    }
  }, KEEP_ALIVE_MS);
}

async function closeAll(sockets: WebSocketServer): Promise<void> {
  const clients = [...sockets.clients];
  const gone = clients.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
  for (const socket of clients) socket.close(SERVICE_RESTART, 'The server is restarting');
  const cut = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, CLOSE_GRACE_MS);
  await Promise.all(gone);
  clearTimeout(cut);
}

function refuseUpgrade(connection: Duplex, status: string): void {
  connection.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Serves queries, mutations and subscriptions over graphql-transport-ws on the path of the HTTP API. */
export function serveGraphQLOverSockets(server: HttpServer, settings: GraphQLSettings): Stoppable {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: FRAME_LIMIT_BYTES, handleProtocols });
  const protocol = socketProtocol(settings);
  const alive = keepAlive(sockets);
  let stopping: Promise<void> | undefined;
  sockets.on('connection', (socket: WebSocket) => attach(socket, protocol, settings));
  const upgrade = (request: IncomingMessage, connection: Duplex, head: Buffer): void => {
    const path = request.url?.split('?', 1)[0];
    if (path !== GRAPHQL_PATH) refuseUpgrade(connection, '404 Not Found');
    else if (stopping) refuseUpgrade(connection, '503 Service Unavailable');
    else sockets.handleUpgrade(request, connection, head, (socket) => sockets.emit('connection', socket, request));
  };
  server.on('upgrade', upgrade);
  const stop = async (): Promise<void> => {
    clearInterval(alive);
    await closeAll(sockets);
    sockets.close();
  };
  return { stop: () => (stopping ??= stop()) };
}
