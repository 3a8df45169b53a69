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
import type { JsonObject } from '../event-types/event-type.entity.ts';
import type { IdentityKind } from '../identities/identity.entity.ts';
import type { DeliveryStatus, UnknownOutcomePolicy, WaitReason } from './notification.states.ts';

/** What was triggered, as it was then. */
export interface Trigger {
  readonly context: JsonObject;
  readonly template: string;
  readonly fallback: string;
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
    laneId: p.bigint('string').strictNullable(),
    queuePos: p.bigint('string').strictNullable(),
    enteredPos: p.bigint('string').strictNullable(),
    dueAt: p.datetime().strictNullable(),
    attemptOpen: p.boolean(),
    confirmSince: p.datetime().strictNullable(),
    unaskedSince: p.datetime().strictNullable(),
    unaskedSeconds: p.double(),
    identityId: p.uuid().$type<IdentityId>().strictNullable(),
    identityKind: p.text().$type<IdentityKind>().strictNullable(),
    connectionId: p.uuid().$type<ConnectionId>().strictNullable(),
    authorizationId: p.uuid().$type<AuthorizationId>().strictNullable(),
    credentialId: p.uuid().$type<CredentialId>().strictNullable(),
    slackUserId: p.text().$type<SlackUserId>().strictNullable(),
    postedAs: p.text().strictNullable(),
    teamId: p.text().$type<TeamId>().strictNullable(),
    channelId: p.text().$type<ChannelId>().strictNullable(),
    channelName: p.text().strictNullable(),
    threadTs: p.text().strictNullable(),
    text: p.text(),
    blocks: p.json<JsonObject[]>().strictNullable(),
    eventType: p.text().strictNullable(),
    websiteId: p.text().strictNullable(),
    metadata: p.json<JsonObject>().strictNullable(),
    trigger: p.json<Trigger>().strictNullable(),
    requestedBy: p.text().$type<UserId>(),
    selectedBy: p.text().$type<UserId>().strictNullable(),
    idempotencyKey: p.text().strictNullable(),
    resendOf: p.uuid().$type<NotificationId>().fieldName('resend_of').strictNullable(),
    resendReason: p.text().strictNullable(),
    isTest: p.boolean(),
    onUnknownOutcome: p.text().$type<UnknownOutcomePolicy>(),
    attemptCount: p.integer(),
    tries: p.integer(),
    waitReason: p.text().$type<WaitReason>().strictNullable(),
    waitUntil: p.datetime().strictNullable(),
    waitDetail: p.text().strictNullable(),
    failureCode: p.text().$type<FailureCode>().strictNullable(),
    failureSlackError: p.text().strictNullable(),
    failureDetail: p.text().strictNullable(),
    postedChannelId: p.text().$type<ChannelId>().strictNullable(),
    slackMessageTs: p.text().strictNullable(),
    permalink: p.text().strictNullable(),
    createdAt: p.datetime(),
    scheduledFor: p.datetime().strictNullable(),
    expiresAt: p.datetime(),
    sentAt: p.datetime().strictNullable(),
    deliveredAt: p.datetime().strictNullable(),
    finishedAt: p.datetime().strictNullable(),
    logEpoch: p.integer(),
    logStamp: p.bigint('string'),
    traceParent: p.text().strictNullable(),
  },
});

/** A whole row. */
export type NotificationRow = InferEntity<typeof NotificationEntity>;

/** What delivery alone reads of a row, by statements of its own. */
export const OF_DELIVERY = [
  'laneId',
  'queuePos',
  'enteredPos',
  'dueAt',
  'attemptOpen',
  'confirmSince',
  'unaskedSince',
  'unaskedSeconds',
  'slackUserId',
  'tries',
  'waitReason',
  'waitUntil',
  'waitDetail',
  'expiresAt',
  'traceParent',
] as const satisfies readonly (keyof NotificationRow)[];

/** What is shown, and decided by, of a row. */
export type Notification = Omit<NotificationRow, (typeof OF_DELIVERY)[number]>;

/** Which notifications of a workspace to list: those for which all of it holds. */
export interface HistoryFilter {
  readonly statuses?: readonly DeliveryStatus[];
  readonly eventTypes?: readonly string[];
  readonly channelId?: string;
  readonly identityId?: string;
  readonly connectionId?: string;
  readonly websiteId?: string;
  readonly requestedBy?: string;
  readonly selectedBy?: string;
  readonly priority?: number;
  readonly failureCode?: FailureCode;
  readonly createdSince?: Date;
  readonly createdUntil?: Date;
  readonly idempotencyKey?: string;
}

/** The words by which a notification's text is found, stored when it is accepted. */
export const NotificationWordsEntity = defineEntity({
  name: 'NotificationWords',
  tableName: 'notification_words',
  properties: {
    notificationId: p.uuid().primary().$type<NotificationId>(),
    workspaceId: p.text().$type<WorkspaceId>(),
    createdAt: p.datetime(),
    words: p.array(),
  },
});

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
