import { Arg, ID, Mutation, Query, Resolver } from 'type-graphql';
import { notImplemented } from '../graphql/not-implemented.ts';
import {
  DeleteEventTypeInput,
  DeleteEventTypePayload,
  EventType,
  PreviewEventInput,
  RenderedMessage,
  SaveEventTypeInput,
  SaveEventTypePayload,
} from './event-types.types.ts';

@Resolver()
export class EventTypesResolver {
  @Query(() => [EventType], {
    description: 'What can be triggered in a workspace: the built-in event types and its own.',
  })
  eventTypes(
    @Arg('workspaceId', () => ID, { description: 'The workspace; FORBIDDEN where the viewer has no role in it.' })
    _workspaceId: string,
  ): EventType[] {
    throw notImplemented('eventTypes');
  }

  @Query(() => RenderedMessage, {
    description:
      'What a trigger would say, with the placeholders missing from the context named. Sends nothing. ' +
      'An unknown event type or an invalid template is BAD_USER_INPUT.',
  })
  previewEvent(
    @Arg('input', () => PreviewEventInput, { description: 'What to render.' }) _input: PreviewEventInput,
  ): RenderedMessage {
    throw notImplemented('previewEvent');
  }

  @Mutation(() => SaveEventTypePayload, {
    description: 'Makes an event type, or changes the one with this key. Admins only.',
  })
  saveEventType(
    @Arg('input', () => SaveEventTypeInput, { description: 'The event type.' }) _input: SaveEventTypeInput,
  ): SaveEventTypePayload {
    throw notImplemented('saveEventType');
  }

  @Mutation(() => DeleteEventTypePayload, {
    description: "Deletes one of the workspace's own event types. Admins only.",
  })
  deleteEventType(
    @Arg('input', () => DeleteEventTypeInput, { description: 'Which one.' }) _input: DeleteEventTypeInput,
  ): DeleteEventTypePayload {
    throw notImplemented('deleteEventType');
  }
}
