import type { Sql } from '../platform/database.ts';
import { historyPage, historySearch, type BoundStatement, type HistoryQuery } from './history.sql.ts';
import type { Notification } from './notification.entity.ts';

export type HistoryRow = Notification & { readonly createdUs: string };

/** Pages of the history by keyset: a page costs the same at any depth. */
export class HistoryRepository {
  async page(sql: Sql, query: HistoryQuery): Promise<HistoryRow[]> {
    const rows = await read(sql, historyPage(query));
    const { words, limit } = query;
    // What the newest did not fill is looked up among all.
    return words && rows.length < limit ? read(sql, historySearch(query, words)) : rows;
  }
}

const read = (sql: Sql, { text, values }: BoundStatement): Promise<HistoryRow[]> =>
  sql.query<HistoryRow>({ text }, values);
