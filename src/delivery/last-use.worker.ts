import type { NotificationId } from '../platform/ids.ts';
import { Loop, type Stoppable } from '../platform/lifecycle.ts';
import type { Logger } from '../platform/logger.ts';
import type { Settled } from './settled-row.ts';
import type { LastUseRepository } from './last-use.repository.ts';

const FLUSH_MS = 5000;
/** More than these in one round name the same connections again. */
const MAX_REMEMBERED = 1000;

/** Notes now and then which connections delivered something. What a crash forgets, the next delivery notes again. */
export class LastUse implements Stoppable {
  readonly #delivered: NotificationId[] = [];
  readonly #loop: Loop;

  constructor(
    private readonly uses: LastUseRepository,
    logger: Logger,
  ) {
    this.#loop = new Loop(
      () => this.#flush(),
      FLUSH_MS,
      (error) => logger.warn({ err: error }, 'noting the last use of connections failed; the next round notes it'),
    );
  }

  start(): this {
    this.#loop.start();
    return this;
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  observe(batch: readonly Settled[]): void {
    for (const { row, status } of batch) {
      if (status === 'DELIVERED' && this.#delivered.length < MAX_REMEMBERED) this.#delivered.push(row.id);
    }
  }

  async #flush(): Promise<void> {
    const ids = [...this.#delivered];
    if (ids.length === 0) return;
    await this.uses.touch(ids);
    this.#delivered.splice(0, ids.length);
  }
}
