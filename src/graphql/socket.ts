import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Server } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Stoppable } from '../platform/lifecycle.ts';
import { KEEP_ALIVE_MS, keepAlive } from './keep-alive.ts';
import { FRAME_LIMIT_BYTES } from './limits.ts';
import { GRAPHQL_PATH } from './server.ts';
import { Outlet } from './outlet.ts';
import type { GraphQLSettings } from './settings.ts';
import { handleProtocols, socketProtocol, type SocketState } from './socket-protocol.ts';

/** How long a peer may take to answer our close before it is cut off; without it ws waits for half a minute. */
const CLOSE_GRACE_MS = 2_000;
/** Clients of graphql-ws and Apollo come back after it, to another process. */
const SERVICE_RESTART = 1012;
const BAD_REQUEST = 4400;

/** Joins one WebSocket to the protocol; graphql-ws's own binding logs to the console and cannot close with 1012. */
function attach(socket: WebSocket, protocol: Server<SocketState>, { logger }: GraphQLSettings): void {
  const outlet = new Outlet(socket);
  const state: SocketState = {
    socket,
    outlet,
    socketId: randomUUID(),
    operations: 0,
    streaming: new Set(),
    subscribed: new Map(),
    preparing: new Set(),
    running: new Set(),
  };
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      // Waits until the bytes have left, so that a slow reader slows its own operations down.
      send: (data) => outlet.send(data),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (receive) =>
        // Text frames come as one Buffer (`binaryType` is left at its default).
        socket.on('message', (data: Buffer) => {
          // Until the peer has answered a close, ws goes on to hand over what it asks for.
          if (socket.readyState !== socket.OPEN) return;
          receive(data.toString('utf8')).catch((error: unknown) => {
            logger.warn({ err: error, socketId: state.socketId }, 'A socket was closed after a message that failed');
            socket.close(BAD_REQUEST, 'The message could not be handled');
          });
        }),
    },
    state,
  );
  readAsItReads(socket, outlet);
  socket.on('error', (error) => logger.debug({ err: error, socketId: state.socketId }, 'A socket failed'));
  socket.once('close', (code, reason) => {
    closed(code, String(reason)).catch((error: unknown) =>
      logger.error({ err: error }, 'A closed socket was not cleaned up'),
    );
  });
}

/** A peer that asks without reading the answers is read no further until it has taken what waits for it. */
function readAsItReads(socket: WebSocket, outlet: Outlet): void {
  const holdBack = (): void => {
    if (!outlet.isFull || socket.isPaused) return;
    socket.pause();
    void outlet.drained().then(() => socket.resume());
  };
  socket.on('message', holdBack);
  socket.on('ping', holdBack);
}

async function closeAll(sockets: WebSocketServer): Promise<void> {
  const clients = [...sockets.clients];
  const gone = clients.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
  for (const socket of clients) socket.close(SERVICE_RESTART, 'The server is restarting');
  await Promise.all(gone);
}

/** Node has taken its own listeners off: unheard, a peer that resets would end the process, and one that stays would hold up its stop. */
function refuseUpgrade(connection: Duplex, status: string): void {
  connection.on('error', () => {});
  connection.once('finish', () => connection.destroy());
  connection.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Any other protocol that a client offers (Java's offers HTTP/2 with each request) is passed over, and the request answered as it is. */
export const asksForSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';

/** Serves queries, mutations and subscriptions over graphql-transport-ws on the path of the HTTP API. */
export function serveGraphQLOverSockets(
  server: HttpServer,
  settings: GraphQLSettings,
  keepAliveMs = KEEP_ALIVE_MS,
): Stoppable {
  const options = {
    noServer: true,
    maxPayload: FRAME_LIMIT_BYTES,
    handleProtocols,
    // An operation that is completed has ended before a next one may take its id.
    allowSynchronousEvents: false,
    // Not among its types.
    closeTimeout: CLOSE_GRACE_MS,
  };
  const sockets = new WebSocketServer(options);
  const protocol = socketProtocol(settings);
  const alive = keepAlive(sockets, keepAliveMs);
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
