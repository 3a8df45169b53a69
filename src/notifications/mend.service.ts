import { maySeeNotification, roleIn } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { SenderService } from '../identities/sender.service.ts';
import type { Database } from '../platform/database.ts';
import { isUuid, newId, type NotificationId } from '../platform/ids.ts';
import { isLongerThan, isStorable, notStorable } from '../platform/text.ts';
import { TopLevelError } from '../platform/top-level-error.ts';
import type { Refusal } from '../platform/user-error.ts';
import type { AcceptService } from './accept.service.ts';
import type { Notification } from './notification.entity.ts';
import type { NewNotification, NotificationQueue } from './notification-queue.ts';
import type { NotificationRepository } from './notification.repository.ts';
import type { CountMoves } from './notification.states.ts';
import type { QueueLimit } from './queue-limit.service.ts';

export type MendResult =
  | { readonly kind: 'done'; readonly notification: Notification }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly notification?: Notification };

const RESENDABLE: readonly Notification['status'][] = ['FAILED', 'CANCELED', 'UNCONFIRMED'];
const MAX_REASON_LENGTH = 1000;

/** What a person does about a notification that did not arrive: send it once more, or say that it is there after all. */
export class MendService {
  constructor(
    private readonly database: Database,
    private readonly notifications: NotificationRepository,
    private readonly queue: NotificationQueue,
    private readonly senders: SenderService,
    private readonly accepting: AcceptService,
    private readonly limit: QueueLimit,
    private readonly countMoves: CountMoves,
  ) {}

  /** A new notification that names the old one; each can be resent once. */
  async resend(viewer: Viewer, id: string, reason: string | null): Promise<MendResult> {
    const old = await this.#find(viewer, id);
    if (!old) return { kind: 'refused', refusal: unknownNotification };
    if (isLongerThan(reason ?? '', MAX_REASON_LENGTH)) return { kind: 'refused', refusal: reasonTooLong };
    if (!isStorable(reason ?? '')) return { kind: 'refused', refusal: reasonNotStorable };
    if (!RESENDABLE.includes(old.status) || old.identityId === null || old.channelId === null) {
      return { kind: 'refused', refusal: notResendable(old) };
    }
    const resolution = await this.senders.resolve(viewer, old.workspaceId, { identityId: old.identityId });
    if (resolution.kind === 'refused') {
      const { refusal } = resolution;
      return { kind: 'refused', refusal: refusal.code === 'NOT_FOUND' ? postedByAnother : { ...refusal, field } };
    }
    const { sender } = resolution;
    const again = {
      ...resent(old, viewer, reason),
      credentialId: sender.credentialId,
      slackUserId: sender.slackUserId,
      postedAs: sender.postsAs,
    };
    const places = await this.limit.take(old.workspaceId, 1);
    try {
      return places.granted === 0 ? { kind: 'refused', refusal: places.refusal } : await this.#accept(again, old);
    } finally {
      places.release();
    }
  }

  async #accept(again: NewNotification, old: Notification): Promise<MendResult> {
    try {
      const [accepted] = await this.accepting.acceptAll([{ notification: again, binding: undefined }]);
      if (!accepted) throw new Error('A resend was stored and gave no result.');
      return { kind: 'done', notification: accepted.notification };
    } catch (error) {
      if (isResentAlready(error)) return { kind: 'refused', refusal: resentAlready };
      if (hasArrived(error)) return { kind: 'refused', refusal: notResendable(await this.#asItIs(old)) };
      if (isGone(error)) return { kind: 'refused', refusal: unknownNotification };
      throw error;
    }
  }

  /** A person looked in Slack: the message is there, or it is not. */
  async resolve(viewer: Viewer, id: string, messageIsThere: boolean): Promise<MendResult> {
    const notification = await this.#find(viewer, id);
    if (!notification) return { kind: 'refused', refusal: unknownNotification };
    const role = roleIn(viewer, notification.workspaceId);
    if (role === 'SERVICE' || (role === 'MEMBER' && notification.requestedBy !== viewer.userId)) {
      throw new TopLevelError(
        'FORBIDDEN',
        'Only an admin, or the member who requested it, may say what they saw in Slack.',
      );
    }
    const [resolved] = await this.database.sqlTransaction((sql) =>
      this.notifications.resolveUnconfirmed(sql, notification.id, messageIsThere),
    );
    this.queue.wake();
    if (resolved) {
      this.countMoves(resolved.status, 1);
      return { kind: 'done', notification: resolved };
    }
    const now = await this.#asItIs(notification);
    return { kind: 'refused', refusal: notUnconfirmed(now), notification: now };
  }

  async #asItIs(known: Notification): Promise<Notification> {
    return (await this.notifications.find(known.id)) ?? known;
  }

