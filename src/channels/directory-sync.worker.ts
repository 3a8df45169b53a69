import type { AccessTokens, TokenAnswer } from '../credentials/access-tokens.service.ts';
import type { CredentialId } from '../platform/ids.ts';
import { Loop, within, type Stoppable } from '../platform/lifecycle.ts';
import type { Logger } from '../platform/logger.ts';
import type { ConversationPage, SlackGateway } from '../slack/gateway.ts';
import { isPassing } from '../slack/post-errors.policy.ts';
import type { CallBudgets } from './call-budget.repository.ts';
import type { ChannelType } from './channel.entity.ts';
import { listableTypes } from './channel.policy.ts';
import type { ChannelSync } from './channels.service.ts';
import type { DirectoryRepository, SyncLease } from './directory.repository.ts';

const POLL_MS = 1000;
/** So many directories are read at a time: a Slack that does not answer for one team keeps no other waiting. */
const CONCURRENT_SYNCS = 3;
/** Slack takes "under 1000" and allows about 20 calls a minute: the fewest calls for a large team. */
const PAGE_LIMIT = 999;
const RETRY_SECONDS = 15;
const NO_TOKEN = 'Slack could not be asked: there was no usable token';

/** Told of every directory that was read to its end. */
export interface SyncFollower {
  synced(lease: SyncLease): void;
}

/** Reads the conversations of principals from Slack into the directory, page by page, within Slack's limits. */
export class DirectorySync implements ChannelSync, Stoppable {
  readonly #loop: Loop;
  readonly #waiting = new Map<CredentialId, Set<() => void>>();
  /** Readers that were begun while the loop was held by others. */
  readonly #beside = new Set<Promise<void>>();
  #reading = 0;
  #stopped = false;

  constructor(
    private readonly directories: DirectoryRepository,
    private readonly budgets: CallBudgets,
    private readonly tokens: AccessTokens,
    private readonly slack: SlackGateway,
    private readonly follower: SyncFollower,
    private readonly logger: Logger,
  ) {
    this.#loop = new Loop(() => this.#work(), POLL_MS, this.#failed);
  }

