import { createHash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import { requireRole } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { FailureCode } from '../connections/failure.policy.ts';
import type { ResolvedSender, SenderChoice, SenderResolution, SenderService } from '../identities/sender.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import {
  newId,
  type ChannelId,
  type CredentialId,
  type NotificationId,
  type UserId,
  type WorkspaceId,
} from '../platform/ids.ts';
import type { Refusal } from '../platform/user-error.ts';
import { keyProblem, messageProblem, type MessageInput } from './message.policy.ts';
import type { AcceptService } from './accept.service.ts';
import type { Notification } from './notification.entity.ts';
import type { NewNotification, NotificationQueue } from './notification-queue.ts';
import type { NotificationRepository } from './notification.repository.ts';
import type { QueueLimit } from './queue-limit.service.ts';
import { priorityRank, type Priority, type UnknownOutcomePolicy } from './notification.states.ts';

export interface SendInput extends MessageInput {
  readonly workspaceId: WorkspaceId;
  readonly sender: SenderChoice;
  readonly priority: Priority;
  readonly onUnknownOutcome: UnknownOutcomePolicy;
}

export type SendResult =
  | { readonly kind: 'accepted'; readonly notification: Notification; readonly deduplicated: boolean }
  /** With a notification where the refusal is recorded, or where it names the one that holds the key. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly notification?: Notification };

/** Names of channels as far as the directory knows them. */
export interface ChannelNames {
  nameOf(credentialId: CredentialId, channelId: ChannelId): Promise<string | undefined>;
}

interface Refused {
  readonly refusal: Refusal;
  readonly failureCode: FailureCode;
  readonly sender?: ResolvedSender | undefined;
}

/** Accepts messages: an answer with a notification means that it is committed. */
export class SendService {
  constructor(
    private readonly database: Database,
    private readonly notifications: NotificationRepository,
    private readonly queue: NotificationQueue,
    private readonly accepting: AcceptService,
    private readonly limit: QueueLimit,
    private readonly senders: SenderService,
    private readonly channelNames: ChannelNames,
    private readonly clock: Clock,
  ) {}

  async send(viewer: Viewer, input: SendInput): Promise<SendResult> {
    requireRole(viewer, input.workspaceId);
    const badKey = keyProblem(input);
    if (badKey) return { kind: 'refused', refusal: badKey };
    const inputHash = hashOf(input);
    const earlier = await this.#earlier(viewer, input, inputHash);
    if (earlier) return earlier;
    const problem = messageProblem(input, this.clock.now());
    if (problem) return { kind: 'refused', refusal: problem };
    const resolution = await this.senders.resolve(viewer, input.workspaceId, input.sender);
    if (resolution.kind === 'refused') return this.#refuse(viewer, input, resolution);
    const channelId = (input.channelId ?? resolution.defaultChannelId) as ChannelId | null | undefined;
    if (!channelId) return this.#record(viewer, input, channelRequired(input, resolution.sender));
    return this.#accept(viewer, input, resolution.sender, channelId, inputHash);
  }

  /** The refusal, where the key stands for another input already. */
  async keyConflict(viewer: Viewer, input: SendInput): Promise<Refusal | undefined> {
    if (keyProblem(input)) return undefined;
    const earlier = await this.#earlier(viewer, input, hashOf(input));
    return earlier?.kind === 'refused' ? earlier.refusal : undefined;
  }

  async #accept(
    viewer: Viewer,
    input: SendInput,
    sender: ResolvedSender,
    channelId: ChannelId,
    inputHash: Buffer,
  ): Promise<SendResult> {
    const channelName = sender.credentialId && (await this.channelNames.nameOf(sender.credentialId, channelId));
    const notification = { ...newNotification(viewer, input, sender), channelId, channelName: channelName ?? null };
    const isScheduled = input.scheduledFor && input.scheduledFor > this.clock.now();
    const full = isScheduled ? undefined : await this.limit.check(input.workspaceId);
    if (full) return { kind: 'refused', refusal: full };
    const binding = input.idempotencyKey
      ? { ...keyOf(viewer, input, input.idempotencyKey), inputHash, notificationId: notification.id }
      : undefined;
    const accepted = await this.accepting.accept({ notification, binding });
    if (accepted.kind === 'bound') return sameOrConflict(accepted.notification, accepted.inputHash, inputHash);
    return { kind: 'accepted', notification: accepted.notification, deduplicated: false };
  }

  /** What this key gave before; a repeat gets it even where the same send would be refused now. */
  async #earlier(viewer: Viewer, input: SendInput, inputHash: Buffer): Promise<SendResult | undefined> {
    if (!input.idempotencyKey) return undefined;
    const bound = await this.notifications.findKey(keyOf(viewer, input, input.idempotencyKey));
    return bound && sameOrConflict(await this.notifications.find(bound.notificationId), bound.inputHash, inputHash);
  }

  async #refuse(
    viewer: Viewer,
    input: SendInput,
    { refusal, failureCode, sender }: Extract<SenderResolution, { kind: 'refused' }>,
  ): Promise<SendResult> {
    if (failureCode === undefined) return { kind: 'refused', refusal };
    return this.#record(viewer, input, { refusal, failureCode, sender });
  }

  /** An authorised, well-formed send that cannot go is in the history with its reason: nothing fails in silence. */
  async #record(viewer: Viewer, input: SendInput, { refusal, failureCode, sender }: Refused): Promise<SendResult> {
    const channelId = (input.channelId ?? null) as ChannelId | null;
    const refused = { ...newNotification(viewer, input, sender), channelId, failureCode };
    const [notification] = await this.database.sqlTransaction((sql) => this.queue.record(sql, [refused]));
    this.queue.wake();
    return notification ? { kind: 'refused', refusal, notification } : { kind: 'refused', refusal };
  }
}

const keyOf = (viewer: Viewer, { workspaceId }: SendInput, key: string) => ({
  workspaceId,
  requestedBy: viewer.userId,
  key,
});

/** Null and absent mean the same in GraphQL, so they do here; the key is not part of what it stands for. */
const hashOf = (input: SendInput): Buffer => {
  const isGiven = ([name, value]: [string, unknown]): boolean =>
    name !== 'idempotencyKey' && value !== null && value !== undefined;
  const given = Object.fromEntries(Object.entries(input).filter(isGiven));
  return createHash('sha256').update(stringify(given)).digest();
};

const sameOrConflict = (existing: Notification | undefined, bound: Buffer, given: Buffer): SendResult => {
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

const newNotification = (
  viewer: Viewer,
  input: SendInput,
  sender: ResolvedSender | undefined,
): NewNotification & { id: NotificationId } => ({
  id: newId<NotificationId>(),
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
  isTest: false,
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
