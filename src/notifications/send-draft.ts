import { createHash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import type { Viewer } from '../access/viewer.ts';
import type { FailureCode } from '../connections/failure.policy.ts';
import type { ResolvedSender, SenderChoice } from '../identities/sender.service.ts';
import type { ChannelId, NotificationId, UserId, WorkspaceId } from '../platform/ids.ts';
import type { Refusal } from '../platform/user-error.ts';
import type { Acceptance } from './accept.service.ts';
import type { MessageInput } from './message.policy.ts';
import type { Notification, Trigger } from './notification.entity.ts';
import type { NewNotification } from './notification-queue.ts';
import type { IdempotencyBinding } from './notification.repository.ts';
import { priorityRank, type Priority, type UnknownOutcomePolicy } from './notification.states.ts';

export interface SendInput extends MessageInput {
  readonly workspaceId: WorkspaceId;
  readonly sender: SenderChoice;
  readonly priority: Priority;
  readonly onUnknownOutcome: UnknownOutcomePolicy;
  /** Set where an event was triggered, of which the text is what it says. */
  readonly trigger?: Trigger;
  readonly isTest?: boolean;
}

/** What an idempotency key stands for: all that the caller gave, under the caller's own names. */
export type Given = object & Pick<SendInput, 'workspaceId' | 'idempotencyKey'>;

export type IdempotencyKey = Omit<IdempotencyBinding, 'notificationId'>;

export type SendResult =
  | { readonly kind: 'accepted'; readonly notification: Notification; readonly deduplicated: boolean }
  /** With a notification where the refusal is recorded, or where it names the one that holds the key. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly notification?: Notification };

export interface Refused {
  readonly refusal: Refusal;
  readonly failureCode: FailureCode;
  readonly failureDetail?: string | undefined;
  readonly failureSlackError?: string | null | undefined;
  readonly sender?: ResolvedSender | undefined;
  /** Of the selection that was meant: where it is resent to, once it can go. */
  readonly defaultChannelId?: ChannelId | undefined;
}

/** Where a send stands before anything is written about it. */
export type Draft =
  | { readonly kind: 'settled'; readonly result: SendResult }
  /** To be recorded as FAILED: an authorised, well-formed send that cannot go is in the history with its reason. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly notification: NewNotification }
  | Acceptable;

export interface Acceptable {
  readonly kind: 'acceptable';
  readonly acceptance: Acceptance;
}

export const workspaceOf = ({ acceptance }: Acceptable): WorkspaceId => acceptance.notification.workspaceId;

export const refused = (refusal: Refusal): Draft => ({ kind: 'settled', result: { kind: 'refused', refusal } });

export const recordable = (
  viewer: Viewer,
  input: SendInput,
  id: NotificationId,
  { refusal, failureCode, failureDetail, failureSlackError, sender, defaultChannelId }: Refused,
): Draft => {
  const channelId = (input.channelId ?? defaultChannelId ?? null) as ChannelId | null;
  return {
    kind: 'refused',
    refusal,
    notification: {
      ...newNotification(viewer, input, id, sender),
      channelId,
      failureCode,
      failureDetail: failureDetail ?? null,
      failureSlackError: failureSlackError ?? null,
    },
  };
};

/** Null and absent mean the same in GraphQL, so they do here; the key is not part of what it stands for. */
const hashOf = (input: Given): Buffer => {
  const isGiven = ([name, value]: [string, unknown]): boolean =>
    name !== 'idempotencyKey' && value !== null && value !== undefined;
  const given = Object.fromEntries(Object.entries(input).filter(isGiven));
  return createHash('sha256').update(stringify(given)).digest();
};

/** The idempotency key of a call with all that it stands for; undefined where none was given. */
export const keyOf = ({ userId }: Viewer, given: Given): IdempotencyKey | undefined =>
  given.idempotencyKey
    ? { workspaceId: given.workspaceId, requestedBy: userId, key: given.idempotencyKey, inputHash: hashOf(given) }
    : undefined;

export const sameOrConflict = (existing: Notification | undefined, bound: Buffer, given: Buffer): SendResult => {
  if (!existing) throw new Error('An idempotency key names a notification that is not there.');
  if (bound.equals(given)) return { kind: 'accepted', notification: existing, deduplicated: true };
  const refusal: Refusal = {
    code: 'IDEMPOTENCY_CONFLICT',
    message: `This idempotency key was used with another input, for notification ${existing.id}.`,
    remedy: 'Use a new key for a new message; repeat a key only with exactly the same input.',
    field: ['input', 'idempotencyKey'],
    details: { kind: 'idempotencyConflict', existingId: existing.id },
  };
  return { kind: 'refused', refusal, notification: existing };
};

export const channelRequired = (input: SendInput, sender: ResolvedSender): Refused => ({
  sender,
  failureCode: 'CHANNEL_REQUIRED',
  refusal: {
    code: 'CHANNEL_REQUIRED',
    message: 'No channel was given and there is no default to use.',
    remedy:
      input.sender.selectedBy === undefined
        ? 'Give a channelId.'
        : 'Give a channelId, or select the identity with a default channel.',
    field: ['input', 'channelId'],
  },
});

export const newNotification = (
  viewer: Viewer,
  input: SendInput,
  id: NotificationId,
  sender: ResolvedSender | undefined,
): NewNotification => ({
  id,
  workspaceId: input.workspaceId,
  priority: priorityRank(input.priority),
  text: input.text,
  blocks: input.blocks ? [...input.blocks] : null,
  threadTs: input.threadTs ?? null,
  eventType: input.eventType ?? null,
  websiteId: input.websiteId ?? null,
  metadata: input.metadata ?? null,
  scheduledFor: input.scheduledFor ?? null,
  ...(input.expiresAt ? { expiresAt: input.expiresAt } : {}),
  idempotencyKey: input.idempotencyKey ?? null,
  onUnknownOutcome: input.onUnknownOutcome,
  requestedBy: viewer.userId,
  selectedBy: (input.sender.selectedBy ?? null) as UserId | null,
  trigger: input.trigger ?? null,
  isTest: input.isTest ?? false,
  ...(sender && {
    identityId: sender.identityId,
    identityKind: sender.kind,
    connectionId: sender.connectionId,
    authorizationId: sender.authorizationId,
    credentialId: sender.credentialId,
    slackUserId: sender.slackUserId,
    postedAs: sender.postsAs,
    teamId: sender.teamId,
  }),
});
