import { defineEntity, p } from '@mikro-orm/postgresql';
import type { NotificationId, UserId, WorkspaceId } from '../platform/ids.ts';
import type { FailureCode } from '../connections/failure.policy.ts';
import type { IdentityKind } from '../identities/identity.entity.ts';
import type { DeliveryStatus } from '../notifications/notification.states.ts';
import type { LogPosition } from './cursor.policy.ts';

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

/** One status change, as the log has it. */
export interface StatusChange {
  readonly position: LogPosition;
  readonly notificationId: NotificationId;
  readonly workspaceId: WorkspaceId;
  readonly identityKind: IdentityKind | null;
  readonly requestedBy: UserId;
  readonly selectedBy: UserId | null;
  readonly from: DeliveryStatus | null;
  readonly to: DeliveryStatus;
  readonly attempt: number | null;
  readonly failureCode: FailureCode | null;
  readonly failureSlackError: string | null;
  readonly failureDetail: string | null;
  readonly at: Date;
}
