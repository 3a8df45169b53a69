import pg from 'pg';
import type { Database, Plans, Sql, Statement } from '../../src/platform/database.ts';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** A row of `explain (analyze, buffers, format json)`. */
export interface Explanation {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: PlanNode; readonly 'Execution Time': number }];
}

/** What a statement cost, and how Postgres went about it. */
export interface Explained {
  readonly buffers: number;
  readonly ms: number;
  /** Tables that were read from end to end, by themselves or through an index without a condition, but for those of the queue. */
  readonly wholeTables: readonly string[];
  readonly indexes: readonly string[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** As long as the queue, however long the table is. */
const QUEUE_INDEXES: readonly (string | undefined)[] = ['notifications_waiting', 'notifications_in_queue'];

const isWhole = (node: PlanNode): boolean =>
  node['Node Type'] === 'Seq Scan' ||
  (/^(Index|Index Only|Bitmap Index) Scan$/.test(node['Node Type']) &&
    node['Index Cond'] === undefined &&
    !QUEUE_INDEXES.includes(node['Index Name']));

export const explainedOf = (explanation: Explanation | undefined): Explained => {
  const top = explanation?.['QUERY PLAN'][0];
  if (!top) throw new Error('Postgres did not explain the statement.');
  const nodes = nodesOf(top.Plan);
  return {
    buffers: (top.Plan['Shared Hit Blocks'] ?? 0) + (top.Plan['Shared Read Blocks'] ?? 0),
    ms: top['Execution Time'],
    wholeTables: nodes.filter(isWhole).map((node) => node['Relation Name'] ?? node['Index Name'] ?? ''),
    indexes: [...new Set(nodes.flatMap((node) => node['Index Name'] ?? []))],
  };
};

const EXPLAIN = 'explain (analyze, buffers, format json)';

const literalOf = (value: unknown): string =>
  pg.escapeLiteral(Array.isArray(value) ? `{${value.map((each) => JSON.stringify(each)).join(',')}}` : String(value));

/**
 * In a repository's place of a database: notes what each statement costs, as the server's own sessions plan it, and answers
 * it. Of a database with one connection, on which plans are kept.
 */
export class Explaining implements Sql {
  plans: Plans = 'fresh';
  readonly #explained: Explained[] = [];

  constructor(private readonly database: Database) {}

  async query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    if (this.plans === 'kept') return this.#queryKept(statement, values);
    const [found] = await this.database.query<Explanation>({ text: `${EXPLAIN} ${statement.text}` }, values);
    this.#explained.push(explainedOf(found));
    return this.database.query<Row>(statement, values);
  }

  /** What the driver has prepared by name is known to the session by that name. */
  #queryKept<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    return this.database.sqlTransaction(async (sql) => {
      const rows = await sql.query<Row>(statement, values);
      const text = `${EXPLAIN} execute ${pg.escapeIdentifier(statement.name ?? '')}(${values.map(literalOf).join(', ')})`;
      const [found] = await sql.query<Explanation>({ text });
      this.#explained.push(explainedOf(found));
      return rows;
    }, 'kept');
  }

  /** The statements of some work, in their order. */
  async of(work: () => Promise<unknown>): Promise<Explained[]> {
    await work();
    return this.#explained.splice(0);
  }
}
