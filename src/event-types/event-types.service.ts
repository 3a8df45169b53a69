import { setImmediate as nextTurn } from 'node:timers/promises';
import { requireOneOf, requireRole } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import { TopLevelError } from '../platform/top-level-error.ts';
import type { Refusal } from '../platform/user-error.ts';
import { BUILT_IN_EVENT_TYPES, type EventTypeDefinition } from './built-in-event-types.ts';
import { contextRefusal } from './context.policy.ts';
import type { JsonObject } from './event-type.entity.ts';
import {
  builtInEventType,
  draftEventType,
  isEventTypeKey,
  protectedKey,
  renderingRefusal,
  templatesRefusal,
  unknownEventType,
} from './event-type.policy.ts';
import { MAX_EVENT_TYPES_PER_WORKSPACE, type EventTypeRepository } from './event-type.repository.ts';
import type { Priority } from './priority.policy.ts';
import { renderEvent, type Rendered } from './rendering.policy.ts';
import { placeholdersIn, toLiquid } from './template.policy.ts';

export interface EventTypeView extends EventTypeDefinition {
  readonly builtIn: boolean;
  readonly placeholders: () => Promise<readonly string[]>;
}

export interface PreviewEvent {
  readonly workspaceId: WorkspaceId;
  readonly eventType: string;
  readonly context: JsonObject | null;
  readonly template: string | null;
  readonly fallback: string | null;
}

export type Preview = Rendered & { readonly priority: Priority };

export type SaveResult =
  | { readonly kind: 'saved'; readonly eventType: EventTypeView }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export type DeleteResult = { readonly kind: 'deleted' } | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What can be triggered in a workspace: the built-in event types and its own. */
export class EventTypesService {
  constructor(private readonly own: EventTypeRepository) {}

  async eventTypes(viewer: Viewer, workspaceId: WorkspaceId): Promise<EventTypeView[]> {
    requireRole(viewer, workspaceId);
    return viewsOf([...BUILT_IN_EVENT_TYPES, ...(await this.own.list(workspaceId))]);
  }

  /** For whoever has looked at the viewer's role already. */
  async find(workspaceId: WorkspaceId, key: string): Promise<EventTypeDefinition | undefined> {
    return builtInEventType(key) ?? (isEventTypeKey(key) ? this.own.find(workspaceId, key) : undefined);
  }

  async saveEventType(viewer: Viewer, workspaceId: WorkspaceId, given: EventTypeDefinition): Promise<SaveResult> {
    requireOneOf(viewer, workspaceId, ['ADMIN']);
    const draft = draftEventType(given);
    if (draft.kind === 'refused') return draft;
    const isSaved = await this.own.save(workspaceId, viewer.userId, draft.definition);
    const [eventType] = isSaved ? viewsOf([draft.definition]) : [];
    return eventType ? { kind: 'saved', eventType } : { kind: 'refused', refusal: TOO_MANY };
  }

  async deleteEventType(viewer: Viewer, workspaceId: WorkspaceId, key: string): Promise<DeleteResult> {
    requireOneOf(viewer, workspaceId, ['ADMIN']);
    const builtIn = protectedKey(key);
    if (builtIn) return { kind: 'refused', refusal: builtIn };
    const isDeleted = isEventTypeKey(key) && (await this.own.delete(workspaceId, key));
    return isDeleted ? { kind: 'deleted' } : { kind: 'refused', refusal: unknownEventType(key, 'key') };
  }

  async previewEvent(viewer: Viewer, input: PreviewEvent): Promise<Preview> {
    requireRole(viewer, input.workspaceId);
    const saved = await this.find(input.workspaceId, input.eventType);
    const template = input.template ?? saved?.template;
    const fallback = input.fallback ?? saved?.fallback;
    // One that is not saved yet can be looked at all the same, where it is given whole.
    if (template === undefined || fallback === undefined) throw badInput(unknownEventType(input.eventType));
    const context = input.context ?? {};
    const refusal = templatesRefusal({ template, fallback }) ?? contextRefusal(context);
    if (refusal) throw badInput(refusal);
    const rendering = renderEvent({ template: toLiquid(template), fallback: toLiquid(fallback) }, context);
    if (rendering.kind !== 'rendered') throw badInput(renderingRefusal(rendering, 'context'));
    return { ...rendering, priority: saved?.priority ?? 'NORMAL' };
  }
}

/** Their placeholders are read when they are asked for, one template in a turn: a thousand large ones take seconds. */
const viewsOf = (definitions: readonly EventTypeDefinition[]): EventTypeView[] => {
  let last: Promise<unknown> = Promise.resolve();
  return definitions.map((definition) => ({
    ...definition,
    builtIn: BUILT_IN_EVENT_TYPES.includes(definition),
    placeholders: () => {
      const read = last.then(() => nextTurn()).then(() => placeholdersIn(definition.template));
      last = read;
      return read;
    },
  }));
};

/** A query has no `userErrors`: the same words go into a top-level error. */
const badInput = ({ message, remedy, field, details }: Refusal): TopLevelError => {
  const position = details?.kind === 'invalidTemplate' ? { line: details.line, column: details.column } : {};
  return new TopLevelError('BAD_USER_INPUT', `${message} ${remedy}`, { field, ...position });
};

const TOO_MANY: Refusal = {
  code: 'INVALID_INPUT',
  message: `The workspace has ${MAX_EVENT_TYPES_PER_WORKSPACE} event types already, as many as it may.`,
  remedy: 'Delete one that nothing triggers any more.',
  field: ['input', 'key'],
};
