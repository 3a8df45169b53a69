import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject, vi } from 'vitest';
import { TEMPLATE } from './template-cluster.ts';

export interface TestDatabase {
  readonly url: string;
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** Resolves once no transaction is open that began before this call: the status log is readable up to here. */
export const settled = async (database: Pick<TestDatabase, 'query'>): Promise<void> => {
  const [now] = await database.query<{ id: string }>('select pg_current_xact_id()::text as id');
  await vi.waitUntil(
    async () => {
      const [horizon] = await database.query<{ isPast: boolean }>(
        'select pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 as "isPast"',
        [now?.id],
      );
      return horizon?.isPast;
    },
    { timeout: 15_000, interval: 10 },
  );
};

/** A migrated database of its own, made in some milliseconds; an empty one from template0. `query` looks at what no API shows. */
export const createTestDatabase = (template = TEMPLATE): Promise<TestDatabase> =>
  createDatabaseIn(inject('postgresUrl'), template);

/** The same in a cluster that is named by a superuser's URL. */
export const createDatabaseIn = async (cluster: string, template = TEMPLATE): Promise<TestDatabase> => {
  const urlOf = (database: string): string => {
    const url = new URL(cluster);
    url.pathname = `/${database}`;
    return url.href;
  };
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: urlOf('postgres') });
  await admin.connect();
  await admin.query(`create database ${name} template ${template} strategy file_copy`);
  const pool = new pg.Pool({ connectionString: urlOf(name), max: 4 });
  // The pool ends before its connections are closed; the forced drop then tells those that they were terminated.
  pool.on('error', () => {});
  return {
    url: urlOf(name),
    query: async <Row extends object>(text: string, values: unknown[] = []) =>
      (await pool.query<Row>(text, values)).rows,
    drop: async () => {
      await pool.end();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
};
