import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { UserId, WorkspaceId } from '../platform/ids.ts';
import type { Priority } from './priority.policy.ts';

export type JsonObject = Record<string, unknown>;

/** A workspace's own event type; the built-in ones come with the server and have no row. */
export const EventTypeEntity = defineEntity({
  name: 'EventType',
  tableName: 'event_types',
  properties: {
    workspaceId: p.text().primary().$type<WorkspaceId>(),
    key: p.text().primary(),
    title: p.text(),
    template: p.text(),
    fallback: p.text(),
    priority: p.text().$type<Priority>(),
    sampleContext: p.json<JsonObject>(),
    savedBy: p.text().$type<UserId>(),
    savedAt: p.datetime(),
  },
});
export type EventType = InferEntity<typeof EventTypeEntity>;
