import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { NotificationId, UserId, WorkspaceId } from '../platform/ids.ts';
import type { FailureCode } from '../connections/failure.policy.ts';
import type { DeliveryStatus, IdentityKind } from '../notifications/notification.states.ts';

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
    identityKind: p.text().$type<IdentityKind>().nullable(),
    requestedBy: p.text().$type<UserId>(),
    selectedBy: p.text().$type<UserId>().nullable(),
    fromStatus: p.text().$type<DeliveryStatus>().nullable(),
    toStatus: p.text().$type<DeliveryStatus>(),
    attempt: p.integer().nullable(),
    failureCode: p.text().$type<FailureCode>().nullable(),
    failureSlackError: p.text().nullable(),
    failureDetail: p.text().nullable(),
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
