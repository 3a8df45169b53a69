import type { Database } from '../platform/database.ts';
import type { UserId, WorkspaceId } from '../platform/ids.ts';
import type { EventTypeDefinition } from './built-in-event-types.ts';

/** Far beyond what people name; it keeps one list answerable. */
export const MAX_EVENT_TYPES_PER_WORKSPACE = 1000;

const COLUMNS = 'key, title, template, fallback, priority, sample_context as "sampleContext"';

/** The event types of the workspaces themselves. */
export class EventTypeRepository {
  constructor(private readonly database: Database) {}

  list(workspaceId: WorkspaceId): Promise<EventTypeDefinition[]> {
    const text = `select ${COLUMNS} from event_types where workspace_id = $1 order by key`;
    return this.database.query({ name: 'event_types_list', text }, [workspaceId]);
  }

  async find(workspaceId: WorkspaceId, key: string): Promise<EventTypeDefinition | undefined> {
    const text = `select ${COLUMNS} from event_types where workspace_id = $1 and key = $2`;
    const rows = await this.database.query<EventTypeDefinition>({ name: 'event_types_find', text }, [workspaceId, key]);
    return rows[0];
  }

  /** Makes it, or replaces what has its key; false where the workspace has as many as it may. */
  async save(workspaceId: WorkspaceId, savedBy: UserId, eventType: EventTypeDefinition): Promise<boolean> {
    const { key, title, template, fallback, priority, sampleContext } = eventType;
    const saved = await this.database.query(
      {
        name: 'event_types_save',
        text: `insert into event_types (workspace_id, key, title, template, fallback, priority, sample_context, saved_by)
          select $1, $2, $3, $4, $5, $6, $7::json, $8
          where (select count(*) from event_types where workspace_id = $1 and key <> $2) < ${MAX_EVENT_TYPES_PER_WORKSPACE}
          on conflict (workspace_id, key) do update set title = excluded.title, template = excluded.template,
            fallback = excluded.fallback, priority = excluded.priority, sample_context = excluded.sample_context,
            saved_by = excluded.saved_by, saved_at = now()
          returning key`,
      },
      [workspaceId, key, title, template, fallback, priority, JSON.stringify(sampleContext), savedBy],
    );
    return saved.length > 0;
  }

  async delete(workspaceId: WorkspaceId, key: string): Promise<boolean> {
    const text = 'delete from event_types where workspace_id = $1 and key = $2 returning key';
    return (await this.database.query({ name: 'event_types_delete', text }, [workspaceId, key])).length > 0;
  }
}
