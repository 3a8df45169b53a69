import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { ChannelId, UserId, WorkspaceId } from '../platform/ids.ts';
import { IdentityEntity } from './identity.entity.ts';

/** A user's explicit choice of an identity in a workspace, with a default channel; one per user and workspace. */
export const IdentitySelectionEntity = defineEntity({
  name: 'IdentitySelection',
  tableName: 'identity_selections',
  properties: {
    workspaceId: p.text().primary().$type<WorkspaceId>(),
    userId: p.text().primary().$type<UserId>(),
    identity: () => p.manyToOne(IdentityEntity),
    defaultChannelId: p.text().strictNullable().$type<ChannelId>(),
    selectedBy: p.text().$type<UserId>(),
    selectedAt: p.datetime(),
  },
});
export type IdentitySelection = InferEntity<typeof IdentitySelectionEntity>;
