import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { GraphQLContext } from '../graphql/context.ts';
import { RENDERING_COST_FIELDS } from '../graphql/limits.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import { senderChoice } from './send-input.ts';
import { sendPayload } from './send-payload.ts';
import type { TriggerInput, TriggerResult, TriggersService } from './triggers.service.ts';
import { TestEventInput, TriggerEventInput, TriggerEventPayload } from './triggers.types.ts';

/** Triggers answer with a notification, so they live here and not with the event types, which may not know of one. */
@Resolver()
export class TriggersResolver {
  constructor(private readonly triggers: TriggersService) {}

  @Mutation(() => TriggerEventPayload, {
    complexity: RENDERING_COST_FIELDS,
    description:
      "Renders an event type's template with a context and accepts the message for delivery, as sendNotification does.",
  })
  async triggerEvent(
    @Arg('input', () => TriggerEventInput, { description: 'What happened.' }) input: TriggerEventInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<TriggerEventPayload> {
    return triggerPayload(await this.triggers.triggerEvent(viewer, triggerInput(input)));
  }

  @Mutation(() => TriggerEventPayload, {
    complexity: RENDERING_COST_FIELDS,
    description:
      "Sends the event type's sample context to the given channel, marked as a test in the message and in the history.",
  })
  async testEvent(
    @Arg('input', () => TestEventInput, { description: 'Which event type, and where to.' }) input: TestEventInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<TriggerEventPayload> {
    const { workspaceId, sender, eventType, channelId } = input;
    const test = { workspaceId: workspaceId as WorkspaceId, sender: senderChoice(sender), eventType, channelId };
    return triggerPayload(await this.triggers.testEvent(viewer, test));
  }
}

const triggerInput = ({ sender, context, priority, onUnknownOutcome, ...input }: TriggerEventInput): TriggerInput => ({
  ...input,
  workspaceId: input.workspaceId as WorkspaceId,
  sender: senderChoice(sender),
  context: context ?? {},
  priority: priority ?? null,
  onUnknownOutcome: onUnknownOutcome ?? 'HOLD',
});

const triggerPayload = (result: TriggerResult): TriggerEventPayload => {
  const rendered = result.rendered ? { ...result.rendered, missing: [...result.rendered.missing] } : null;
  return { ...sendPayload(result), rendered };
};
