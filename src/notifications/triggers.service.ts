import { requireRole } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { EventTypeDefinition } from '../event-types/built-in-event-types.ts';
import { contextRefusal } from '../event-types/context.policy.ts';
import type { JsonObject } from '../event-types/event-type.entity.ts';
import { renderingRefusal, unknownEventType } from '../event-types/event-type.policy.ts';
import type { EventTypesService } from '../event-types/event-types.service.ts';
import type { Priority } from '../event-types/priority.policy.ts';
import { renderEvent, type Failed, type Rendered } from '../event-types/rendering.policy.ts';
import type { Refusal } from '../platform/user-error.ts';
import type { Notification } from './notification.entity.ts';
import { priorityOfRank } from './notification.states.ts';
import type { SendInput, SendResult } from './send-draft.ts';
import type { SendService } from './send.service.ts';

/** A send whose text is what an event type says of a context. */
export interface TriggerInput extends Omit<SendInput, 'text' | 'blocks' | 'priority' | 'trigger' | 'isTest'> {
  readonly eventType: string;
  readonly context: JsonObject;
  /** Null for the event type's own. */
  readonly priority: Priority | null;
}

export type TestInput = Pick<TriggerInput, 'workspaceId' | 'sender' | 'eventType' | 'channelId'>;

export type RenderedMessage = Rendered & { readonly priority: Priority };

export type TriggerResult = SendResult & { readonly rendered?: RenderedMessage };

/** Says events: renders them, and sends what comes of it as any other message. */
export class TriggersService {
  constructor(
    private readonly eventTypes: EventTypesService,
    private readonly sends: SendService,
  ) {}

  async triggerEvent(viewer: Viewer, input: TriggerInput): Promise<TriggerResult> {
    requireRole(viewer, input.workspaceId);
    const badContext = contextRefusal(input.context);
    if (badContext) return refused(badContext);
    // Before the event type is looked at: a repeat gets what was said then, though it says something else by now.
    const earlier = await this.sends.earlier(viewer, input);
    if (earlier) return withRendered(earlier);
    const eventType = await this.eventTypes.find(input.workspaceId, input.eventType);
    if (!eventType) return refused(unknownEventType(input.eventType));
    return this.#send(viewer, input, eventType, false);
  }

  /** The event type's own sample, marked as a test in the message and in the history. */
  async testEvent(viewer: Viewer, input: TestInput): Promise<TriggerResult> {
    requireRole(viewer, input.workspaceId);
    const eventType = await this.eventTypes.find(input.workspaceId, input.eventType);
    if (!eventType) return refused(unknownEventType(input.eventType));
    const sample = { ...input, context: eventType.sampleContext, priority: null, onUnknownOutcome: 'HOLD' } as const;
    return this.#send(viewer, sample, eventType, true);
  }

  async #send(
    viewer: Viewer,
    input: TriggerInput,
    { key, template, fallback, priority: usual }: EventTypeDefinition,
    isTest: boolean,
  ): Promise<TriggerResult> {
    const { context, ...message } = input;
    const rendering = renderEvent({ template, fallback }, context, { isTest });
    if (rendering.kind !== 'rendered') return refused(unsayable(rendering));
    const { text, usedFallback, missing } = rendering;
    const priority = input.priority ?? usual;
    const trigger = { context, template, fallback, usedFallback, missing };
    const result = await this.sends.send(
      viewer,
      { ...message, eventType: key, text, priority, trigger, isTest },
      input,
    );
    // Somebody else may have used the key in the meantime: then the notification is of then, and so is its text.
    if (result.kind === 'accepted' && result.deduplicated) return withRendered(result);
    return { ...result, rendered: { text, usedFallback, missing, priority } };
  }
}

const refused = (refusal: Refusal): TriggerResult => ({ kind: 'refused', refusal });

/** A trigger gives no template: what is wrong with one is a fault of the event type. */
const unsayable = (failed: Failed): Refusal => ({
  ...renderingRefusal(failed, 'context'),
  field: ['input', failed.kind === 'invalid' ? 'eventType' : 'context'],
});

const withRendered = (result: SendResult): TriggerResult =>
  result.kind === 'accepted' ? { ...result, rendered: renderedOf(result.notification) } : result;

const renderedOf = ({ text, trigger, priority }: Notification): RenderedMessage => ({
  text,
  usedFallback: trigger?.usedFallback ?? false,
  missing: trigger?.missing ?? [],
  priority: priorityOfRank(priority),
});
