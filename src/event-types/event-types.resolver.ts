import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { GraphQLContext } from '../graphql/context.ts';
import { RENDERING_COST_FIELDS } from '../graphql/limits.ts';
import { toUserError } from '../graphql/user-errors.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { EventTypesService, EventTypeView } from './event-types.service.ts';
import {
  DeleteEventTypeInput,
  DeleteEventTypePayload,
  EventType,
  PreviewEventInput,
  RenderedMessage,
  SaveEventTypeInput,
  SaveEventTypePayload,
} from './event-types.types.ts';

@Resolver(() => EventType)
export class EventTypesResolver {
  constructor(private readonly service: EventTypesService) {}

  @Query(() => [EventType], {
    description: 'What can be triggered in a workspace: the built-in event types, then its own by key.',
  })
  async eventTypes(
    @Arg('workspaceId', () => ID, { description: 'The workspace; FORBIDDEN where the viewer has no role in it.' })
    workspaceId: string,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<EventType[]> {
    return this.service.eventTypes(viewer, workspaceId as WorkspaceId);
  }

  @FieldResolver(() => [String], { description: "The template's placeholders, in order of appearance, each once." })
  async placeholders(@Root() view: EventTypeView): Promise<string[]> {
    return [...(await view.placeholders())];
  }

  @Query(() => RenderedMessage, {
    complexity: RENDERING_COST_FIELDS,
    description:
      'What a trigger would say, with the placeholders missing from the context named. Sends nothing. ' +
      'An unknown event type or an invalid template is BAD_USER_INPUT, with `field`, and `line` and `column` of a template, in its extensions.',
  })
  async previewEvent(
    @Arg('input', () => PreviewEventInput, { description: 'What to render.' }) input: PreviewEventInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<RenderedMessage> {
    const { workspaceId, eventType, context = null, template = null, fallback = null } = input;
    const asked = { workspaceId: workspaceId as WorkspaceId, eventType, context, template, fallback };
    const preview = await this.service.previewEvent(viewer, asked);
    return { ...preview, missing: [...preview.missing] };
  }

  @Mutation(() => SaveEventTypePayload, {
    complexity: RENDERING_COST_FIELDS,
    description: 'Makes an event type, or changes the one with this key. Admins only.',
  })
  async saveEventType(
    @Arg('input', () => SaveEventTypeInput, { description: 'The event type.' }) input: SaveEventTypeInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<SaveEventTypePayload> {
    const { workspaceId, ...given } = input;
    const result = await this.service.saveEventType(viewer, workspaceId as WorkspaceId, given);
    if (result.kind === 'refused') return { eventType: null, userErrors: [toUserError(result.refusal)] };
    return { eventType: result.eventType, userErrors: [] };
  }

  @Mutation(() => DeleteEventTypePayload, {
    description: "Deletes one of the workspace's own event types. Admins only.",
  })
  async deleteEventType(
    @Arg('input', () => DeleteEventTypeInput, { description: 'Which one.' }) input: DeleteEventTypeInput,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<DeleteEventTypePayload> {
    const result = await this.service.deleteEventType(viewer, input.workspaceId as WorkspaceId, input.key);
    const userErrors = result.kind === 'refused' ? [toUserError(result.refusal)] : [];
    return { deleted: result.kind === 'deleted', userErrors };
  }
}
