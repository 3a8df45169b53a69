import type { Sql } from '../platform/database.ts';
import type { NotificationId } from '../platform/ids.ts';
import type { Notification, NotificationRow } from './notification.entity.ts';
import type { DeliveryStatus } from './notification.states.ts';

/** A notification as it is accepted; the queue draws its lane and its place, and names its channel as the directory does. */
export type NewNotification = Pick<
  NotificationRow,
  'id' | 'workspaceId' | 'priority' | 'text' | 'requestedBy' | 'isTest' | 'onUnknownOutcome'
> &
  Partial<
    Pick<
      NotificationRow,
      | 'identityId'
      | 'identityKind'
      | 'connectionId'
      | 'authorizationId'
      | 'credentialId'
      | 'slackUserId'
      | 'postedAs'
      | 'teamId'
      | 'channelId'
      | 'channelName'
      | 'threadTs'
      | 'blocks'
      | 'eventType'
      | 'websiteId'
      | 'metadata'
      | 'trigger'
      | 'selectedBy'
      | 'idempotencyKey'
      | 'resendOf'
      | 'resendReason'
      | 'failureCode'
      | 'failureSlackError'
      | 'failureDetail'
      | 'scheduledFor'
      | 'expiresAt'
      | 'traceParent'
    >
  >;

/** The queue that delivery works off. Declared here, where it is used; the delivery feature implements it. */
export interface NotificationQueue {
  /** Stores accepted notifications, each at the end of its lane or, where scheduled, beside it until it is due. */
  enter(sql: Sql, accepted: readonly NewNotification[]): Promise<Notification[]>;
  /** Stores refusals that the history shows: FAILED from the start, never in a lane. */
  record(sql: Sql, refused: readonly NewNotification[]): Promise<Notification[]>;
  /**
   * Takes rows that are neither sent nor being sent out of the queue; answers with what each of them became: CANCELED, or
   * UNCONFIRMED where it may be in Slack.
   */
  cancel(sql: Sql, ids: readonly NotificationId[], code: CancelCode): Promise<DeliveryStatus[]>;
  /** Tells the workers, in all processes, that there may be work. Called after the commit; a hint only. */
  wake(): void;
}

export type CancelCode = 'CANCELED_BY_CALLER' | 'CANCELED_BY_DISCONNECT';
