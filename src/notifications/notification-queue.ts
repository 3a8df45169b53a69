import type { Sql } from '../platform/database.ts';
import type { NotificationId, TeamId } from '../platform/ids.ts';
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
  /** The same, where the workers need not hear it: tells only those who follow statuses. */
  wakeFollowers(): void;
}

/** A statement for the end of a transaction that stores notifications: it claims them as well. */
export type ClaimAlong = (sql: Sql) => Promise<unknown>;

/** The worker of this process, told of what enters. Declared here, where it is used; the delivery feature implements it. */
export interface Entrance {
  /**
   * Runs `store`, the transaction by which a message of each of these teams enters its lane. Where this process has nothing
   * to send it gets a claim to run along with it, and what that took begins as soon as `store` is done. A claim that fails
   * costs nobody their notification: `store` runs once more, without it.
   */
  entering<T>(teams: readonly TeamId[], store: (claim?: ClaimAlong) => Promise<T>): Promise<Entered<T>>;
}

export interface Entered<T> {
  readonly stored: T;
  /** Whether all of them have begun already: no worker need be woken for them. */
  readonly isBegun: boolean;
}

export type CancelCode = 'CANCELED_BY_CALLER' | 'CANCELED_BY_DISCONNECT';
