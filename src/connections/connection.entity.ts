import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import { CredentialEntity } from '../credentials/credential.entity.ts';
import type { ConnectionId, SlackUserId, UserId, WorkspaceId } from '../platform/ids.ts';
import { SlackTeamEntity } from './slack-team.entity.ts';

/** The bot installed for one workspace in one Slack team; one row for ever, revived by a new install. */
export const ConnectionEntity = defineEntity({
  name: 'WorkspaceConnection',
  tableName: 'connections',
  properties: {
    id: p.uuid().primary().$type<ConnectionId>(),
    workspaceId: p.text().$type<WorkspaceId>(),
    team: () => p.manyToOne(SlackTeamEntity),
    /** Null exactly while it is disconnected. */
    credential: () => p.manyToOne(CredentialEntity).strictNullable(),
    botUserId: p.text().$type<SlackUserId>(),
    botUserName: p.text().strictNullable(),
    installedBy: p.text().$type<UserId>(),
    connectedAt: p.datetime(),
    authorizedAt: p.datetime(),
    disconnectedAt: p.datetime().strictNullable(),
    disconnectedBy: p.text().strictNullable(),
    /** Written by the database alone, when a disconnect is undone: what was accepted before is canceled all the same. */
    revivedAt: p.datetime().strictNullable(),
    lastUsedAt: p.datetime().strictNullable(),
  },
});
export type Connection = InferEntity<typeof ConnectionEntity>;
