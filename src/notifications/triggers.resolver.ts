import { Arg, Mutation, Resolver } from 'type-graphql';
import { notImplemented } from '../graphql/not-implemented.ts';
import { TestEventInput, TriggerEventInput, TriggerEventPayload } from './triggers.types.ts';

/** Triggers answer with a notification, so they live here and not with the event types, which may not know of one. */
@Resolver()
export class TriggersResolver {
  @Mutation(() => TriggerEventPayload, {
    description:
      "Renders an event type's template with a context and accepts the message for delivery, as sendNotification does.",
  })
  triggerEvent(
    @Arg('input', () => TriggerEventInput, { description: 'What happened.' }) _input: TriggerEventInput,
  ): TriggerEventPayload {
    throw notImplemented('triggerEvent');
  }

  @Mutation(() => TriggerEventPayload, {
    description:
      "Sends the event type's sample context to the given channel, marked as a test in the message and in the history.",
  })
  testEvent(
    @Arg('input', () => TestEventInput, { description: 'Which event type, and where to.' }) _input: TestEventInput,
  ): TriggerEventPayload {
    throw notImplemented('testEvent');
  }
}
