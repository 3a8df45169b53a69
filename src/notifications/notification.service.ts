import type { EntityManager } from '@mikro-orm/postgresql';
import { maySeeNotification, roleIn } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { ConnectionScope, QueueOfConnection } from '../connections/dependents.ts';
import type { AccessTokens } from '../credentials/access-tokens.service.ts';
import type { Database } from '../platform/database.ts';
import { isUuid, type NotificationId } from '../platform/ids.ts';
import { TopLevelError } from '../platform/top-level-error.ts';
import type { Refusal } from '../platform/user-error.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import type { Notification } from './notification.entity.ts';
import type { CancelCode, NotificationQueue } from './notification-queue.ts';
import type { NotificationRepository } from './notification.repository.ts';
import type { CountMoves } from './notification.states.ts';

export type CancelResult =
  | { readonly kind: 'canceled'; readonly notification: Notification }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly notification?: Notification };

/** Rows that one transaction cancels at most: a longer one would hold the status stream back. */
const CANCEL_SLICE = 500;

/** Finding notifications, and taking back what was not sent yet. */
export class NotificationService implements QueueOfConnection {
  constructor(
    private readonly database: Database,
    private readonly notifications: NotificationRepository,
    private readonly queue: NotificationQueue,
    private readonly tokens: AccessTokens,
    private readonly slack: SlackGateway,
    private readonly countMoves: CountMoves,
  ) {}

  /** Whoever asks checks what the viewer may see of them. */
  load(ids: readonly NotificationId[]): Promise<Map<NotificationId, Notification>> {
    return this.notifications.findAll(ids);
  }

  resendsOf(ids: readonly NotificationId[]): Promise<Map<NotificationId, Notification>> {
    return this.notifications.findResends(ids);
  }

  async find(viewer: Viewer, id: string): Promise<Notification | undefined> {
    const notification = isUuid(id) ? await this.notifications.find(id as NotificationId) : undefined;
    return notification && maySeeNotification(viewer, notification) ? notification : undefined;
  }

  async cancel(viewer: Viewer, id: string): Promise<CancelResult> {
    const notification = await this.find(viewer, id);
    if (!notification) return { kind: 'refused', refusal: unknownNotification };
    if (roleIn(viewer, notification.workspaceId) === 'MEMBER' && notification.requestedBy !== viewer.userId) {
      throw new TopLevelError('FORBIDDEN', 'A member may cancel only what they requested; ask an admin.');
    }
    const ended = await this.#take([notification.id], 'CANCELED_BY_CALLER');
    this.queue.wake();
    const now = (await this.notifications.find(notification.id)) ?? notification;
    if (ended > 0) return { kind: 'canceled', notification: now };
    return { kind: 'refused', refusal: notCancelable(now), notification: now };
  }

  countWaiting(em: EntityManager, scope: ConnectionScope): Promise<number> {
    return this.notifications.countWaiting(em, scope);
  }

  /**
   * Cancels what is queued of a connection that is disconnected already, and of what was revived meanwhile only what was
   * accepted before; what is being sent ends by itself.
   */
  async cancelWaiting(scope: ConnectionScope): Promise<void> {
    let last = '';
    for (;;) {
      const ids = await this.notifications.findEnded(scope, CANCEL_SLICE);
      // What a claim took in between is ended by the claim itself, which finds the disconnect as well.
      if (ids.length === 0 || ids.join() === last) break;
      last = ids.join();
      await this.#take(ids, 'CANCELED_BY_DISCONNECT');
    }
    this.queue.wake();
  }

  countCanceledByDisconnect(scope: ConnectionScope, since: Date): Promise<number> {
    return this.notifications.countCanceledByDisconnect(scope, since);
  }

  /** Slack's link to a delivered message, asked once and kept; undefined while Slack gives none. */
  async permalink(notification: Notification): Promise<string | undefined> {
    if (notification.permalink !== null) return notification.permalink;
    const { status, credentialId, postedChannelId, slackMessageTs } = notification;
    if (status !== 'DELIVERED' || !credentialId || !postedChannelId || !slackMessageTs) return undefined;
    // Another workspace may still hold the same grant, which is not this one's to use any more.
    if (!(await this.notifications.hasGrant(notification))) return undefined;
    const answer = await this.tokens.call(credentialId, (token) =>
      this.slack.permalink(token, postedChannelId, slackMessageTs),
    );
    if (answer.kind !== 'ok') return undefined;
    await this.notifications.storePermalink(notification.id, answer.value);
    return answer.value;
  }

  /** Answers with how many it took out of the queue. */
  async #take(ids: readonly NotificationId[], code: CancelCode): Promise<number> {
    const ended = await this.database.sqlTransaction((sql) => this.queue.cancel(sql, ids, code));
    for (const status of ended) this.countMoves(status, 1);
    return ended.length;
  }
}

const unknownNotification: Refusal = {
  code: 'NOT_FOUND',
  message: 'No such notification, or it is not visible to you.',
  remedy: 'Check the id; `notificationHistory` lists those that you may see.',
  field: ['input', 'id'],
};

const notCancelable = ({ status }: Notification): Refusal => ({
  code: 'NOT_CANCELABLE',
  message: `It is ${status} and can no longer be canceled.`,
  remedy:
    status === 'SENDING'
      ? 'It is on its way to Slack; follow its status to see how it ends.'
      : 'It has come to rest; nothing is left to cancel.',
  field: ['input', 'id'],
});
