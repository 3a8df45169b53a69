import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { ConnectionId, InstallId, TeamId, UserId, WorkspaceId } from '../platform/ids.ts';

export type InstallIntent = 'WORKSPACE' | 'PERSONAL';
export type InstallStatus = 'STARTED' | 'EXCHANGING' | 'PENDING' | 'COMPLETED' | 'FAILED' | 'EXPIRED';

/** One trip through Slack's OAuth. State and claim are here as SHA-256 only; the grant in between is sealed. */
export const InstallEntity = defineEntity({
  name: 'Install',
  tableName: 'installs',
  properties: {
    id: p.uuid().primary().$type<InstallId>(),
    workspaceId: p.text().$type<WorkspaceId>(),
    intent: p.text().$type<InstallIntent>(),
    userId: p.text().$type<UserId>(),
    connectionId: p.uuid().strictNullable().$type<ConnectionId>(),
    expectedTeamId: p.text().strictNullable().$type<TeamId>(),
    returnTo: p.text().strictNullable(),
    status: p.text().$type<InstallStatus>(),
    failureCode: p.text().strictNullable(),
    stateHash: p.blob().hidden(),
    createdAt: p.datetime(),
    /** Of the state until the browser is back, then of the claim: what the sweep looks at. */
    expiresAt: p.datetime(),
    usedAt: p.datetime().strictNullable(),
    claimHash: p.blob().strictNullable().hidden(),
    claimExpiresAt: p.datetime().strictNullable(),
    grantSealed: p.blob().strictNullable().hidden(),
    finishedAt: p.datetime().strictNullable(),
  },
});
export type Install = InferEntity<typeof InstallEntity>;
