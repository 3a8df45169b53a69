import type { Client } from 'graphql-ws';
import {
  DeliveryStatusChangedDocument,
  type DeliveryStatus,
  type DeliveryStatusChangedSubscription,
} from '../generated/graphql.ts';

export type Change = DeliveryStatusChangedSubscription['deliveryStatusChanged'];

interface Waiter {
  readonly wanted: (changes: readonly Change[]) => boolean;
  readonly resolve: (changes: readonly Change[]) => void;
  readonly reject: (error: unknown) => void;
}

export const AT_REST: readonly DeliveryStatus[] = ['DELIVERED', 'FAILED', 'CANCELED', 'UNCONFIRMED'];

/** A subscription that keeps every change it got, and lets a test wait for one instead of for a time. */
export class StatusFeed {
  readonly changes: Change[] = [];
  /** Resolves when the subscription ends by itself; rejects when it ends with an error. */
  readonly ended: Promise<void>;
  #waiters: Waiter[] = [];
  #failure: unknown;
  readonly #unsubscribe: () => void;

  constructor(client: Client, variables: { workspaceId: string; notificationId?: string; after?: string }) {
    let finish: () => void;
    let fail: (error: unknown) => void;
    this.ended = new Promise<void>((resolve, reject) => {
      finish = resolve;
      fail = reject;
    });
    this.ended.catch(() => undefined);
    this.#unsubscribe = client.subscribe<DeliveryStatusChangedSubscription>(
      { query: DeliveryStatusChangedDocument.toString(), variables },
      {
        next: ({ data, errors }) => {
          if (errors) this.#end(errors);
          if (data) this.#take(data.deliveryStatusChanged);
        },
        error: (error) => {
          this.#end(error);
          fail(error);
        },
        complete: () => finish(),
      },
    );
  }

  of(notificationId: string): Change[] {
    return this.changes.filter((change) => change.notification.id === notificationId);
  }

  /** Resolves once what came so far is what is wanted. */
  until(wanted: Waiter['wanted']): Promise<readonly Change[]> {
    if (wanted(this.changes)) return Promise.resolve(this.changes);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => this.#waiters.push({ wanted, resolve, reject }));
  }

  async untilStatus(notificationId: string, ...statuses: DeliveryStatus[]): Promise<Change> {
    const reached = (change: Change): boolean =>
      change.notification.id === notificationId && statuses.includes(change.to);
    const changes = await this.until((all) => all.some(reached));
    return changes.find(reached) as Change;
  }

  untilAtRest(notificationId: string): Promise<Change> {
    return this.untilStatus(notificationId, ...AT_REST);
  }

  stop(): void {
    this.#unsubscribe();
  }

  #take(change: Change): void {
    this.changes.push(change);
    const done = this.#waiters.filter((waiter) => waiter.wanted(this.changes));
    this.#waiters = this.#waiters.filter((waiter) => !done.includes(waiter));
    for (const waiter of done) waiter.resolve(this.changes);
  }

  #end(error: unknown): void {
    this.#failure = error;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }
}
