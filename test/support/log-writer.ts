import type { TestDatabase } from './database.ts';
import type { Chance } from './seeded.ts';

/** Somebody's notifications, and how they are posted: what decides who may see them. */
export interface Sort {
  readonly requestedBy: string;
  readonly selectedBy: string | null;
  readonly identityKind: 'WORKSPACE_BOT' | 'PERSONAL_USER' | null;
}

interface LogRow {
  readonly mark: string;
  readonly requestedBy: string;
  readonly selectedBy: string | null;
  readonly identityKind: string | null;
}

const INSERT = `insert into notifications
  (id, workspace_id, status, priority, text, requested_by, selected_by, identity_kind, expires_at)
  select gen_random_uuid(), $1, 'QUEUED', 1, 'An audit is complete.', given.requested_by, given.selected_by,
    given.identity_kind, now() + interval '1 day'
  from unnest($2::text[], $3::text[], $4::text[]) as given(requested_by, selected_by, identity_kind)`;
const CANCEL = `update notifications set status = 'CANCELED', failure_code = 'CANCELED_BY_CALLER', finished_at = now()
  where id = any(array(
    select id from notifications where workspace_id = $1 and status = 'QUEUED' limit $2 for update skip locked))`;

/** Moves statuses straight in the tables: the triggers write the log, and no queue is in the way. */
export class LogWriter {
  constructor(
    private readonly database: TestDatabase,
    private readonly workspaceId: string,
    private readonly sorts: readonly Sort[] = [
      { requestedBy: 'nobody', selectedBy: null, identityKind: 'WORKSPACE_BOT' },
    ],
  ) {}

  /** So many changes in one transaction: half of them accept, the others cancel what was accepted before. */
  async write(changes: number, chance?: Chance): Promise<void> {
    const half = Math.ceil(changes / 2);
    const sorts = Array.from({ length: half }, (_, index) =>
      chance ? chance.pick(this.sorts) : (this.sorts[index % this.sorts.length] as Sort),
    );
    await this.database.query(`with accepted as (${INSERT}) select`, [
      this.workspaceId,
      sorts.map(({ requestedBy }) => requestedBy),
      sorts.map(({ selectedBy }) => selectedBy),
      sorts.map(({ identityKind }) => identityKind),
    ]);
    await this.database.query(CANCEL, [this.workspaceId, changes - half]);
    // As whoever writes for the product does, after the commit.
    await this.database.query(`select pg_notify('heliograph_status', '')`);
  }

  /** What the log holds of the workspace, in its order. */
  async logged(): Promise<LogRow[]> {
    return this.database.query<LogRow>(
      `select notification_id || ' ' || to_status as mark, requested_by as "requestedBy", selected_by as "selectedBy",
         identity_kind as "identityKind"
       from status_log where workspace_id = $1 order by epoch, stamp, seq`,
      [this.workspaceId],
    );
  }
}
