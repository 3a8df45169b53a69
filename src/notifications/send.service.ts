import { requireRole } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { ResolvedSender, SenderService } from '../identities/sender.service.ts';
import type { Clock } from '../platform/clock.ts';
import { newId, type ChannelId, type NotificationId } from '../platform/ids.ts';
import { TopLevelError } from '../platform/top-level-error.ts';
import type { Accepted, AcceptService } from './accept.service.ts';
import {
  channelRequired,
  keyOf,
  newNotification,
  recordable,
  refused,
  sameOrConflict,
  workspaceOf,
  type Acceptable,
  type Draft,
  type Given,
  type IdempotencyKey,
  type SendInput,
  type SendResult,
} from './send-draft.ts';
import { keyProblem, messageProblem, senderProblem } from './message.policy.ts';
import type { Notification } from './notification.entity.ts';
import type { NotificationRepository } from './notification.repository.ts';
import type { Places, QueueLimit } from './queue-limit.service.ts';

/** Messages that one call of sendNotifications takes at most. */
const MAX_BULK = 100;

/** Accepts messages: an answer with a notification means that it is committed. */
export class SendService {
  constructor(
    private readonly notifications: NotificationRepository,
    private readonly accepting: AcceptService,
    private readonly limit: QueueLimit,
    private readonly senders: SenderService,
    private readonly clock: Clock,
  ) {}

