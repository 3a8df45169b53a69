import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { entities } from '../../src/entities.ts';
import { openDatabase, type Database } from '../../src/platform/database.ts';
import { IndexMigration } from '../../src/platform/index-migration.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { migrate, migrations } from '../../src/platform/migrations.ts';
import { Secret } from '../../src/platform/secret.ts';

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase('template0');
  const logger = createLogger({ level: 'silent', role: 'test' });
  database = await openDatabase({ url: new Secret(testDatabase.url), poolMax: 2, entities, logger });
});
afterAll(async () => {
  await database.stop();
  await testDatabase.drop();
});

const ROWS = 2500;

test('notifications that are older than the search and the statistics are found and counted', async () => {
  await database.orm.migrator.up({ to: '0009-event-types' });
  await testDatabase.query(
    `insert into notifications (id, workspace_id, status, failure_code, priority, text, identity_kind, requested_by, selected_by,
       expires_at, created_at)
     select gen_random_uuid(), 'w', 'FAILED', 'EXPIRED', 1, 'The <b>Audit</b> number ' || number || '/100',
       case when number % 2 = 0 then 'WORKSPACE_BOT' end, 'ann', case when number % 4 = 1 then 'ben' end, now(), '2026-03-01T10:30:00Z'
     from generate_series(1, ${ROWS}) as number`,
  );
  await migrate(database.orm, new Secret(testDatabase.url));

  const found = await testDatabase.query<{ same: boolean }>(
    `select w.created_at = n.created_at as same from notification_words w join notifications n on n.id = w.notification_id
     where array[w.workspace_id] @> array['w'] and w.words @> array['audit', 'number', '100']`,
  );
  expect(found).toHaveLength(ROWS);
  expect(found.every(({ same }) => same)).toBe(true);
  const counts = await testDatabase.query(
    'select audience, hour, status, failure_code, count from notification_counts order by audience',
  );
  const counted = { hour: new Date('2026-03-01T10:00:00Z'), status: 'FAILED', failure_code: 'EXPIRED' };
  expect(counts).toEqual([
    { ...counted, audience: 'BOT', count: ROWS / 2 },
    { ...counted, audience: 'PERSON', count: ROWS / 2 },
    { ...counted, audience: 'USER:ann', count: ROWS / 2 },
    { ...counted, audience: 'USER:ben', count: ROWS / 4 },
  ]);
});

test('a migration that is not one transaction can be run again, wherever it broke off', async () => {
  const inParts = migrations.filter(({ class: { prototype } }) => prototype instanceof IndexMigration);
  const names = inParts.map(({ name }) => name);
  await testDatabase.query('delete from heliograph_migrations where name = any($1::text[])', [names]);
  expect(await migrate(database.orm, new Secret(testDatabase.url))).toEqual(names);
});

test('an index is made and taken away however long others hold it up; nothing else is waited for without end', async () => {
  const url = new Secret(testDatabase.url);
  await testDatabase.query('create table ddl (limit_is text, is_concurrent boolean)');
  await testDatabase.query(`
    create function note_ddl() returns event_trigger language plpgsql as $$
    begin
      insert into ddl values (current_setting('lock_timeout'), current_query() ilike '%index concurrently%');
    end $$`);
  await testDatabase.query('create event trigger note_ddl on ddl_command_end execute function note_ddl()');
  await testDatabase.query(`delete from heliograph_migrations where name in ('0017-overdue', '0020-moving')`);
  await migrate(database.orm, url);
  await testDatabase.query('drop event trigger note_ddl');
  const seen = await testDatabase.query('select distinct limit_is, is_concurrent from ddl order by limit_is');
  expect(seen).toEqual([
    { limit_is: '0', is_concurrent: true },
    { limit_is: '10s', is_concurrent: false },
  ]);
  await testDatabase.query('drop table ddl');
});

test('every index is valid, and no two are the same', async () => {
  const indexes = await testDatabase.query<{ name: string; valid: boolean; definition: string }>(
    `select indexrelid::regclass::text as name, indisvalid as valid,
       regexp_replace(pg_get_indexdef(indexrelid), 'INDEX \\S+ ON', 'INDEX ON') as definition
     from pg_index join pg_class on pg_class.oid = indrelid where relnamespace = 'public'::regnamespace`,
  );
  expect(indexes.filter(({ valid }) => !valid)).toEqual([]);
  expect(new Set(indexes.map(({ definition }) => definition)).size).toBe(indexes.length);
});
