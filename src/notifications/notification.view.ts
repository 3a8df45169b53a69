import { describeFailure } from '../connections/failure.policy.ts';
import { isPersonal } from '../identities/identity.policy.ts';
import type { DeliveryFailure } from './delivery.types.ts';
import type { Notification as StoredNotification } from './notification.entity.ts';
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
