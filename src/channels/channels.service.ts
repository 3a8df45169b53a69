import { roleIn } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { AccessTokens } from '../credentials/access-tokens.service.ts';
import type { Clock } from '../platform/clock.ts';
import { isChannelId, isUuid, type ChannelId, type CredentialId, type IdentityId } from '../platform/ids.ts';
import { ANY_TEXT, PageCursors, pageOf, pageSize, type Page } from '../platform/page.ts';
import { requireSearchable } from '../platform/search.ts';
import { notFound, TopLevelError } from '../platform/top-level-error.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import type { CallBudgets } from './call-budget.repository.ts';
import type { Channel, ChannelType } from './channel.entity.ts';
import {
  CHANNEL_TYPES,
  channelView,
  directoryState,
  isFresh,
  isHidden,
  isTrusted,
  needsSync,
  searchedName,
  type ChannelFound,
  type ChannelView,
  type DirectoryState,
} from './channel.policy.ts';
import type { ChannelRepository, DirectoryOwner } from './channel.repository.ts';
import type { DirectoryRepository } from './directory.repository.ts';

export interface ChannelListing {
  readonly search?: string | null | undefined;
  readonly types?: readonly ChannelType[] | null | undefined;
  readonly includeArchived?: boolean | null | undefined;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** A small team's first listing is there within this time, so its first picker is not empty. */
const FIRST_SYNC_WAIT_MS = 5000;
/** Another process may be the one that reads: its end is seen in the database. */
const LOOK_AGAIN_MS = 250;

/** The background reading of a principal's conversations. */
export interface ChannelSync {
  /** One that is under way is enough. */
  request(credentialId: CredentialId): Promise<void>;
  /** One that is under way is followed by another: what it has read already may be what has changed. */
  refresh(credentialId: CredentialId): Promise<void>;
  /** Resolves when a reading that is under way ends, or when the time is up. */
  settled(credentialId: CredentialId, timeoutMs: number): Promise<void>;
}

/** What an identity can see of Slack's conversations, from the directory; what is not there is asked of Slack. */
export class ChannelsService {
  constructor(
    private readonly channels: ChannelRepository,
    private readonly directories: DirectoryRepository,
    private readonly budgets: CallBudgets,
    private readonly sync: ChannelSync,
    private readonly tokens: AccessTokens,
    private readonly slack: SlackGateway,
    private readonly clock: Clock,
  ) {}

  async list(
    viewer: Viewer,
    identityId: string,
    listing: ChannelListing,
  ): Promise<Page<ChannelView> & { directory: DirectoryState }> {
    const owner = await this.#visibleOwner(viewer, identityId);
    if (!owner) throw notFound('identity');
    const size = pageSize(listing.first);
    const { search, types, includeArchived } = listing;
    if (typeof search === 'string') requireSearchable(search);
    const cursors = new PageCursors(['channels', identityId, search, types, includeArchived]);
    const [name, id] = cursors.decode(listing.after, [ANY_TEXT, ANY_TEXT]) ?? [];
    const directory = await this.#directory(owner);
    const query = {
      search: searchedName(search),
      types: types ?? CHANNEL_TYPES,
      includeArchived: includeArchived ?? false,
      after: name !== undefined && id !== undefined ? { name, id } : undefined,
      limit: size + 1,
    };
    const rows = owner.credentialId ? await this.channels.page({ ...query, credentialId: owner.credentialId }) : [];
    const cursor = (row: Channel) => cursors.encode([row.searchName, row.id]);
    const page = pageOf(rows, size, query.after !== undefined, (row) => viewOf(row, owner), cursor);
    return { ...page, directory };
  }

  async channel(viewer: Viewer, identityId: string, id: string): Promise<ChannelView | undefined> {
    const owner = await this.#visibleOwner(viewer, identityId);
    // What is no id names nothing, and Slack need not be asked about it.
    if (!owner || !isChannelId(id)) return undefined;
    const found = await this.#find(owner, id);
    if (found.kind === 'found') return found.channel;
    // Nobody is told that a channel does not exist before Slack was asked.
    if (found.kind === 'unavailable' && owner.standing === 'LIVE' && found.neededScope === undefined) {
      const message = 'The directory does not hold this channel, and Slack cannot be asked about it now. Try again.';
      throw new TopLevelError('SERVICE_UNAVAILABLE', message, { retryable: true });
    }
    return undefined;
  }

  async refresh(viewer: Viewer, identityId: string): Promise<DirectoryState | undefined> {
    const owner = await this.#visibleOwner(viewer, identityId);
    if (!owner) return undefined;
    if (owner.credentialId && owner.standing === 'LIVE') await this.sync.refresh(owner.credentialId);
    return this.#state(owner);
  }

  /** For other features, which have checked who asks. */
  async find(identityId: IdentityId, id: ChannelId): Promise<ChannelFound> {
    const owner = await this.channels.owner(identityId);
    return owner ? this.#find(owner, id) : { kind: 'unknown' };
  }

