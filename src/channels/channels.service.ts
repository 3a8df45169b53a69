import { roleIn } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { AccessTokens } from '../credentials/access-tokens.service.ts';
import { isUuid, type ChannelId, type CredentialId, type IdentityId } from '../platform/ids.ts';
import { ANY_TEXT, PageCursors, pageOf, pageSize, type Page } from '../platform/page.ts';
import { notFound } from '../platform/top-level-error.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import type { Channel, ChannelDirectory, ChannelType } from './channel.entity.ts';
import { CHANNEL_TYPES, directoryState, postableOf, type DirectoryState, type Postable } from './channel.policy.ts';
import type { ChannelRepository, DirectoryOwner } from './channel.repository.ts';

export type ChannelView = Pick<
  Channel,
  'id' | 'name' | 'type' | 'isArchived' | 'isMember' | 'isShared' | 'memberCount' | 'topic'
> & { readonly postable: Postable };

export interface ChannelListing {
  readonly search?: string | null | undefined;
  readonly types?: readonly ChannelType[] | null | undefined;
  readonly includeArchived?: boolean | null | undefined;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** A small team's first listing is there within this time, so its first picker is not empty. */
const FIRST_SYNC_WAIT_MS = 5000;
const STALE_AFTER_MS = 60 * 60 * 1000;

/** The background reading of a principal's conversations. */
export interface ChannelSync {
  request(credentialId: CredentialId): Promise<void>;
  /** Resolves when a reading that is under way ends, or when the time is up. */
  settled(credentialId: CredentialId, timeoutMs: number): Promise<void>;
}

export type ChannelFound =
  | { readonly kind: 'found'; readonly channel: ChannelView }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unavailable' };

/** What an identity can see of Slack's conversations, from the directory; what is not there is asked of Slack. */
export class ChannelsService {
  constructor(
    private readonly channels: ChannelRepository,
    private readonly sync: ChannelSync,
    private readonly tokens: AccessTokens,
    private readonly slack: SlackGateway,
  ) {}

  async list(
    viewer: Viewer,
    identityId: string,
    listing: ChannelListing,
  ): Promise<Page<ChannelView> & { directory: DirectoryState }> {
    const owner = await this.#owner(viewer, identityId);
    const size = pageSize(listing.first);
    const { search, types, includeArchived } = listing;
    const cursors = new PageCursors(['channels', identityId, search, types, includeArchived]);
    const [name, id] = cursors.decode(listing.after, [ANY_TEXT, ANY_TEXT]) ?? [];
    const directory = await this.#directory(owner);
    const query = {
      search: search ?? undefined,
      types: types ?? CHANNEL_TYPES,
      includeArchived: includeArchived ?? false,
      after: name !== undefined && id !== undefined ? { name, id } : undefined,
      limit: size + 1,
    };
    const rows = owner.credentialId ? await this.channels.page({ ...query, credentialId: owner.credentialId }) : [];
    const cursor = (row: Channel) => cursors.encode([row.name.toLowerCase(), row.id]);
    const page = pageOf(rows, size, query.after !== undefined, (row) => viewOf(row, owner), cursor);
    return { ...page, directory };
  }

  async channel(viewer: Viewer, identityId: string, id: string): Promise<ChannelView | undefined> {
    const found = await this.#find(await this.#owner(viewer, identityId), id as ChannelId);
    return found.kind === 'found' ? found.channel : undefined;
  }

  async refresh(viewer: Viewer, identityId: string): Promise<DirectoryState | undefined> {
    const owner = await this.#visibleOwner(viewer, identityId);
    if (!owner?.credentialId) return undefined;
    await this.sync.request(owner.credentialId);
    return directoryState(await this.channels.directory(owner.credentialId));
  }

  /** For other features, which have checked who asks. */
  async find(identityId: IdentityId, id: ChannelId): Promise<ChannelFound> {
    const owner = await this.channels.owner(identityId);
    return owner ? this.#find(owner, id) : { kind: 'unknown' };
  }

  async nameOf(credentialId: CredentialId, id: ChannelId): Promise<string | undefined> {
    return (await this.channels.find(credentialId, id))?.name;
  }

  async #find(owner: DirectoryOwner, id: ChannelId): Promise<ChannelFound> {
    if (!owner.credentialId) return { kind: 'unavailable' };
    const known = await this.channels.find(owner.credentialId, id);
    if (known) return { kind: 'found', channel: viewOf(known, owner) };
    const answer = await this.tokens.call(owner.credentialId, (token) => this.slack.conversationInfo(token, id));
    if (answer.kind === 'refused' && answer.error === 'channel_not_found') return { kind: 'unknown' };
    if (answer.kind !== 'ok') return { kind: 'unavailable' };
    await this.channels.upsert(owner.credentialId, 0, [answer.value]);
    const { memberCount = null, topic = null, ...conversation } = answer.value;
    return { kind: 'found', channel: viewOf({ ...conversation, memberCount, topic }, owner) };
  }

  async #directory(owner: DirectoryOwner): Promise<DirectoryState> {
    const { credentialId } = owner;
    if (!credentialId) {
      return { complete: false, syncedAt: null, syncing: false, gaps: ['the identity is disconnected'] };
    }
    const directory = await this.channels.directory(credentialId);
    if (!directory || isStale(directory)) {
      // Listening begins before the request: a quick sync must not end unheard.
      const settled = directory?.syncedAt ? undefined : this.sync.settled(credentialId, FIRST_SYNC_WAIT_MS);
      await this.sync.request(credentialId);
      await settled;
    }
    return directoryState(await this.channels.directory(credentialId));
  }

  async #owner(viewer: Viewer, identityId: string): Promise<DirectoryOwner> {
    const owner = await this.#visibleOwner(viewer, identityId);
    if (!owner) throw notFound('identity');
    return owner;
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

const isStale = ({ syncedAt }: ChannelDirectory): boolean =>
  !syncedAt || Date.now() - syncedAt.getTime() > STALE_AFTER_MS;

type Viewable = Omit<Channel, 'credentialId' | 'generation'>;

const viewOf = (channel: Viewable, owner: DirectoryOwner): ChannelView => ({
  id: channel.id,
  name: channel.name,
  type: channel.type,
  isArchived: channel.isArchived,
  isMember: channel.isMember,
  isShared: channel.isShared,
  memberCount: channel.memberCount,
  topic: channel.topic,
  postable: postableOf(channel, { kind: owner.principalKind, scopes: owner.scopes }),
});
