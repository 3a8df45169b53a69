import type { ChannelId, CredentialId, TeamId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import {
  PERSISTENT_FAILURES,
  type FailingPlace,
  type Failure,
  type Holder,
  type RepeatedFailuresRepository,
} from './repeated-failures.repository.ts';

/** A message that came to rest; without a failure it arrived. */
export interface MessageEnd extends Holder {
  readonly teamId: TeamId;
  readonly channelId: ChannelId;
  readonly failure: Failure | null;
}

/** How soon a process learns of failures that others met. */
const KNOWN_FOR_MS = 5000;
const MAX_KNOWN = 10_000;
/** What nobody has tried for so long may work again. */
const FORGOTTEN_DAYS = 7;

/**
 * Notices what keeps failing: message after message in a channel, or check after check of a connection. Beside the
 * deliveries and never before them: nothing waits for it, and a delivery costs a statement only in a channel where
 * something failed.
 */
export class RepeatedFailures {
  #known: Set<ChannelId> | undefined;
  #knownAtMs = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(
    private readonly rows: RepeatedFailuresRepository,
    private readonly nowMs: () => number,
    private readonly logger: Logger,
    private readonly onPersistent: (kind: 'channel' | 'check') => void,
  ) {}

  /** In the order of the calls, so that a channel's failures and deliveries count as they came. */
  observe(ends: readonly MessageEnd[]): void {
    if (ends.length > 0) this.#last = this.#last.then(() => this.#count(ends));
  }

  /** What came of a check; without a failure it was answered well. */
  async checked(credentialId: CredentialId, teamId: TeamId, failure: Failure | null): Promise<void> {
    for (const { isFailing, ...holder } of await this.rows.holdersOf(credentialId)) {
      const place = { ...holder, channelId: null };
      if (failure) await this.#failed(place, teamId, failure);
      else if (isFailing) await this.rows.clear(place);
    }
  }

  forgetOld(): Promise<void> {
    return this.rows.forgetOlderThan(FORGOTTEN_DAYS);
  }

  /** Never throws: a count that is lost is no message lost. */
  async #count(ends: readonly MessageEnd[]): Promise<void> {
    try {
      const known = await this.#failingChannels();
      for (const { failure, teamId, ...place } of ends) {
        if (failure) {
          known.add(place.channelId);
          await this.#failed(place, teamId, failure);
        } else if (known.has(place.channelId)) await this.rows.clear(place);
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'Failures in a row could not be counted.');
    }
  }

  async #failed(place: FailingPlace, teamId: TeamId, failure: Failure): Promise<void> {
    if ((await this.rows.count(place, failure)) !== PERSISTENT_FAILURES) return;
    const { code: failureCode, slackError } = failure;
    const about = { ...place, teamId, failures: PERSISTENT_FAILURES, failureCode, slackError };
    if (place.channelId === null) {
      this.onPersistent('check');
      this.logger.warn(about, 'Every check of an authorization fails: see the problem of its connection.');
    } else {
      this.onPersistent('channel');
      this.logger.warn(about, 'Every message to a channel fails: see the problem of its connection.');
    }
  }

  async #failingChannels(): Promise<Set<ChannelId>> {
    const now = this.nowMs();
    if (this.#known === undefined || now - this.#knownAtMs > KNOWN_FOR_MS) {
      this.#known = new Set(await this.rows.channels(MAX_KNOWN));
      this.#knownAtMs = now;
    }
    return this.#known;
  }
}