  start(): this {
    this.#loop.start(within(POLL_MS));
    return this;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const waiting of this.#waiting.values()) for (const done of waiting) done();
    await Promise.all([this.#loop.stop(), ...this.#beside]);
  }

  async request(credentialId: CredentialId): Promise<void> {
    await this.directories.request(credentialId, false);
    this.#wake();
  }

  async refresh(credentialId: CredentialId): Promise<void> {
    await this.directories.request(credentialId, true);
    this.#wake();
  }

  /** Resolves when this process is done with this principal for now, or when the time is up. */
  async settled(credentialId: CredentialId, timeoutMs: number): Promise<void> {
    if (this.#stopped) return;
    await new Promise<void>((resolve) => {
      const waiting = this.#waiting.get(credentialId) ?? new Set();
      const done = () => {
        clearTimeout(timer);
        // Another process may be the one that reads: nobody here would ever take it out.
        waiting.delete(done);
        if (waiting.size === 0 && this.#waiting.get(credentialId) === waiting) this.#waiting.delete(credentialId);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.set(credentialId, waiting.add(done));
    });
  }

  readonly #failed = (error: unknown): void => {
    this.logger.error({ err: error }, 'reading channels from Slack failed; it is tried again');
  };

  /** The loop is held for as long as one listing takes: what is asked for meanwhile has a reader of its own. */
  #wake(): void {
    this.#loop.wake();
    if (this.#reading === 0 || this.#beside.size >= CONCURRENT_SYNCS - 1) return;
    const beside = this.#work(1)
      .catch(this.#failed)
      .finally(() => this.#beside.delete(beside));
    this.#beside.add(beside);
  }

  /** Where one found something to read, another looks for more beside it: mostly there is nothing, and one look tells it. */
  async #work(readers = CONCURRENT_SYNCS): Promise<void> {
    const lease = readers > 0 ? await this.#lease() : undefined;
    if (lease) await Promise.all([this.#readAll(lease), this.#work(readers - 1)]);
  }

  async #lease(): Promise<SyncLease | undefined> {
    return this.#stopped ? undefined : this.directories.lease();
  }

  async #readAll(first: SyncLease): Promise<void> {
    this.#reading += 1;
    try {
      for (let lease: SyncLease | undefined = first; lease; lease = await this.#lease()) {
        await this.#sync(lease);
        for (const done of this.#waiting.get(lease.credentialId) ?? []) done();
        this.#waiting.delete(lease.credentialId);
      }
    } finally {
      this.#reading -= 1;
    }
  }

  async #sync(lease: SyncLease): Promise<void> {
    const types = listableTypes(lease.scopes);
    // Granted anew in the middle of a run: what was read of it is not what is to be listed.
    const isOfOtherTypes = lease.cursor !== null && lease.runTypes.join() !== types.join();
    if (isOfOtherTypes) return this.directories.postpone(lease, 0, true);
    if (types.length === 0) {
      await this.directories.finish(lease, types, []);
      return;
    }
    let cursor: string | undefined = lease.cursor ?? undefined;
    while (!this.#stopped) {
      const next = await this.#page(lease, types, cursor);
      if (next === undefined) return;
      cursor = next;
    }
    // Another process goes on at once.
    await this.directories.postpone(lease, 0);
  }

  /** Reads and stores one page; answers with the cursor of the next, or undefined where the run is over for now. */
  async #page(
    lease: SyncLease,
    types: readonly ChannelType[],
    cursor: string | undefined,
  ): Promise<string | undefined> {
    const wait = await this.budgets.take(lease.teamId, 'conversations.list');
    if (wait > 0) {
      await this.directories.postpone(lease, wait);
      return undefined;
    }
    const page = { types, limit: PAGE_LIMIT, ...(cursor === undefined ? {} : { cursor }) };
    const answer = await this.tokens.call(lease.credentialId, (token) => this.slack.listConversations(token, page));
    if (answer.kind !== 'ok') {
      await this.#breakOff(lease, answer);
      return undefined;
    }
    const next = await this.#store(lease, types, answer.value);
    if (next === undefined && lease.isFirst && cursor !== undefined) await this.#gatherStatistics();
    return next;
  }

  async #store(lease: SyncLease, types: readonly ChannelType[], { conversations, nextCursor }: ConversationPage) {
    if (nextCursor !== undefined) {
      const stored = await this.directories.storePage(lease, types, conversations, nextCursor);
      return stored ? nextCursor : undefined;
    }
    if (await this.directories.finish(lease, types, conversations)) this.follower.synced(lease);
    return undefined;
  }

  async #gatherStatistics(): Promise<void> {
    await this.directories.gatherStatistics().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'statistics of the channels could not be gathered; Postgres does it by itself');
    });
  }

  async #breakOff(lease: SyncLease, answer: Exclude<TokenAnswer<unknown>, { kind: 'ok' }>): Promise<void> {
    switch (answer.kind) {
      case 'unusable':
        return this.directories.abandon(lease, NO_TOKEN);
      case 'rateLimited':
        await this.budgets.hold(lease.teamId, 'conversations.list', answer.retryAfterSeconds);
        return this.directories.postpone(lease, answer.retryAfterSeconds);
      case 'unavailable':
        return this.#tryLater(lease, answer.detail);
      case 'refused':
        if (isPassing(answer.error)) return this.#tryLater(lease, answer.error);
        return answer.error === 'invalid_cursor'
          ? this.directories.postpone(lease, 0, true)
          : this.directories.abandon(
              lease,
              `Slack refused the listing (${[answer.error, answer.needed].filter(Boolean).join(': ')})`,
            );
    }
  }

  #tryLater(lease: SyncLease, detail: string): Promise<void> {
    const { credentialId, teamId } = lease;
    this.logger.warn({ detail, credentialId, teamId }, 'Slack could not be asked for channels');
    return this.directories.postpone(lease, RETRY_SECONDS);
  }
}
