import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EntityProperty } from '@mikro-orm/postgresql';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { openDatabase, type Database } from './platform/database.ts';
import { createLogger } from './platform/logger.ts';
import { Secret } from './platform/secret.ts';
import { entities } from './entities.ts';

/** The migrator's own table has no entity. */
const WITHOUT_ENTITY = ['heliograph_migrations'];

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly generated: boolean;
}

let testDatabase: TestDatabase;
let database: Database;
let columns: Column[];
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const logger = createLogger({ level: 'silent', role: 'test' });
  database = await openDatabase({ url: new Secret(testDatabase.url), poolMax: 2, entities, logger });
  columns = await testDatabase.query<Column>(
    `select table_name as "table", column_name as name, is_nullable = 'YES' as nullable, is_generated = 'ALWAYS' as generated,
       case when data_type = 'ARRAY' then udt_name else data_type end as type
     from information_schema.columns where table_schema = 'public' order by table_name, ordinal_position`,
  );
});
afterAll(async () => {
  await database.stop();
  await testDatabase.drop();
});

const FAMILIES: Readonly<Record<string, string>> = {
  uuid: 'uuid',
  text: 'text',
  'character varying': 'text',
  bytea: 'bytes',
  integer: 'whole number',
  smallint: 'whole number',
  bigint: 'large number',
  'double precision': 'number',
  boolean: 'yes or no',
  'timestamp with time zone': 'time',
  json: 'json',
  jsonb: 'json',
  _text: 'list of texts',
};
const familyOf = (type: string): string => FAMILIES[type] ?? `unknown: ${type}`;

/** What MikroORM would declare the column as. */
const declaredFamily = ({ columnTypes: [type = ''] }: EntityProperty): string => {
  const [, base = ''] = /^([a-z]+)/.exec(type) ?? [];
  const names: Readonly<Record<string, string>> = {
    varchar: 'text',
    int: 'integer',
    double: 'double precision',
    timestamptz: 'timestamp with time zone',
    text: type === 'text[]' ? '_text' : 'text',
  };
  return familyOf(names[base] ?? base);
};

const tables = (): string[] => [...new Set(columns.map(({ table }) => table))];

interface Declared {
  readonly family: string;
  readonly nullable: boolean;
}

const declared = (): Map<string, Map<string, Declared>> =>
  new Map(
    [...database.orm.getMetadata().getAll().values()].map((entity) => [
      entity.tableName,
      new Map(
        Object.values(entity.properties).flatMap((property) =>
          (property.fieldNames ?? []).map((name): [string, Declared] => [
            name,
            { family: declaredFamily(property), nullable: property.nullable === true },
          ]),
        ),
      ),
    ]),
  );

describe('every table and every column has its place in an entity, and the reverse', () => {
  test('there is something to compare', () => {
    expect(tables().length).toBeGreaterThan(15);
    expect(columns.length).toBeGreaterThan(150);
  });

  test('each table has one entity, but for those that no code reads', () => {
    const expected = tables().filter((table) => !WITHOUT_ENTITY.includes(table));
    expect([...declared().keys()].sort()).toEqual(expected.sort());
    expect(entities).toHaveLength(expected.length);
  });

  test('each column has a property of the same name, kind and nullability', () => {
    for (const [table, properties] of declared()) {
      const ofTable = columns.filter((column) => column.table === table);
      const inDatabase = ofTable.map(({ name, type, nullable, generated }) => ({
        column: `${table}.${name}`,
        family: familyOf(type),
        // A generated column has no constraint of its own; it is null only where what it is made of is.
        nullable: generated ? (properties.get(name)?.nullable ?? nullable) : nullable,
      }));
      const inCode = [...properties].map(([name, property]) => ({ column: `${table}.${name}`, ...property }));
      const byColumn = (a: { column: string }, b: { column: string }): number => (a.column < b.column ? -1 : 1);
      expect(inCode.sort(byColumn)).toEqual(inDatabase.sort(byColumn));
    }
  });
});

test('no entity names a table twice', () => {
  const names = entities.map((entity) => entity.meta.tableName);
  expect(new Set(names).size).toBe(names.length);
});

test('docs/scaling.md says of every table what it is keyed by, once', () => {
  const row = /^\| `connections`.*$/m.exec(readFileSync('docs/scaling.md', 'utf8'))?.[0] ?? '';
  const named = [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  const kept = tables().filter((table) => table !== 'heliograph_migrations');
  expect(new Set(named)).toEqual(new Set(kept));
  expect(named).toHaveLength(kept.length);
});
