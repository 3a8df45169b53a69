import type { WebSocket } from 'ws';
import { MAX_BUFFERED_BYTES } from './limits.ts';

/** Where the messages to one peer leave, and how much of them still waits in this process. */
export class Outlet {
  constructor(private readonly socket: WebSocket) {}

  /**
   * So much waits already that nothing more should be sent but what cannot be had again. A socket that is closing takes
   * nothing, and nobody waits for it: what it holds may never leave.
   */
  get isFull(): boolean {
    return this.socket.readyState === this.socket.OPEN && this.socket.bufferedAmount > MAX_BUFFERED_BYTES;
  }

  /** A socket that is closing takes nothing any more. */
  push(message: string): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(message);
  }

  /** Resolves when the bytes have left, or never will. */
  send(message: string): Promise<void> {
    return this.#left((left) => this.socket.send(message, left));
  }

  /** Resolves when everything pushed so far has left, or never will. */
  drained(): Promise<void> {
    // A ping goes after all of it, and what it asks for is an answer that the peer is alive.
    return this.#left((left) => this.socket.ping(undefined, undefined, left));
  }

  #left(write: (left: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.readyState === this.socket.OPEN) write(() => resolve());
      else resolve();
    });
  }
}
