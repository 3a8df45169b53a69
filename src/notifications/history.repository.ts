import type { Plans, Sql } from '../platform/database.ts';
import { historyNear, historyPage, historySearch, type BoundStatement, type HistoryQuery } from './history.sql.ts';
import type { Notification } from './notification.entity.ts';

export type HistoryRow = Notification & { readonly createdUs: string };

type WalkedRow = HistoryRow & { readonly isHit: boolean; readonly isCut: boolean };

/** Pages of the history by keyset: a page costs the same at any depth. */
export class HistoryRepository {
  plansOf(query: HistoryQuery): Plans {
    return query.words || historyPage(query).name === undefined ? 'fresh' : 'kept';
  }

  async page(sql: Sql, query: HistoryQuery): Promise<HistoryRow[]> {
    const { words, limit } = query;
    if (!words) return read(sql, historyPage(query));
    const walked = await read<WalkedRow>(sql, historyNear(query, words));
    const hits = walked.filter(({ isHit }) => isHit);
    // What the newest did not fill is looked up among all, of which a common word has very many: not where that was all.
    const isAll = !walked.some(({ isCut }) => isCut);
    return hits.length >= limit || isAll ? hits : read(sql, historySearch(query, words));
  }
}

const read = <Row extends HistoryRow>(sql: Sql, { values, ...statement }: BoundStatement): Promise<Row[]> =>
  sql.query<Row>(statement, values);
