import { describeFailure } from '../connections/failure.policy.ts';
import { isPersonal } from '../identities/identity.policy.ts';
import type { DeliveryFailure } from './delivery.types.ts';
import type { Notification as StoredNotification } from './notification.entity.ts';
import type { Column } from './notification.sql.ts';
import { priorityOfRank } from './notification.states.ts';
import type { Notification } from './notification.types.ts';

/** Why a notification did not arrive, with what a person should do. */
export const failureOf = (
  row: Pick<StoredNotification, 'status' | 'failureCode' | 'failureSlackError' | 'failureDetail'> &
    Partial<Pick<StoredNotification, 'channelName' | 'channelId' | 'connectionId' | 'postedAs' | 'identityKind'>>,
): DeliveryFailure | null => {
  const { failureCode, failureSlackError: slackError, failureDetail: detail, postedAs: postsAs } = row;
  if (!failureCode) return null;
  const { channelName, channelId, connectionId, identityKind } = row;
  return describeFailure(failureCode, {
    slackError,
    detail,
    channelName,
    channelId,
    connectionId,
    postsAs,
    personal: isPersonal(failureCode, identityKind),
    isKnownAbsent: row.status === 'FAILED',
  });
};

/** What the API shows, with the row that field resolvers load the rest by. */
export interface NotificationView extends Notification {
  readonly stored: StoredNotification;
}

/** A stored notification as the API shows it; what has to be loaded is left to field resolvers. */
export const viewOf = (row: StoredNotification): NotificationView => ({
  id: row.id,
  workspaceId: row.workspaceId,
  status: row.status,
  eventType: row.eventType,
  priority: priorityOfRank(row.priority),
  text: row.text,
  blocks: row.blocks,
  identityId: row.identityId,
  postedAs: row.postedAs,
  channelId: row.channelId,
  channelName: row.channelName,
  threadTs: row.threadTs,
  slackMessageTs: row.slackMessageTs,
  attemptCount: row.attemptCount,
  failure: failureOf(row),
  websiteId: row.websiteId,
  metadata: row.metadata,
  requestedBy: row.requestedBy,
  selectedBy: row.selectedBy,
  trigger: row.trigger ? { ...row.trigger, missing: [...row.trigger.missing] } : null,
  idempotencyKey: row.idempotencyKey,
  resendOfId: row.resendOf,
  resendReason: row.resendReason,
  isTest: row.isTest,
  createdAt: row.createdAt,
  scheduledFor: row.scheduledFor,
  sentAt: row.sentAt,
  deliveredAt: row.deliveredAt,
  finishedAt: row.finishedAt,
  stored: row,
});

/** What names a notification, and by what it is found and judged. */
const ALWAYS: readonly Column[] = ['id', 'workspaceId', 'status', 'createdAt'];

/** What each field of a notification is made of. A field that is missing here is a mistake that does not compile. */
const MADE_OF: Readonly<Record<keyof Notification, readonly Column[]>> = {
  id: [],
  workspaceId: [],
  status: [],
  eventType: ['eventType'],
  priority: ['priority'],
  text: ['text'],
  blocks: ['blocks'],
  identityId: ['identityId'],
  identity: ['identityId'],
  postedAs: ['postedAs'],
  team: ['connectionId'],
  channelId: ['channelId'],
  channelName: ['channelName'],
  threadTs: ['threadTs'],
  slackMessageTs: ['slackMessageTs'],
  permalink: ['permalink', 'connectionId', 'authorizationId', 'credentialId', 'postedChannelId', 'slackMessageTs'],
  attemptCount: ['attemptCount'],
  attempts: [],
  timeline: ['logEpoch', 'logStamp'],
  waiting: ['finishedAt'],
  failure: [
    'failureCode',
    'failureSlackError',
    'failureDetail',
    'channelName',
    'channelId',
    'connectionId',
    'postedAs',
    'identityKind',
  ],
  websiteId: ['websiteId'],
  metadata: ['metadata'],
  requestedBy: ['requestedBy'],
  selectedBy: ['selectedBy'],
  trigger: ['trigger'],
  idempotencyKey: ['idempotencyKey'],
  resendOfId: ['resendOf'],
  resendOf: ['resendOf'],
  resentAs: [],
  resendReason: ['resendReason'],
  isTest: ['isTest'],
  createdAt: [],
  scheduledFor: ['scheduledFor'],
  sentAt: ['sentAt'],
  deliveredAt: ['deliveredAt'],
  finishedAt: ['finishedAt'],
};

const FIELDS = Object.entries(MADE_OF);

/** What has to be read of a notification for the fields that are asked for, always in the same order. */
export const columnsFor = (asked: ReadonlySet<string>): Column[] => {
  const needed = FIELDS.flatMap(([field, columns]) => (asked.has(field) ? columns : []));
  return [...new Set([...ALWAYS, ...needed])];
};
