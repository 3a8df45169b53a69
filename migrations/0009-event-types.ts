import { Migration } from '@mikro-orm/migrations';

/** What the workspaces can trigger beside the built-in event types, which have no rows. */
export class EventTypes extends Migration {
  override up(): void {
    this.addSql(`
      create table event_types (
        workspace_id text not null,
        key text not null,
        title text not null,
        template text not null,
        fallback text not null,
        priority text not null check (priority in ('LOW', 'NORMAL', 'HIGH', 'URGENT')),
        -- json, not jsonb: given back as it was given.
        sample_context json not null,
        saved_by text not null,
        saved_at timestamptz not null default now(),
        primary key (workspace_id, key)
      );
    `);
  }
}
