import type { EntityManager } from '@mikro-orm/postgresql';
import type { ChannelId, IdentityId, UserId, WorkspaceId } from '../platform/ids.ts';
import { IdentitySelectionEntity, type IdentitySelection } from './identity-selection.entity.ts';

export interface Choice {
  readonly workspaceId: WorkspaceId;
  readonly userId: UserId;
  readonly identityId: IdentityId;
  readonly defaultChannelId: ChannelId | null;
  readonly selectedBy: UserId;
}

export class SelectionRepository {
  find(em: EntityManager, workspaceId: WorkspaceId, userId: UserId): Promise<IdentitySelection | null> {
    return em.findOne(IdentitySelectionEntity, { workspaceId, userId }, { refresh: true });
  }

  /** Choosing again replaces the earlier choice. */
  async save(em: EntityManager, choice: Choice): Promise<void> {
    await em.execute(
      `insert into identity_selections (workspace_id, user_id, identity_id, default_channel_id, selected_by, selected_at)
       values (?, ?, ?, ?, ?, now())
       on conflict (workspace_id, user_id) do update set identity_id = excluded.identity_id,
         default_channel_id = excluded.default_channel_id, selected_by = excluded.selected_by, selected_at = excluded.selected_at`,
      [choice.workspaceId, choice.userId, choice.identityId, choice.defaultChannelId, choice.selectedBy],
    );
  }

  async clear(em: EntityManager, workspaceId: WorkspaceId, userId: UserId): Promise<boolean> {
    return (await em.nativeDelete(IdentitySelectionEntity, { workspaceId, userId })) > 0;
  }
}
