import type { Client } from 'graphql-ws';
import { ConnectionStatusChangedDocument, type ConnectionStatusChangedSubscription } from '../generated/graphql.ts';

export type ConnectionChange = ConnectionStatusChangedSubscription['connectionStatusChanged'];

interface Waiter {
  readonly count: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A subscription to connections that keeps every change it got, and lets a test wait for a number of them. */
export class ConnectionFeed {
  readonly changes: ConnectionChange[] = [];
  #waiters: Waiter[] = [];
  #failure: unknown;
  readonly stop: () => void;

  constructor(client: Client, variables: { workspaceId: string; after?: string }) {
    this.stop = client.subscribe<ConnectionStatusChangedSubscription>(
      { query: ConnectionStatusChangedDocument.toString(), variables },
      {
        next: ({ data, errors }) => {
          if (errors) this.#end(errors);
          if (data) this.#take(data.connectionStatusChanged);
        },
        error: (error) => this.#end(error),
        complete: () => undefined,
      },
    );
  }

  /** Rejects with what ended the subscription. */
  async first(count: number): Promise<readonly ConnectionChange[]> {
    if (this.changes.length < count) {
      if (this.#failure !== undefined)
        throw this.#failure instanceof Error ? this.#failure : new Error(JSON.stringify(this.#failure));
      await new Promise<void>((resolve, reject) => this.#waiters.push({ count, resolve, reject }));
    }
    return this.changes.slice(0, count);
  }

  #take(change: ConnectionChange): void {
    this.changes.push(change);
    const isMet = ({ count }: Waiter): boolean => this.changes.length >= count;
    const met = this.#waiters.filter(isMet);
    this.#waiters = this.#waiters.filter((waiter) => !met.includes(waiter));
    for (const { resolve } of met) resolve();
  }

  #end(error: unknown): void {
    this.#failure = error;
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }
}
