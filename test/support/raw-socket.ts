import { once } from 'node:events';
import { WebSocket } from 'ws';
import { expectNoSecret } from './canary.ts';

interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** A socket of graphql-transport-ws without a client's manners: what it is told, in the order it is told. */
export class RawSocket {
  readonly messages: { type: string; id?: string; payload?: unknown }[] = [];
  readonly closed: Promise<Closing>;
  #arrived: (() => void)[] = [];

  private constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    socket.on('message', (data: Buffer) => {
      expectNoSecret('a message of a socket', data.toString());
      this.messages.push(JSON.parse(data.toString()) as { type: string });
      for (const arrived of this.#arrived.splice(0)) arrived();
    });
  }

  /** Opens and introduces itself; the server's answer is a message or the closing. */
  static async open(url: string, authorization?: string): Promise<RawSocket> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const raw = new RawSocket(socket);
    await once(socket, 'open');
    raw.send({ type: 'connection_init', ...(authorization === undefined ? {} : { payload: { authorization } }) });
    return raw;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Resolves with the first message of one of these types, however early it came. */
  async message(...types: string[]): Promise<{ type: string; id?: string; payload?: unknown }> {
    for (;;) {
      const found = this.messages.find(({ type }) => types.includes(type));
      if (found) return found;
      await this.arrival();
    }
  }

  /** Resolves with the next message, whatever it is; rejects when the socket closes before. */
  arrival(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#arrived.push(resolve);
      void this.closed.then(({ code, reason }) => reject(new Error(`closed with ${code}: ${reason}`)));
    });
  }
}
