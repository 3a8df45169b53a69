import type { Plans, Sql } from '../platform/database.ts';
import { historyNear, historyPage, historySearch, type BoundStatement, type HistoryQuery } from './history.sql.ts';
import type { Notification } from './notification.entity.ts';

/** What of it is not among the query's columns is undefined: nobody asks for it. */
export type HistoryRow = Notification & { readonly createdUs: string };

type WalkedRow = HistoryRow & { readonly isHit: boolean; readonly isCut: boolean };

/** Each keeps a plan in every connection: where ever other fields are asked for, whole rows are read once there are so many. */
const MAX_NARROW_STATEMENTS = 40;

/** A page, and how it is to be read. */
export interface HistoryReading {
  readonly plans: Plans;
  read(sql: Sql): Promise<HistoryRow[]>;
}

/** Pages of the history by keyset: a page costs the same at any depth. */
export class HistoryRepository {
  readonly #narrow = new Set<string>();

  page(query: HistoryQuery): HistoryReading {
    const { words } = query;
    if (words) return { plans: 'fresh', read: (sql) => search(sql, query, words) };
    const statement = this.#statementOf(query);
    return { plans: statement.name === undefined ? 'fresh' : 'kept', read: (sql) => read(sql, statement) };
  }

  #statementOf(query: HistoryQuery): BoundStatement {
    const statement = historyPage(query);
    if (statement.name === undefined || !query.columns || this.#narrow.has(statement.name)) return statement;
    if (this.#narrow.size >= MAX_NARROW_STATEMENTS) return historyPage({ ...query, columns: undefined });
    this.#narrow.add(statement.name);
    return statement;
  }
}

const search = async (sql: Sql, query: HistoryQuery, words: readonly string[]): Promise<HistoryRow[]> => {
  const walked = await read<WalkedRow>(sql, historyNear(query, words));
  const hits = walked.filter(({ isHit }) => isHit);
  // What the newest did not fill is looked up among all, of which a common word has very many: not where that was all.
  const isAll = !walked.some(({ isCut }) => isCut);
  return hits.length >= query.limit || isAll ? hits : read(sql, historySearch(query, words));
};

const read = <Row extends HistoryRow>(sql: Sql, { values, ...statement }: BoundStatement): Promise<Row[]> =>
  sql.query<Row>(statement, values);