  /**
   * Like `find`, and what the directory says is asked of Slack again where it is a no, which somebody may just have mended,
   * or was listed so long ago that a picker would have it listed anew. So it is, once, where a listing leaves open whether the
   * channel takes replies only.
   */
  async check(identityId: IdentityId, id: ChannelId): Promise<ChannelFound> {
    const owner = await this.channels.owner(identityId);
    if (!owner) return { kind: 'unknown' };
    const listed = await this.#listed(owner, id);
    if (!listed) return this.#ask(owner, id);
    const isOld = !isFresh(owner.directory, this.clock.now());
    const { postable, isThreadOnly } = listed.channel;
    if (owner.standing !== 'LIVE' || (postable === 'YES' && isThreadOnly !== null && !isOld)) return listed;
    // Or everybody who asks would have Slack asked from now on.
    if (isOld) await this.#requestIfNeeded(owner);
    const asked = await this.#ask(owner, id);
    return asked.kind === 'unavailable' ? listed : asked;
  }

  async #find(owner: DirectoryOwner, id: ChannelId): Promise<ChannelFound> {
    const listed = await this.#listed(owner, id);
    if (!listed) return this.#ask(owner, id);
    // What is old is answered as it is, and mends itself.
    await this.#requestIfNeeded(owner);
    return listed;
  }

  async #requestIfNeeded({ credentialId, standing, directory, scopes }: DirectoryOwner): Promise<void> {
    if (!credentialId || standing !== 'LIVE' || !needsSync(directory, scopes, this.clock.now())) return;
    await this.sync.request(credentialId);
  }

  /** As far as the directory is believed. */
  async #listed(owner: DirectoryOwner, id: ChannelId): Promise<Extract<ChannelFound, { kind: 'found' }> | undefined> {
    if (!owner.credentialId || !isTrusted(owner.directory)) return undefined;
    const known = await this.channels.find(owner.credentialId, id);
    return known && { kind: 'found', channel: viewOf(known, owner) };
  }

  async #ask(owner: DirectoryOwner, id: ChannelId): Promise<ChannelFound> {
    const { credentialId, teamId } = owner;
    if (!credentialId || owner.standing !== 'LIVE') return { kind: 'unavailable' };
    if ((await this.budgets.take(teamId, 'conversations.info')) > 0) return { kind: 'unavailable' };
    const answer = await this.tokens.call(credentialId, (token) => this.slack.conversationInfo(token, id));
    switch (answer.kind) {
      case 'ok': {
        await this.channels.upsert(credentialId, null, [answer.value]);
        const stored = await this.channels.find(credentialId, id);
        return stored ? { kind: 'found', channel: viewOf(stored, owner) } : { kind: 'unavailable' };
      }
      case 'rateLimited':
        await this.budgets.hold(teamId, 'conversations.info', answer.retryAfterSeconds);
        return { kind: 'unavailable' };
      case 'unavailable':
      case 'unusable':
        return { kind: 'unavailable' };
      case 'refused':
        if (answer.error === 'missing_scope') return missingScope(answer.needed);
        if (answer.error === 'channel_not_found') await this.channels.forget(credentialId, id);
        return { kind: isHidden(answer.error) ? 'unknown' : 'unavailable' };
    }
  }

  async #directory(owner: DirectoryOwner): Promise<DirectoryState> {
    const { credentialId, scopes, directory } = owner;
    const isStale = owner.standing === 'LIVE' && needsSync(directory, scopes, this.clock.now());
    if (!credentialId || owner.standing !== 'LIVE' || (directory?.syncedAt && !isStale))
      return directoryState(directory, owner);
    if (isStale) await this.sync.request(credentialId);
    if (!directory?.syncedAt) await this.#firstSync(credentialId);
    return this.#state(owner);
  }

  /** Waits for a first listing that has just begun; a long one is shown as far as it has come. */
  async #firstSync(credentialId: CredentialId): Promise<void> {
    const deadlineMs = this.clock.monotonicMs() + FIRST_SYNC_WAIT_MS;
    while (this.clock.monotonicMs() < deadlineMs) {
      const directory = await this.directories.progress(credentialId);
      const requestedAt = directory?.requestedAt;
      if (!requestedAt || this.clock.now().getTime() - requestedAt.getTime() > FIRST_SYNC_WAIT_MS) return;
      await this.sync.settled(credentialId, LOOK_AGAIN_MS);
    }
  }

  async #state(owner: DirectoryOwner): Promise<DirectoryState> {
    return directoryState(owner.credentialId ? await this.directories.progress(owner.credentialId) : undefined, owner);
  }

  /** The bot is everybody's in the workspace; a person's conversations are theirs alone. */
  async #visibleOwner(viewer: Viewer, identityId: string): Promise<DirectoryOwner | undefined> {
    const owner = isUuid(identityId) ? await this.channels.owner(identityId as IdentityId) : undefined;
    const role = owner && roleIn(viewer, owner.workspaceId);
    if (!owner || role === undefined) return undefined;
    if (owner.kind === 'PERSONAL_USER' && (role === 'SERVICE' || owner.userId !== viewer.userId)) return undefined;
    return owner;
  }
}

const missingScope = (needed: string | undefined): ChannelFound => ({
  kind: 'unavailable',
  ...(needed === undefined ? {} : { neededScope: needed }),
});

const viewOf = (channel: Channel, owner: DirectoryOwner): ChannelView =>
  channelView(channel, { kind: owner.principalKind, scopes: owner.scopes });
