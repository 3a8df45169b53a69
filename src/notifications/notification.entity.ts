import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type {
  AuthorizationId,
  ChannelId,
  ConnectionId,
  CredentialId,
  IdentityId,
  NotificationId,
  SlackUserId,
  TeamId,
  UserId,
  WorkspaceId,
} from '../platform/ids.ts';
import type { FailureCode } from '../connections/failure.policy.ts';
import type { DeliveryStatus, IdentityKind, UnknownOutcomePolicy, WaitReason } from './notification.states.ts';

export type JsonObject = Record<string, unknown>;
/** What was triggered, as it was then. */
export interface Trigger {
  readonly context: JsonObject;
  readonly template: string;
  readonly usedFallback: boolean;
  readonly missing: readonly string[];
}

/** A notification, from acceptance to rest. Its queue columns (lane, position, due time) belong to the delivery feature. */
export const NotificationEntity = defineEntity({
  name: 'Notification',
  tableName: 'notifications',
  properties: {
    id: p.uuid().primary().$type<NotificationId>(),
    workspaceId: p.text().$type<WorkspaceId>(),
    status: p.text().$type<DeliveryStatus>(),
    priority: p.smallint(),
    laneId: p.bigint('string').nullable(),
    queuePos: p.bigint('string').nullable(),
    dueAt: p.datetime().nullable(),
    attemptOpen: p.boolean(),
    identityId: p.uuid().$type<IdentityId>().nullable(),
    identityKind: p.text().$type<IdentityKind>().nullable(),
    connectionId: p.uuid().$type<ConnectionId>().nullable(),
    authorizationId: p.uuid().$type<AuthorizationId>().nullable(),
    credentialId: p.uuid().$type<CredentialId>().nullable(),
    slackUserId: p.text().$type<SlackUserId>().nullable(),
    postedAs: p.text().nullable(),
    teamId: p.text().$type<TeamId>().nullable(),
    channelId: p.text().$type<ChannelId>().nullable(),
    channelName: p.text().nullable(),
    threadTs: p.text().nullable(),
    text: p.text(),
    blocks: p.json<JsonObject[]>().nullable(),
    eventType: p.text().nullable(),
    websiteId: p.text().nullable(),
    metadata: p.json<JsonObject>().nullable(),
    trigger: p.json<Trigger>().nullable(),
    requestedBy: p.text().$type<UserId>(),
    selectedBy: p.text().$type<UserId>().nullable(),
    idempotencyKey: p.text().nullable(),
    resendOf: p.uuid().$type<NotificationId>().fieldName('resend_of').nullable(),
    resendReason: p.text().nullable(),
    isTest: p.boolean(),
    onUnknownOutcome: p.text().$type<UnknownOutcomePolicy>(),
    attemptCount: p.integer(),
    tries: p.integer(),
    waitReason: p.text().$type<WaitReason>().nullable(),
    waitUntil: p.datetime().nullable(),
    waitDetail: p.text().nullable(),
    failureCode: p.text().$type<FailureCode>().nullable(),
    failureSlackError: p.text().nullable(),
    failureDetail: p.text().nullable(),
    postedChannelId: p.text().$type<ChannelId>().nullable(),
    slackMessageTs: p.text().nullable(),
    permalink: p.text().nullable(),
    createdAt: p.datetime(),
    scheduledFor: p.datetime().nullable(),
    expiresAt: p.datetime(),
    sentAt: p.datetime().nullable(),
    deliveredAt: p.datetime().nullable(),
    finishedAt: p.datetime().nullable(),
    logEpoch: p.integer(),
    logStamp: p.bigint('string'),
  },
});

export type Notification = InferEntity<typeof NotificationEntity>;

export const IdempotencyKeyEntity = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_keys',
  properties: {
    workspaceId: p.text().primary().$type<WorkspaceId>(),
    requestedBy: p.text().primary().$type<UserId>(),
    key: p.text().primary(),
    inputHash: p.blob(),
    notificationId: p.uuid().$type<NotificationId>(),
    createdAt: p.datetime(),
  },
});
