import type { Outlet } from './outlet.ts';
import type { SharedEvents } from './shared-log.ts';
import type { Delivery, SubscriptionGroup } from './subscription-group.ts';

/** Events that are read from the log at once for one subscriber. */
const PAGE_EVENTS = 50;
/** Deliveries that wait, by reference, for a subscriber who reads up to the group's place. */
const MAX_WAITING = 500;

const DONE = { done: true, value: undefined } as const;

/**
 * One subscriber of a group. It reads the log from its own place up to the group's, takes what the group delivers from
 * there on, and goes back to the log when its socket does not keep up: what is not sent yet is never kept here.
 *
 * graphql-ws reads it as a stream that has no results of its own: they go to the socket as they are, and the one `next()`
 * ends, or fails, when the subscription does.
 */
export class GroupMember<Event, Place> implements AsyncGenerator<never, void> {
  #place: Place;
  readonly #prefix: string;
  /** What the group delivers while the log is still being read. */
  #waiting: Delivery<Place>[] | undefined;
  #isJoined = false;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;
  #served: Promise<void> | undefined;
  readonly #stopped = Promise.withResolvers<void>();
  #wake: (() => void) | undefined;

  constructor(
    private readonly group: SubscriptionGroup<Event, Place>,
    private readonly events: SharedEvents<Event, Place>,
    private readonly outlet: Pick<Outlet, 'isFull' | 'push' | 'drained'>,
    id: string,
  ) {
    this.#place = events.from;
    this.#prefix = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    group.enter(this);
  }

  /** Resolves as soon as it is stopped, whatever is being read: what comes later would end the next one of its id. */
  async next(): Promise<IteratorResult<never, void>> {
    this.#served ??= this.#serve().finally(() => this.#end());
    await Promise.race([this.#served, this.#stopped.promise]);
    return DONE;
  }

  async return(): Promise<IteratorResult<never, void>> {
    this.#stop();
    return DONE;
  }

  async throw(error: unknown): Promise<IteratorResult<never, void>> {
    this.#stop();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
  }

  /** From the group: the next events of its audience, in order. What was read from the log comes once more and is left out. */
  take(deliveries: readonly Delivery<Place>[]): void {
    for (const delivery of deliveries) {
      if (!this.#isJoined) return;
      if (this.#waiting) {
        if (this.#waiting.length < MAX_WAITING) this.#waiting.push(delivery);
        else this.#fallBehind();
      } else if (this.events.log.isAfter(delivery.place, this.#place)) {
        if (this.outlet.isFull) this.#fallBehind();
        else this.#sendOrFail(delivery);
      }
    }
  }

  /** From the group: look again at what has become of it. */
  wake(): void {
    this.#wake?.();
  }

  async #serve(): Promise<void> {
    try {
      await this.#follow();
    } catch (error) {
      // Nobody waits for the end of one that has ended already.
      if (!this.#isOver) throw error;
    }
  }

  async #follow(): Promise<void> {
    while (!this.#isOver) {
      await this.#catchUp();
      // Live until the socket does not keep up, or all is over.
      if (this.#isJoined && !this.group.isOver) await new Promise<void>((resolve) => (this.#wake = resolve));
      if (this.#failure) throw this.#failure.error;
      this.group.requireUnfailed();
      if (this.#isJoined && this.group.isOver) return;
    }
  }

  /** Takes part in the group before it reads up to the group's place: nothing falls between the two. */
  async #catchUp(): Promise<void> {
    await this.#drained();
    if (this.#isOver) return;
    this.#waiting = [];
    this.#isJoined = true;
    const target = this.group.join(this, this.events.audience);
    await this.group.catchUp(() => this.#readTo(target));
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.take(waiting ?? []);
  }

  async #readTo(target: Place): Promise<void> {
    const { log, audience } = this.events;
    while (!this.#isOver && log.isAfter(target, this.#place)) {
      const events = await log.read(this.#place, PAGE_EVENTS);
      const deliveries = await this.group.recentDeliveriesOf(events.filter((event) => audience.concerns(event)));
      for (const delivery of deliveries) {
        await this.#drained();
        if (this.#isOver) return;
        this.#send(delivery);
      }
      const last = events.at(-1);
      if (last !== undefined) this.#advance(log.placeOf(last));
      // There is nothing more up to here: what the group has passed was readable before it was passed.
      if (events.length < PAGE_EVENTS && log.isAfter(target, this.#place)) this.#advance(target);
    }
  }

  /** Waits while the socket holds enough already, and no longer than the subscription is open. */
  async #drained(): Promise<void> {
    while (this.outlet.isFull && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        void this.outlet.drained().then(resolve);
      });
    }
  }

  /** What ends one member must not reach the others. */
  #sendOrFail(delivery: Delivery<Place>): void {
    try {
      this.#send(delivery);
    } catch (error) {
      this.#failure = { error };
      this.#fallBehind();
    }
  }

  #send({ place, payload }: Delivery<Place>): void {
    this.#advance(place);
    if (payload !== undefined) this.outlet.push(`${this.#prefix}${payload}}`);
  }

  #advance(place: Place): void {
    this.events.log.requireUnbroken(this.#place, place);
    this.#place = place;
  }

  #fallBehind(): void {
    this.#leave();
    this.#waiting = undefined;
    this.wake();
  }

  #leave(): void {
    this.#isJoined = false;
    this.group.leave(this, this.events.audience);
  }

  /** By who subscribed: nothing is told any more. */
  #stop(): void {
    this.#end();
    this.#stopped.resolve();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#leave();
    this.group.exit(this);
    this.wake();
  }
}
