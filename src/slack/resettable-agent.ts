import { Agent as HttpsAgent } from 'node:https';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

type CreateConnection = HttpsAgent['createConnection'];

/** Of each encrypted connection the one below it: only that one can be reset. */
const below = new WeakMap<Duplex, Socket>();

/** Makes the connection below first, and TLS on it once it stands: until then Node may still change the address it tries. */
export class ResettableHttpsAgent extends HttpsAgent {
  override createConnection(...[options, callback]: Parameters<CreateConnection>): ReturnType<CreateConnection> {
    const socket = connect(options as NetConnectOpts);
    const fail = (error: Error): void => callback?.(error, socket);
    // Whoever asked for it may have given up meanwhile; nobody waits for it then.
    socket.unref();
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.ref();
      socket.off('error', fail);
      const encrypted = super.createConnection({ ...options, socket } as typeof options);
      if (!encrypted) return;
      // Unheard, an error of the one below would end the process.
      socket.on('error', (error) => encrypted.destroy(error));
      below.set(encrypted, socket);
      callback?.(null, encrypted);
    });
    return undefined;
  }
}

/**
 * Takes back what the system has not delivered yet: a connection that is merely closed goes on to deliver what was written
 * to it, for minutes, and a message would arrive long after it was looked for.
 */
export const takeBack = (socket: Socket | null): void => {
  const lowest = socket && (below.get(socket) ?? socket);
  if (lowest && !lowest.destroyed && !lowest.connecting) lowest.resetAndDestroy();
};
