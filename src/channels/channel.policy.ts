import type { PrincipalKind } from '../credentials/credential.entity.ts';
import type { ChannelId } from '../platform/ids.ts';
import type { Channel, ChannelDirectory, ChannelType } from './channel.entity.ts';

export type Postable = 'YES' | 'NEEDS_INVITE' | 'ARCHIVED' | 'READ_ONLY' | 'UNKNOWN';

/** The scope without which Slack lists none of a kind (Slack: conversations.list). */
export const SCOPE_OF_TYPE: Readonly<Record<ChannelType, string>> = {
  PUBLIC: 'channels:read',
  PRIVATE: 'groups:read',
  GROUP_DM: 'mpim:read',
  DM: 'im:read',
};

export const CHANNEL_TYPES = Object.keys(SCOPE_OF_TYPE) as ChannelType[];

/** Asking Slack for one kind without its scope fails the whole call, so only these are asked for. */
export const listableTypes = (scopes: readonly string[]): ChannelType[] =>
  CHANNEL_TYPES.filter((type) => scopes.includes(SCOPE_OF_TYPE[type]));

interface Principal {
  readonly kind: PrincipalKind;
  readonly scopes: readonly string[];
}

/** Whether the principal could post there, as far as the directory knows (Slack: chat.postMessage, chat:write.public). */
export const postableOf = (
  channel: Pick<Channel, 'type' | 'isArchived' | 'isMember' | 'isShared' | 'isReadOnly' | 'isThreadOnly'>,
  { kind, scopes }: Principal,
): Postable => {
  if (channel.isArchived) return 'ARCHIVED';
  if (channel.isReadOnly) return 'READ_ONLY';
  // No invitation helps who may not post at all: the missing scope is told by the connection and by preflight.
  if (!scopes.includes('chat:write')) return 'UNKNOWN';
  // Replies are taken there, other messages are not: which it is to be, only `preflight` is told.
  const takesAll = channel.isThreadOnly ? 'UNKNOWN' : 'YES';
  // Slack shows direct messages to those who are in them, and to nobody else.
  if (channel.isMember || channel.type === 'DM' || channel.type === 'GROUP_DM') return takesAll;
  const mayPostOutside = kind === 'BOT' && scopes.includes('chat:write.public');
  if (channel.type !== 'PUBLIC' || !mayPostOutside) return 'NEEDS_INVITE';
  // Whether chat:write.public reaches into a channel that another organisation shares, Slack does not say.
  return channel.isShared ? 'UNKNOWN' : takesAll;
};

/** Slack's words for a conversation that it does not let an identity see. Asked again, it says the same. */
const HIDDEN: ReadonlySet<string> = new Set([
  'channel_not_found',
  'channel_is_limited_access',
  'access_denied',
  'accesslimited',
  'enterprise_is_restricted',
]);
export const isHidden = (slackError: string): boolean => HIDDEN.has(slackError);

