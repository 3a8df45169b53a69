import type { AccessTokens } from '../credentials/access-tokens.service.ts';
import type { CredentialId } from '../platform/ids.ts';
import { Loop, type Stoppable } from '../platform/lifecycle.ts';
import type { Logger } from '../platform/logger.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import { listableTypes, missingTypeGaps } from './channel.policy.ts';
import type { ChannelRepository, SyncLease } from './channel.repository.ts';
import type { ChannelSync } from './channels.service.ts';

const POLL_MS = 1000;
/** Slack takes "under 1000" and allows about 20 calls a minute: the fewest calls for a large team. */
const PAGE_LIMIT = 999;
const RETRY_SECONDS = 15;
const NEEDS_A_PERSON = 'the connection needs to be authorized again';

/** Reads the conversations of principals from Slack into the directory, page by page, within Slack's limits. */
export class DirectorySync implements ChannelSync, Stoppable {
  readonly #loop: Loop;
  readonly #waiting = new Map<CredentialId, (() => void)[]>();
  #stopped = false;

  constructor(
    private readonly channels: ChannelRepository,
    private readonly tokens: AccessTokens,
    private readonly slack: SlackGateway,
    private readonly scopesOf: (credentialId: CredentialId) => Promise<readonly string[]>,
    private readonly logger: Logger,
  ) {
    this.#loop = new Loop(
      () => this.#work(),
      POLL_MS,
      (error) => {
        logger.error({ err: error }, 'reading channels from Slack failed; it is tried again');
      },
    );
  }

  start(): this {
    this.#loop.start();
    return this;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const waiting of this.#waiting.values()) for (const done of waiting) done();
    await this.#loop.stop();
  }

  async request(credentialId: CredentialId): Promise<void> {
    await this.channels.requestSync(credentialId);
    this.#loop.wake();
  }

  /** Resolves when a sync of this principal ends in this process, or when the time is up. */
  async settled(credentialId: CredentialId, timeoutMs: number): Promise<void> {
    if (this.#stopped) return;
    await new Promise<void>((resolve) => {
      const waiting = this.#waiting.get(credentialId) ?? [];
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.set(credentialId, [...waiting, done]);
    });
  }

  async #work(): Promise<void> {
    for (;;) {
      const lease = this.#stopped ? undefined : await this.channels.lease();
      if (!lease) return;
      await this.#sync(lease);
      for (const done of this.#waiting.get(lease.credentialId) ?? []) done();
      this.#waiting.delete(lease.credentialId);
    }
  }

  async #sync(lease: SyncLease): Promise<void> {
    const opened = await this.tokens.fresh(lease.credentialId);
    if (opened.kind === 'ended' || opened.kind === 'forgotten') return this.channels.abandon(lease, [NEEDS_A_PERSON]);
    const scopes = await this.scopesOf(lease.credentialId);
    const types = listableTypes(scopes);
    if (types.length === 0) return this.channels.finish(lease, [], missingTypeGaps(scopes));
    let cursor: string | undefined = lease.cursor ?? undefined;
    while (!this.#stopped) {
      const next = await this.#page(lease, scopes, cursor);
      if (next === undefined) return;
      cursor = next;
    }
  }

  /** Reads and stores one page; answers with the cursor of the next, or undefined where the sync is over for now. */
  async #page(lease: SyncLease, scopes: readonly string[], cursor: string | undefined) {
    const page = { types: listableTypes(scopes), limit: PAGE_LIMIT, ...(cursor === undefined ? {} : { cursor }) };
    const answer = await this.tokens.call(lease.credentialId, (token) => this.slack.listConversations(token, page));
    switch (answer.kind) {
      case 'unusable':
        await this.channels.abandon(lease, [NEEDS_A_PERSON]);
        return undefined;
      case 'ok': {
        const { conversations, nextCursor } = answer.value;
        if (nextCursor !== undefined) {
          await this.channels.storePage(lease, conversations, nextCursor);
          return nextCursor;
        }
        await this.channels.finish(lease, conversations, missingTypeGaps(scopes));
        return undefined;
      }
      case 'rateLimited':
        await this.channels.postpone(lease, answer.retryAfterSeconds, false);
        return undefined;
      case 'unavailable':
        this.logger.warn({ detail: answer.detail }, 'Slack could not be asked for channels');
        await this.channels.postpone(lease, RETRY_SECONDS, false);
        return undefined;
      case 'refused':
        if (answer.error === 'invalid_cursor') await this.channels.postpone(lease, 0, true);
        else await this.channels.abandon(lease, [`Slack refused the listing (${answer.error})`]);
        return undefined;
    }
  }
}