  async #find(viewer: Viewer, id: string): Promise<Notification | undefined> {
    const notification = isUuid(id) ? await this.notifications.find(id as NotificationId) : undefined;
    return notification && maySeeNotification(viewer, notification) ? notification : undefined;
  }
}

const resent = (old: Notification, viewer: Viewer, reason: string | null): NewNotification => ({
  id: newId<NotificationId>(),
  workspaceId: old.workspaceId,
  priority: old.priority,
  text: old.text,
  blocks: old.blocks,
  threadTs: old.threadTs,
  eventType: old.eventType,
  websiteId: old.websiteId,
  metadata: old.metadata,
  trigger: old.trigger,
  isTest: old.isTest,
  onUnknownOutcome: old.onUnknownOutcome,
  requestedBy: viewer.userId,
  selectedBy: old.selectedBy,
  identityId: old.identityId,
  identityKind: old.identityKind,
  connectionId: old.connectionId,
  authorizationId: old.authorizationId,
  teamId: old.teamId,
  channelId: old.channelId,
  channelName: old.channelName,
  resendOf: old.id,
  resendReason: reason,
});

const breaks = (error: unknown, constraint: string): boolean =>
  (error as { constraint?: string }).constraint === constraint;

/** The unique column decides between two resends at once. */
const isResentAlready = (error: unknown): boolean => breaks(error, 'notifications_resend_of_key');
/** It arrived meanwhile after all. */
const hasArrived = (error: unknown): boolean => breaks(error, 'notifications_resend_of_at_rest');
/** Its time in the history ended meanwhile. */
const isGone = (error: unknown): boolean => breaks(error, 'notifications_resend_of_fkey');

const field = ['input', 'id'];

const unknownNotification: Refusal = {
  code: 'NOT_FOUND',
  message: 'No such notification, or it is not visible to you.',
  remedy: 'Check the id; `notificationHistory` lists those that you may see.',
  field,
};

const [message, remedy] = notStorable('The reason');
const reasonNotStorable: Refusal = { code: 'INVALID_INPUT', message, remedy, field: ['input', 'reason'] };

const reasonTooLong: Refusal = {
  code: 'INVALID_INPUT',
  message: 'The reason is longer than 1,000 characters.',
  remedy: 'Shorten it.',
  field: ['input', 'reason'],
};

/** Their identity is not found, as if it were named for a send; the notification itself may be seen. */
const postedByAnother: Refusal = {
  code: 'NOT_FOUND',
  message: 'It was sent as another person, whose identity is not found here: only they can resend it.',
  remedy: 'Ask them to, or send it anew as an identity of availableIdentities.',
  field,
};

const resentAlready: Refusal = {
  code: 'NOT_RESENDABLE',
  message: 'It was resent already.',
  remedy: 'Look at the newer one (`resentAs`) and resend that, if it did not arrive either.',
  field,
};

const notResendable = ({ status, identityId, channelId }: Notification): Refusal => ({
  code: 'NOT_RESENDABLE',
  message:
    identityId === null || channelId === null
      ? 'It was refused before it had an identity and a channel.'
      : `It is ${status}; only a FAILED, CANCELED or UNCONFIRMED notification can be resent.`,
  remedy:
    identityId === null || channelId === null
      ? 'Send it anew, with what it lacked.'
      : status === 'DELIVERED'
        ? 'Nothing needs to be done: it is in Slack.'
        : 'Wait until it has come to rest.',
  field,
});

const notUnconfirmed = ({ status }: Notification): Refusal => ({
  code: 'NOT_UNCONFIRMED',
  message: `It is ${status}; only an UNCONFIRMED notification waits for somebody to look.`,
  remedy: 'Nothing needs to be done about it.',
  field,
});