/** A name as people write it: after a `#` or an `@`, with blanks around. What says no name is no search. */
export const searchedName = (given: string | null | undefined): string | undefined =>
  given?.trim().replace(/^[#@]/, '') || undefined;

/** A conversation as it may be shown. */
export type ChannelView = Pick<
  Channel,
  'id' | 'name' | 'type' | 'isArchived' | 'isMember' | 'isShared' | 'isThreadOnly' | 'memberCount' | 'topic'
> & { readonly postable: Postable };

export const channelView = (channel: Channel, principal: Principal): ChannelView => ({
  id: channel.id,
  name: channel.name,
  type: channel.type,
  isArchived: channel.isArchived,
  isMember: channel.isMember,
  isShared: channel.isShared,
  isThreadOnly: channel.isThreadOnly,
  memberCount: channel.memberCount,
  topic: channel.topic,
  postable: postableOf(channel, principal),
});

/** Of Slack's ids, D… are direct messages, and G… private. */
const TYPE_OF_LETTER: Readonly<Record<string, ChannelType>> = { D: 'DM', G: 'PRIVATE' };

/** A channel that is named, and of which nobody can tell more now. */
export const unseenChannel = (id: ChannelId): ChannelView => ({
  id,
  name: id,
  type: TYPE_OF_LETTER[id.charAt(0)] ?? 'PUBLIC',
  isArchived: false,
  isMember: false,
  isShared: false,
  isThreadOnly: false,
  memberCount: null,
  topic: null,
  postable: 'UNKNOWN',
});

export type ChannelFound =
  | { readonly kind: 'found'; readonly channel: ChannelView }
  /** Slack says so. */
  | { readonly kind: 'unknown' }
  /** Nobody knows: Slack could not be asked, or only with a scope that is missing. */
  | { readonly kind: 'unavailable'; readonly neededScope?: string };

export interface DirectoryState {
  readonly complete: boolean;
  readonly syncedAt: Date | null;
  readonly syncing: boolean;
  readonly gaps: string[];
}

/** DISCONNECTED: nobody's tokens are kept any more. ENDED: Slack no longer takes them, and what was listed stays. */
export type Standing = 'LIVE' | 'ENDED' | 'DISCONNECTED';

export type DirectoryProgress = Pick<
  ChannelDirectory,
  | 'requestedAt'
  | 'neededGeneration'
  | 'runPages'
  | 'runConversations'
  | 'syncedAt'
  | 'syncedTypes'
  | 'problem'
  | 'problemAt'
> & {
  /** How many the last listing had, or another one of the same team. */
  readonly expected: number | null;
};

const syncRunning = ({ runPages, runConversations, expected }: DirectoryProgress): string => {
  if (!expected) return `sync running, ${runPages} ${runPages === 1 ? 'page' : 'pages'} read`;
  // It may list more than was expected, and is not over before it is over.
  return `sync running, ${Math.min(99, Math.floor((100 * runConversations) / expected))} %`;
};

/** Kinds that the last listing left out and that could be listed now. */
const unlistedTypes = (directory: DirectoryProgress, scopes: readonly string[]): ChannelType[] =>
  directory.syncedAt ? listableTypes(scopes).filter((type) => !directory.syncedTypes.includes(type)) : [];

const gapsOf = (directory: DirectoryProgress | undefined, scopes: readonly string[]): string[] => {
  const missing = CHANNEL_TYPES.filter((type) => !scopes.includes(SCOPE_OF_TYPE[type]));
  const gaps = missing.map((type) => `${SCOPE_OF_TYPE[type]} missing`);
  if (!directory) return [...gaps, 'never synced'];
  const unlisted = unlistedTypes(directory, scopes).map((type) => `${type} not listed yet`);
  const isBehind = directory.syncedAt !== null && directory.neededGeneration !== null;
  const behind = isBehind ? ['new channels not listed yet'] : [];
  const isPartial = !directory.syncedAt || unlisted.length > 0 || isBehind;
  const running = directory.requestedAt && isPartial ? [syncRunning(directory)] : [];
  const never = directory.syncedAt || directory.requestedAt ? [] : ['never synced'];
  const problem = directory.problem === null ? [] : [directory.problem];
  return [...gaps, ...unlisted, ...behind, ...running, ...never, ...problem];
};

const STANDING_GAPS: Readonly<Record<Standing, readonly string[]>> = {
  LIVE: [],
  ENDED: ['the connection needs to be authorized again'],
  DISCONNECTED: ['the identity is disconnected'],
};

/** Complete only where a whole listing was read, and neither a kind of conversation nor a new one is missing from it. */
export const directoryState = (
  directory: DirectoryProgress | undefined,
  { standing, scopes }: { readonly standing: Standing; readonly scopes: readonly string[] },
): DirectoryState => {
  const gaps = [...STANDING_GAPS[standing], ...(standing === 'DISCONNECTED' ? [] : gapsOf(directory, scopes))];
  return {
    complete: gaps.length === 0,
    syncedAt: directory?.syncedAt ?? null,
    syncing: standing === 'LIVE' && Boolean(directory?.requestedAt),
    gaps,
  };
};

const STALE_AFTER_MS = 60 * 60 * 1000;
const RETRY_PROBLEM_AFTER_MS = 60 * 1000;

/**
 * Whether what is listed may be believed: not where a new grant came after one that had ended, which leaves kinds that were
 * listed and no time of it, until they are listed anew.
 */
export const isTrusted = (directory: DirectoryProgress | undefined): boolean =>
  directory === undefined || directory.syncedAt !== null || directory.syncedTypes.length === 0;

const ageMs = (time: Date | null, now: Date): number =>
  time ? now.getTime() - time.getTime() : Number.POSITIVE_INFINITY;

/** Whether what is listed is still taken for true: who leaves a channel, and who archives it, is not always told of. */
export const isFresh = (directory: DirectoryProgress | undefined, now: Date): boolean =>
  ageMs(directory?.syncedAt ?? null, now) <= STALE_AFTER_MS;

/** Whether a listing should be read, now that somebody uses it. */
export const needsSync = (directory: DirectoryProgress | undefined, scopes: readonly string[], now: Date): boolean => {
  if (!directory) return true;
  if (directory.requestedAt) return false;
  if (directory.problem !== null && ageMs(directory.problemAt, now) < RETRY_PROBLEM_AFTER_MS) return false;
  const isLacking =
    directory.problem !== null || directory.neededGeneration !== null || unlistedTypes(directory, scopes).length > 0;
  return isLacking || !isFresh(directory, now);
};
