import { setImmediate as nextTurn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Audience, Batch, SharedLog } from './shared-log.ts';

/** Messages that are sent before others get their turn: some milliseconds of work. */
const SENDS_PER_TURN = 1_000;

/** What is kept for those who catch up at the same time: more than they are apart, and not for long. */
const RECENT = { max: 1_000, ttl: 1_000 };

/** One event, executed and serialised for everybody who may see it; without a payload, a place that the log has reached. */
export interface Delivery<Place> {
  readonly place: Place;
  readonly payload?: string;
}

/** What a group asks of its members. */
interface Member<Place> {
  take(deliveries: readonly Delivery<Place>[]): void;
  wake(): void;
}

interface Joined<Event, Place> {
  readonly audience: Audience<Event>;
  readonly members: Set<Member<Place>>;
}

/**
 * Subscriptions with the same operation, variables and, where a field depends on it, viewer: it follows the log once and
 * executes each event once. Who may see which event is decided per audience, before anything is sent.
 */
export class SubscriptionGroup<Event, Place> {
  /** Everybody with an open subscription, also those who read the log by themselves for now. */
  readonly #open = new Set<Member<Place>>();
  readonly #joined = new Map<string, Joined<Event, Place>>();
  readonly #stopping = new AbortController();
  /** Payloads for those who catch up: after a restart everybody does, for the same events. */
  readonly #recent = new LRUCache<string, Promise<string>>(RECENT);
  #catchingUp = 0;
  readonly #batches: AsyncIterableIterator<Batch<Event, Place>>;
  #place: Place;
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;

  constructor(
    private readonly log: SharedLog<Event, Place>,
    /** Executes and serialises; waits, until the signal, rather than fails while the database is away. */
    private readonly render: (event: Event, signal: AbortSignal) => Promise<string>,
    private readonly onEnd: () => void,
  ) {
    const { from, batches } = log.follow();
    this.#place = from;
    this.#batches = batches;
    void this.#follow();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  requireUnfailed(): void {
    if (this.#failure) throw this.#failure.error;
  }

  enter(member: Member<Place>): void {
    this.#open.add(member);
  }

  /** The last one to go ends the group. */
  exit(member: Member<Place>): void {
    this.#open.delete(member);
    if (this.#open.size === 0) this.#stop();
  }

  /** Delivers to the member everything after the place that it answers with. */
  join(member: Member<Place>, audience: Audience<Event>): Place {
    const joined = this.#joined.get(audience.key) ?? { audience, members: new Set() };
    this.#joined.set(audience.key, joined);
    joined.members.add(member);
    return this.#place;
  }

  leave(member: Member<Place>, audience: Audience<Event>): void {
    const joined = this.#joined.get(audience.key);
    joined?.members.delete(member);
    if (joined?.members.size === 0) this.#joined.delete(audience.key);
  }

  /** For a member that reads the log by itself, as long as `reading` takes. */
  async catchUp(reading: () => Promise<void>): Promise<void> {
    this.#catchingUp += 1;
    try {
      await reading();
    } finally {
      this.#catchingUp -= 1;
      if (this.#catchingUp === 0) this.#recent.clear();
    }
  }

  /** For who catches up: an event that another one was told of within the last second is not executed again. */
  async recentDeliveriesOf(events: readonly Event[]): Promise<Delivery<Place>[]> {
    return this.#deliveriesOf(events, (event) => {
      const key = this.log.nameOf(this.log.placeOf(event));
      const recent = this.#recent.get(key);
      if (recent) return recent;
      const payload = this.render(event, this.#stopping.signal);
      this.#recent.set(key, payload);
      payload.catch(() => this.#recent.delete(key));
      return payload;
    });
  }

  /** Together, so that what they load is loaded together. */
  #deliveriesOf(events: readonly Event[], payloadOf: (event: Event) => Promise<string>): Promise<Delivery<Place>[]> {
    return Promise.all(
      events.map(async (event) => ({ place: this.log.placeOf(event), payload: await payloadOf(event) })),
    );
  }

  async #follow(): Promise<void> {
    try {
      for await (const batch of this.#batches) await this.#deliver(batch);
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#failure = { error };
    }
    this.#isOver = true;
    this.#stop();
    for (const member of this.#open) member.wake();
  }

  async #deliver({ events, place }: Batch<Event, Place>): Promise<void> {
    // First of all: who joins from here on reads this batch from the log.
    this.#place = place;
    const audiences = [...this.#joined.values()];
    const seen = events.filter((event) => audiences.some(({ audience }) => audience.concerns(event)));
    const deliveries = await this.#deliveriesOf(seen, (event) => this.render(event, this.#stopping.signal));
    let sends = 0;
    for (const { audience, members } of audiences) {
      const theirs: readonly Delivery<Place>[] =
        events.length === 0 ? [{ place }] : deliveries.filter((_, index) => audience.concerns(seen[index] as Event));
      for (const member of members) {
        member.take(theirs);
        sends += theirs.length;
        if (sends < SENDS_PER_TURN) continue;
        sends = 0;
        await nextTurn();
      }
    }
  }

  #stop(): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    void this.#batches.return?.();
    this.onEnd();
  }
}
