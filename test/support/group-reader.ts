import { GroupMember } from '../../src/graphql/group-member.ts';
import type { SharedEvents } from '../../src/graphql/shared-log.ts';
import type { SubscriptionGroup } from '../../src/graphql/subscription-group.ts';

/** A peer whose socket a test fills and drains as it likes; what it got is a list. */
export class GroupReader {
  readonly got: string[] = [];
  /** Resolves or rejects as its subscription ends. */
  readonly ended: Promise<unknown>;
  readonly #member: GroupMember<unknown, unknown>;
  #waiters: { readonly count: number; readonly resolve: () => void }[] = [];
  #isPaused = false;
  #taken = 0;
  /** Messages in the buffer of a socket that is not read, at most so many before it is full. */
  #buffered: string[] = [];
  #drain: (() => void)[] = [];

  constructor(
    group: SubscriptionGroup<unknown, unknown>,
    events: SharedEvents<unknown, unknown>,
    private readonly capacity = 10,
  ) {
    const isFull = (): boolean => this.#buffered.length >= this.capacity;
    this.#member = new GroupMember(
      group,
      events,
      {
        get isFull() {
          return isFull();
        },
        push: (message) => this.#push(message),
        drained: () => new Promise<void>((resolve) => (this.#isPaused ? this.#drain.push(resolve) : resolve())),
      },
      'me',
    );
    this.ended = this.#member.next();
    this.ended.catch(() => undefined);
  }

  /** Most that ever waited for it. */
  mostBuffered = 0;

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    for (const message of this.#buffered.splice(0)) this.#receive(message);
    for (const drained of this.#drain.splice(0)) drained();
  }

  /** The next so many payloads. */
  async take(count: number): Promise<unknown[]> {
    const until = this.#taken + count;
    if (this.got.length < until) {
      await new Promise<void>((resolve) => this.#waiters.push({ count: until, resolve }));
    }
    const taken = this.got.slice(this.#taken, until);
    this.#taken = until;
    return taken.map((message) => (JSON.parse(message) as { payload: unknown }).payload);
  }

  async leave(): Promise<void> {
    await this.#member.return();
  }

  #push(message: string): void {
    if (!this.#isPaused) return this.#receive(message);
    this.#buffered.push(message);
    this.mostBuffered = Math.max(this.mostBuffered, this.#buffered.length);
  }

  #receive(message: string): void {
    this.got.push(message);
    const met = this.#waiters.filter(({ count }) => this.got.length >= count);
    this.#waiters = this.#waiters.filter((waiter) => !met.includes(waiter));
    for (const { resolve } of met) resolve();
  }
}
