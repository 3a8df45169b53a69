import { Loop, within, type Stoppable } from '../platform/lifecycle.ts';
import type { Logger } from '../platform/logger.ts';
import type { SlackEventsService } from './slack-events.service.ts';

const POLL_MS = 1000;
const BATCH = 20;
const FORGET_EVERY_MS = 600_000;

/** Makes stored events take effect, and forgets them after a week. Any number of processes may run it. */
export class SlackEventsWorker implements Stoppable {
  readonly #applying: Loop;
  readonly #forgetting: Loop;

  constructor(events: SlackEventsService, logger: Logger) {
    const failed = (error: unknown) =>
      logger.error({ err: error }, "Working on Slack's events failed; it goes on with the next round.");
    this.#applying = new Loop(async () => ((await events.processDue(BATCH)) === BATCH ? 0 : POLL_MS), POLL_MS, failed);
    this.#forgetting = new Loop(() => events.forgetOld(), FORGET_EVERY_MS, failed);
  }

  start(): this {
    this.#applying.start(within(POLL_MS));
    this.#forgetting.start(within(POLL_MS));
    return this;
  }

  wake(): void {
    this.#applying.wake();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#applying.stop(), this.#forgetting.stop()]);
  }
}
