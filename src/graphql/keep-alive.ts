import type { WebSocket, WebSocketServer } from 'ws';

/** Well below what load balancers allow a connection to be silent. */
export const KEEP_ALIVE_MS = 12_000;
/** A peer that reads slowly finds our ping late, so two minutes without a word are allowed. */
const SILENT_TICKS = 10;

/** Finds peers that are gone without a word: who has said nothing for so many pings is cut off. */
export function keepAlive(sockets: WebSocketServer, everyMs: number): NodeJS.Timeout {
  const unanswered = new WeakMap<WebSocket, number>();
  sockets.on('connection', (socket) => {
    const heard = (): void => void unanswered.delete(socket);
    for (const sign of ['message', 'ping', 'pong'] as const) socket.on(sign, heard);
  });
  return setInterval(() => {
    for (const socket of sockets.clients) {
      const pings = unanswered.get(socket) ?? 0;
      unanswered.set(socket, pings + 1);
      if (pings < SILENT_TICKS) socket.ping();
      else socket.terminate();
    }
  }, everyMs);
}
