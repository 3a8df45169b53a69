import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import { CredentialEntity } from '../credentials/credential.entity.ts';
import type { AuthorizationId, SlackUserId, TeamId, UserId } from '../platform/ids.ts';
import { ConnectionEntity } from './connection.entity.ts';

/** One user's own Slack account under one workspace connection. */
export const AuthorizationEntity = defineEntity({
  name: 'PersonalAuthorization',
  tableName: 'authorizations',
  properties: {
    id: p.uuid().primary().$type<AuthorizationId>(),
    connection: () => p.manyToOne(ConnectionEntity),
    /** Half of the foreign key that ties it to its connection's team. */
    teamId: p.text().$type<TeamId>(),
    userId: p.text().$type<UserId>(),
    slackUserId: p.text().$type<SlackUserId>(),
    slackUserName: p.text().strictNullable(),
    /** Null exactly while it is disconnected. */
    credential: () => p.manyToOne(CredentialEntity).strictNullable(),
    connectedAt: p.datetime(),
    authorizedAt: p.datetime(),
    disconnectedAt: p.datetime().strictNullable(),
    disconnectedBy: p.text().strictNullable(),
    /** Written by the database alone, when a disconnect is undone: what was accepted before is canceled all the same. */
    revivedAt: p.datetime().strictNullable(),
    lastUsedAt: p.datetime().strictNullable(),
  },
});
export type Authorization = InferEntity<typeof AuthorizationEntity>;
