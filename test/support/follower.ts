import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** What a change is told by: little, so that many clients can be played in one process. */
export const FOLLOW = `subscription ($workspaceId: ID!, $after: String) {
  deliveryStatusChanged(workspaceId: $workspaceId, after: $after) { cursor to at notification { id } }
}`;

export interface FollowedChange {
  readonly cursor: string;
  readonly to: string;
  readonly at: string;
  readonly notification: { readonly id: string };
}

type Message = {
  readonly type: string;
  readonly payload?: { readonly data: { deliveryStatusChanged: FollowedChange } };
};

export interface FollowerOptions {
  /** Where to go: asked anew for each connection. */
  readonly url: () => string;
  readonly token: string;
  readonly workspaceId: string;
  readonly cursor: string;
  /** A number in [0, 1), for the jitter of its returns. */
  readonly chance: () => number;
}

/** A client that never gives up: after each end it comes back with its last cursor. It keeps what it got, as short marks. */
export class Follower {
  readonly got: string[] = [];
  connections = 0;
  onChange: ((change: FollowedChange) => void) | undefined;
  #cursor: string;
  #socket: WebSocket | undefined;
  #isOver = false;
  #waiters: { readonly count: number; readonly resolve: () => void }[] = [];
  readonly #ended: Promise<void>;
  #failure: ((error: unknown) => void) | undefined;

  constructor(private readonly options: FollowerOptions) {
    this.#cursor = options.cursor;
    this.#ended = this.#run();
    this.#ended.catch((error: unknown) => this.#failure?.(error));
  }

  get isConnected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Reads nothing from its socket until it is told to. */
  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** Resolves when it has so many; rejects with what the server refused it with. */
  until(count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#failure = reject;
      if (this.got.length >= count) resolve();
      else this.#waiters.push({ count, resolve });
    });
  }

  /** Cuts its connection, without a word to the server. */
  destroy(): void {
    this.#socket?.terminate();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.destroy();
    await this.#ended.catch(() => undefined);
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      await this.#connect();
      if (!this.#isOver) await pause(20 + this.options.chance() * 480);
    }
  }

  /** One connection, from its beginning to its end. */
  async #connect(): Promise<void> {
    const { url, token, workspaceId } = this.options;
    const socket = new WebSocket(`${url().replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    this.#socket = socket;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.once('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
    );
    let refused: unknown;
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      if (message.type === 'connection_ack') {
        this.connections += 1;
        const payload = { query: FOLLOW, variables: { workspaceId, after: this.#cursor } };
        socket.send(JSON.stringify({ type: 'subscribe', id: 'follow', payload }));
      } else if (message.type === 'next' && message.payload?.data) {
        this.#take(message.payload.data.deliveryStatusChanged);
      } else {
        refused = message;
        socket.close();
      }
    });
    await closed;
    if (refused !== undefined) throw new Error(`A follower was told ${JSON.stringify(refused)}`);
  }

  #take(change: FollowedChange): void {
    this.#cursor = change.cursor;
    this.got.push(`${change.notification.id} ${change.to}`);
    this.onChange?.(change);
    if (this.#waiters.length === 0) return;
    const met = this.#waiters.filter(({ count }) => this.got.length >= count);
    this.#waiters = this.#waiters.filter((waiter) => !met.includes(waiter));
    for (const { resolve } of met) resolve();
  }
}
