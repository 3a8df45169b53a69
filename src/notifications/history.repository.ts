import type { Viewer } from '../access/viewer.ts';
import type { Database } from '../platform/database.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { HistoryFilter, Notification } from './notification.entity.ts';
import { toNotification } from './notification.repository.ts';

export interface HistoryQuery {
  readonly workspaceId: WorkspaceId;
  /** Set where the viewer sees only what concerns them. */
  readonly onlyFor: Viewer['userId'] | undefined;
  readonly filter: HistoryFilter;
  /** Microseconds of the epoch and id of the last row seen. */
  readonly after: { readonly createdUs: string; readonly id: string } | undefined;
  readonly limit: number;
}

export type HistoryRow = Notification & { readonly createdUs: string };

/** Each filter's condition on `n`; `$` stands for its parameter. */
const CONDITIONS: Readonly<Record<keyof HistoryFilter, string>> = {
  statuses: 'n.status = any($::text[])',
  eventTypes: 'n.event_type = any($::text[])',
  channelId: 'n.channel_id = $',
  identityId: 'n.identity_id = $::uuid',
  connectionId: 'n.connection_id = $::uuid',
  websiteId: 'n.website_id = $',
  requestedBy: 'n.requested_by = $',
  selectedBy: 'n.selected_by = $',
  priority: 'n.priority = $',
  failureCode: 'n.failure_code = $',
  createdSince: 'n.created_at >= $::timestamptz',
  createdUntil: 'n.created_at < $::timestamptz',
  search: `to_tsvector('simple', n.text) @@ plainto_tsquery('simple', $)`,
  idempotencyKey: 'n.idempotency_key = $',
};

const MICROSECONDS = `(extract(epoch from n.created_at) * 1000000)::bigint`;
/** A search answers with the newest hits up to this many, however far one pages. */
export const MAX_SEARCH_HITS = 10_000;

/** Pages of the history by keyset: a page costs the same at any depth. */
export class HistoryRepository {
  constructor(private readonly database: Database) {}

  async page(query: HistoryQuery): Promise<HistoryRow[]> {
    const values: unknown[] = [];
    const bind = (condition: string, value: unknown): string => condition.replace('$', `$${values.push(value)}`);
    const conditions = [bind('n.workspace_id = $', query.workspaceId)];
    if (query.onlyFor !== undefined) {
      const me = `$${values.push(query.onlyFor)}`;
      conditions.push(`(n.identity_kind = 'WORKSPACE_BOT' or n.requested_by = ${me} or n.selected_by = ${me})`);
    }
    for (const [name, condition] of Object.entries(CONDITIONS)) {
      const value = query.filter[name as keyof HistoryFilter];
      if (value !== undefined) conditions.push(bind(condition, value));
    }
    const hits = query.filter.search === undefined ? 'notifications' : newestHits(conditions);
    if (query.after) {
      const created = `'epoch'::timestamptz + $${values.push(query.after.createdUs)}::bigint * interval '1 microsecond'`;
      conditions.push(`(n.created_at, n.id) < (${created}, $${values.push(query.after.id)}::uuid)`);
    }
    const text = `select n.*, ${MICROSECONDS} as created_us from ${hits} n where ${conditions.join(' and ')}
      order by n.created_at desc, n.id desc limit $${values.push(query.limit)}`;
    return (await this.database.query({ text }, values)).map((row) => toNotification(row) as HistoryRow);
  }
}

const newestHits = (conditions: readonly string[]): string =>
  `(select * from notifications n where ${conditions.join(' and ')} order by n.created_at desc, n.id desc limit ${MAX_SEARCH_HITS})`;
