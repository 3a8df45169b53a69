import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { NotificationId, UserId, WorkspaceId } from '../platform/ids.ts';
import type { FailureCode } from '../connections/failure.policy.ts';
import type { IdentityKind } from '../identities/identity.entity.ts';
import type { DeliveryStatus } from '../notifications/notification.states.ts';

/** One status change. Written by the database's own trigger, in the transaction that changes the status. */
export const StatusLogEntity = defineEntity({
  name: 'StatusLogEntry',
  tableName: 'status_log',
  properties: {
    epoch: p.integer().primary(),
    stamp: p.bigint('string').primary(),
    seq: p.bigint('string').primary(),
    notificationId: p.uuid().$type<NotificationId>(),
    workspaceId: p.text().$type<WorkspaceId>(),
    identityKind: p.text().$type<IdentityKind>().strictNullable(),
    requestedBy: p.text().$type<UserId>(),
    selectedBy: p.text().$type<UserId>().strictNullable(),
    fromStatus: p.text().$type<DeliveryStatus>().strictNullable(),
    toStatus: p.text().$type<DeliveryStatus>(),
    attempt: p.integer().strictNullable(),
    failureCode: p.text().$type<FailureCode>().strictNullable(),
    failureSlackError: p.text().strictNullable(),
    failureDetail: p.text().strictNullable(),
    at: p.datetime(),
  },
});
export type StatusLogEntry = InferEntity<typeof StatusLogEntity>;

/** A span in which transaction ids of this cluster can be compared. */
export const LogEpochEntity = defineEntity({
  name: 'LogEpoch',
  tableName: 'log_epochs',
  properties: {
    epoch: p.integer().primary(),
    systemIdentifier: p.text(),
    timeline: p.integer(),
    startedAt: p.datetime(),
  },
});
