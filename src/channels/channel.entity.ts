import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { ChannelId, CredentialId } from '../platform/ids.ts';

export type ChannelType = 'PUBLIC' | 'PRIVATE' | 'GROUP_DM' | 'DM';

/** A conversation as one principal sees it. */
export const ChannelEntity = defineEntity({
  name: 'Channel',
  tableName: 'channels',
  properties: {
    credentialId: p.uuid().primary().$type<CredentialId>(),
    id: p.text().primary().$type<ChannelId>(),
    name: p.text(),
    type: p.text().$type<ChannelType>(),
    isArchived: p.boolean(),
    isMember: p.boolean(),
    isShared: p.boolean(),
    isReadOnly: p.boolean(),
    memberCount: p.integer().strictNullable(),
    topic: p.text().strictNullable(),
    generation: p.integer(),
  },
});
export type Channel = InferEntity<typeof ChannelEntity>;

/** A conversation as Slack lists it. */
export type ListedChannel = Pick<
  Channel,
  'id' | 'name' | 'type' | 'isArchived' | 'isMember' | 'isShared' | 'isReadOnly'
> & {
  readonly memberCount?: number;
  readonly topic?: string;
};

/** How far the listing of one principal's conversations has come, and what it lacks. */
export const ChannelDirectoryEntity = defineEntity({
  name: 'ChannelDirectory',
  tableName: 'channel_directories',
  properties: {
    credentialId: p.uuid().primary().$type<CredentialId>(),
    cursor: p.text().strictNullable(),
    generation: p.integer(),
    syncingUntil: p.datetime().strictNullable(),
    syncedAt: p.datetime().strictNullable(),
    gaps: p.array(),
    requestedAt: p.datetime().strictNullable(),
  },
});
export type ChannelDirectory = InferEntity<typeof ChannelDirectoryEntity>;
