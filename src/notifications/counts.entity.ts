import { defineEntity, p } from '@mikro-orm/postgresql';
import type { FailureCode } from '../connections/failure.policy.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { DeliveryStatus } from './notification.states.ts';

/** Notifications that are alike, counted. Written by the database's own triggers and the worker that adds up. */
export const NotificationCountEntity = defineEntity({
  name: 'NotificationCount',
  tableName: 'notification_counts',
  properties: {
    workspaceId: p.text().primary().$type<WorkspaceId>(),
    /** BOT, PERSON, or USER: with a user's id. */
    audience: p.text().primary(),
    hour: p.datetime().primary(),
    status: p.text().primary().$type<DeliveryStatus>(),
    failureCode: p.text().primary().$type<FailureCode | ''>(),
    deliveryMs: p.integer().primary(),
    count: p.integer(),
  },
});

/** By how much a count changed, until it is added up. */
export const NotificationCountChangeEntity = defineEntity({
  name: 'NotificationCountChange',
  tableName: 'notification_count_changes',
  properties: {
    workspaceId: p.text().primary().$type<WorkspaceId>(),
    id: p.bigint('string').primary(),
    audience: p.text(),
    hour: p.datetime(),
    status: p.text().$type<DeliveryStatus>(),
    failureCode: p.text().$type<FailureCode | ''>(),
    deliveryMs: p.integer(),
    change: p.integer(),
  },
});
