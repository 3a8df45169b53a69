import type { Sql } from './database.ts';

/** How the database server is set up, as far as what is promised depends on it. */
export const readDatabaseState = async (sql: Sql) => {
  const [row] = await sql.query<{
    version: number;
    isStandby: boolean;
    commitsAtOnce: boolean;
    maxConnections: number;
    now: Date;
  }>({
    text: `select current_setting('server_version_num')::int as version, pg_is_in_recovery() as "isStandby",
        current_setting('synchronous_commit') <> 'off' and current_setting('fsync')::bool as "commitsAtOnce",
        current_setting('max_connections')::int as "maxConnections", clock_timestamp() as now`,
  });
  if (row === undefined) throw new Error('The database did not say how it is set up.');
  return row;
};
