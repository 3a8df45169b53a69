import pg from 'pg';
import { CLAIM } from '../../src/delivery/claim.sql.ts';
import { BREAKER_FAILURES, BREAKER_SECONDS } from '../../src/delivery/pace.policy.ts';
import { entities } from '../../src/entities.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { Secret } from '../../src/platform/secret.ts';
import type { TestDatabase } from './database.ts';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** What a statement cost, and how Postgres went about it. */
export interface Explained {
  readonly buffers: number;
  readonly ms: number;
  /** Tables that were read from end to end. */
  readonly wholeTables: readonly string[];
  readonly text: string;
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

class Undo extends Error {}

/** The claim of `rows` rows as a worker's session plans it, kept for good or for these values; nothing of it stays. */
export const explainClaim = async (
  database: TestDatabase,
  mode: 'force_generic_plan' | 'force_custom_plan',
  rows = 50,
): Promise<Explained> => {
  const logger = createLogger({ level: 'silent', role: 'test' });
  const session = await openDatabase({ url: new Secret(database.url), poolMax: 1, entities, logger });
  const values = [50, 10, rows, 1, 10, [], [], [], 0, 0, BREAKER_FAILURES, BREAKER_SECONDS, 2]
    .map((value) => (Array.isArray(value) ? `'{}'` : pg.escapeLiteral(`${value}`)))
    .join(', ');
  let found: { 'QUERY PLAN': [{ Plan: PlanNode; 'Execution Time': number }] } | undefined;
  let text = '';
  try {
    await session.sqlTransaction(async (sql) => {
      await sql.query({ text: `set local plan_cache_mode = ${mode}` });
      await sql.query({ text: `prepare explained_claim as ${CLAIM}` });
      await sql.query({ text: 'savepoint before' });
      [found] = await sql.query({ text: `explain (analyze, buffers, format json) execute explained_claim(${values})` });
      await sql.query({ text: 'rollback to savepoint before' });
      const lines = await sql.query<{ 'QUERY PLAN': string }>({
        text: `explain (analyze, buffers) execute explained_claim(${values})`,
      });
      text = lines.map((line) => line['QUERY PLAN']).join('\n');
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  } finally {
    await session.stop();
  }
  const top = found?.['QUERY PLAN'][0];
  if (!top) throw new Error('Postgres did not explain the claim.');
  const wholeTables = nodesOf(top.Plan).flatMap((node) =>
    node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? ''] : [],
  );
  const buffers = (top.Plan['Shared Hit Blocks'] ?? 0) + (top.Plan['Shared Read Blocks'] ?? 0);
  return { buffers, ms: top['Execution Time'], wholeTables, text };
};
