import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** The migrated database that every test database is copied from. */
export const TEMPLATE = 'heliograph_template';

const urlOf = (name: string): string => {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  return url.href;
};

export interface TestDatabase {
  readonly url: string;
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** A migrated database of its own, made in some milliseconds; an empty one from template0. `query` looks at what no API shows. */
export const createTestDatabase = async (template = TEMPLATE): Promise<TestDatabase> => {
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
