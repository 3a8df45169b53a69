import type { PrincipalKind } from '../credentials/credential.entity.ts';
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

export const missingTypeGaps = (scopes: readonly string[]): string[] =>
  CHANNEL_TYPES.filter((type) => !scopes.includes(SCOPE_OF_TYPE[type])).map((type) => `${SCOPE_OF_TYPE[type]} missing`);

/** Whether the principal could post there, as far as the directory knows (Slack: chat.postMessage, chat:write.public). */
export const postableOf = (
  channel: Pick<Channel, 'type' | 'isArchived' | 'isMember' | 'isReadOnly'>,
  principal: { readonly kind: PrincipalKind; readonly scopes: readonly string[] },
): Postable => {
  if (channel.isArchived) return 'ARCHIVED';
  if (channel.isReadOnly) return 'READ_ONLY';
  if (channel.isMember || channel.type === 'DM' || channel.type === 'GROUP_DM') return 'YES';
  const mayPostOutside = principal.kind === 'BOT' && principal.scopes.includes('chat:write.public');
  return channel.type === 'PUBLIC' && mayPostOutside ? 'YES' : 'NEEDS_INVITE';
};

export interface DirectoryState {
  readonly complete: boolean;
  readonly syncedAt: Date | null;
  readonly syncing: boolean;
  readonly gaps: string[];
}

const FIRST_SYNC_GAP = 'the first sync has not finished';

/** Complete only where a whole listing was read and no kind of conversation is missing from it. */
export const directoryState = (directory: ChannelDirectory | undefined): DirectoryState => {
  const syncedAt = directory?.syncedAt ?? null;
  const syncing = directory === undefined || Boolean(directory.requestedAt);
  const gaps = [...(directory?.gaps ?? []), ...(syncedAt === null ? [FIRST_SYNC_GAP] : [])];
  return { complete: gaps.length === 0, syncedAt, syncing, gaps };
};