  /** `given` is what the caller gave, where the message was made of something else. */
  async send(viewer: Viewer, input: SendInput, given: Given = input): Promise<SendResult> {
    const drafted = await this.#draft(viewer, input, newId(), given);
    return this.#withPlaces([drafted], async ([draft = drafted]) => {
      if (draft.kind === 'settled') return draft.result;
      if (draft.kind === 'acceptable') return resultOf(draft, await this.accepting.accept(draft.acceptance));
      const { recorded } = await this.accepting.commit([], [draft.notification]);
      return recordedResult(draft, recorded);
    });
  }

  /** Each accepted or refused on its own, in the order given; what is stored of them is stored in one commit. */
  async sendAll(viewer: Viewer, inputs: readonly SendInput[]): Promise<SendResult[]> {
    if (inputs.length > MAX_BULK) throw bulkTooLarge(inputs.length);
    // Before anything is looked up: an entry for a foreign workspace must not depend on those before it.
    for (const { workspaceId } of inputs) requireRole(viewer, workspaceId);
    // Ids in the order given: of one commit, the history shows the higher one as the newer.
    const drafted = await Promise.all(inputs.map((input) => this.#draft(viewer, input, newId())));
    return this.#withPlaces(drafted, (drafts) => this.#commit(drafts));
  }

  async #commit(drafts: readonly Draft[]): Promise<SendResult[]> {
    const acceptable = drafts.filter((draft) => draft.kind === 'acceptable');
    const { accepted, recorded } = await this.accepting.commit(
      acceptable.map(({ acceptance }) => acceptance),
      drafts.flatMap((draft) => (draft.kind === 'refused' ? [draft.notification] : [])),
    );
    const answers = new Map(acceptable.map((draft, index) => [draft, accepted[index]]));
    return drafts.map((draft) => {
      if (draft.kind === 'settled') return draft.result;
      return draft.kind === 'acceptable' ? resultOf(draft, answers.get(draft)) : recordedResult(draft, recorded);
    });
  }

  /** What the key gave before, or why it cannot be used; undefined where it is new, or where there is none. */
  async earlier(viewer: Viewer, given: Given): Promise<SendResult | undefined> {
    const badKey = keyProblem(given);
    return badKey ? { kind: 'refused', refusal: badKey } : this.#earlier(keyOf(viewer, given));
  }

  async #draft(viewer: Viewer, input: SendInput, id: NotificationId, given: Given = input): Promise<Draft> {
    requireRole(viewer, input.workspaceId);
    const badKey = keyProblem(input);
    if (badKey) return refused(badKey);
    const key = keyOf(viewer, given);
    const earlier = await this.#earlier(key);
    if (earlier) return { kind: 'settled', result: earlier };
    const problem = messageProblem(input, this.clock.now()) ?? senderProblem(input.sender);
    if (problem) return refused(problem);
    const resolution = await this.senders.resolve(viewer, input.workspaceId, input.sender);
    if (resolution.kind === 'refused') {
      const { refusal, failureCode } = resolution;
      return failureCode === undefined
        ? refused(refusal)
        : recordable(viewer, input, id, { ...resolution, failureCode });
    }
    const channelId = (input.channelId ?? resolution.defaultChannelId) as ChannelId | null | undefined;
    if (!channelId) return recordable(viewer, input, id, channelRequired(input, resolution.sender));
    return this.#acceptable(viewer, input, id, resolution.sender, channelId, key);
  }

  #acceptable(
    viewer: Viewer,
    input: SendInput,
    id: NotificationId,
    sender: ResolvedSender,
    channelId: ChannelId,
    key: IdempotencyKey | undefined,
  ): Draft {
    const notification = { ...newNotification(viewer, input, id, sender), channelId };
    const binding = key && { ...key, notificationId: id };
    return { kind: 'acceptable', acceptance: { notification, binding } };
  }

  /**
   * Takes places in the workspaces' queues; what finds none is refused, unless it repeats what has one. What is scheduled
   * for later needs none yet.
   */
  async #withPlaces<T>(drafts: readonly Draft[], work: (drafts: readonly Draft[]) => Promise<T>): Promise<T> {
    const wanting = Map.groupBy(
      drafts.filter((draft) => this.#wantsPlace(draft)),
      workspaceOf,
    );
    const without = new Map<Draft, SendResult>();
    const taken: Places[] = [];
    try {
      for (const [workspaceId, waiting] of wanting) {
        const places = await this.limit.take(workspaceId, waiting.length, taken.length > 0);
        taken.push(places);
        for (const [draft, result] of await this.#withoutPlace(waiting, places)) without.set(draft, result);
      }
      return await work(drafts.map((draft) => settledBy(without.get(draft)) ?? draft));
    } finally {
      for (const places of taken) places.release();
    }
  }

  async #withoutPlace(waiting: readonly Acceptable[], places: Places): Promise<Map<Draft, SendResult>> {
    const entering = new Set(waiting.slice(0, places.granted).map(boundKeyOf));
    const without = new Map<Draft, SendResult>();
    for (const draft of waiting.slice(places.granted)) {
      const { binding } = draft.acceptance;
      // The commit answers it with the one that enters.
      if (binding && entering.has(binding.key)) continue;
      // What filled the queue meanwhile may be the very same send.
      without.set(draft, (await this.#earlier(binding)) ?? { kind: 'refused', refusal: places.refusal });
    }
    return without;
  }

  #wantsPlace(draft: Draft): draft is Acceptable {
    if (draft.kind !== 'acceptable') return false;
    const { scheduledFor } = draft.acceptance.notification;
    return !scheduledFor || scheduledFor <= this.clock.now();
  }

  /** What this key gave before; a repeat gets it even where the same send would be refused now. */
  async #earlier(key: IdempotencyKey | undefined): Promise<SendResult | undefined> {
    const bound = key && (await this.notifications.findKey(key));
    return bound && sameOrConflict(await this.notifications.find(bound.notificationId), bound.inputHash, key.inputHash);
  }
}

const boundKeyOf = ({ acceptance }: Acceptable): string | undefined => acceptance.binding?.key;

const settledBy = (result: SendResult | undefined): Draft | undefined => result && { kind: 'settled', result };

const found = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('A send was committed and gave no result.');
  return value;
};

const resultOf = ({ acceptance }: Acceptable, answer: Accepted | undefined): SendResult => {
  const accepted = found(answer);
  if (accepted.kind === 'bound')
    return sameOrConflict(accepted.notification, accepted.inputHash, found(acceptance.binding).inputHash);
  return { kind: 'accepted', notification: accepted.notification, deduplicated: false };
};

const recordedResult = (
  { refusal, notification }: Extract<Draft, { kind: 'refused' }>,
  recorded: ReadonlyMap<NotificationId, Notification>,
): SendResult => ({ kind: 'refused', refusal, notification: found(recorded.get(notification.id)) });

const bulkTooLarge = (given: number): TopLevelError =>
  new TopLevelError(
    'BAD_USER_INPUT',
    `At most ${MAX_BULK} notifications can be sent in one call; these are ${given}. Nothing was stored: send them in several calls.`,
  );
