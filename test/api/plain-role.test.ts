import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openDesk } from '../support/desk.ts';
import { runCommand } from '../support/processes.ts';
import { accepted, World } from '../support/world.ts';

/** An empty database that belongs to a role which may nothing else, as what a hoster gives; `query` still looks at everything. */
const createOwnedDatabase = async (): Promise<TestDatabase> => {
  const database = await createTestDatabase('template0');
  const url = new URL(database.url);
  const role = `owner_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await database.query(
    `create role ${role} login password '${password}' nosuperuser nocreatedb nocreaterole noreplication nobypassrls`,
  );
  await database.query(`alter database ${url.pathname.slice(1)} owner to ${role}`);
  const drop = async (): Promise<void> => {
    await database.drop();
    const client = new pg.Client({ connectionString: inject('postgresUrl') });
    await client.connect();
    await client.query(`drop role ${role}`);
    await client.end();
  };
  return { ...database, url: Object.assign(url, { username: role, password }).href, drop };
};

test(
  'whoever owns a database and is no superuser migrates it, serves on it and has a message delivered',
  { timeout: 60_000 },
  async () => {
    const world = await World.start({ database: await createOwnedDatabase(), servers: 0 });
    onTestFinished(() => world.stop());
    const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-plain-role-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    expect(await runCommand(['migrate'], folder, world.env)).toMatchObject({ code: 0 });
    await world.addServer();
    const desk = await openDesk(world, 'owned');
    const feed = await world.followFromNow(desk.admin, 'owned');
    const { id } = await accepted(desk.admin, desk.message());
    expect(await feed.untilAtRest(id)).toMatchObject({ to: 'DELIVERED' });
    expect(await world.slack.postsOf(id)).toHaveLength(1);
    feed.stop();
    const sessions = await world.database.query<{ superuser: boolean }>(
      `select distinct usesuper as superuser from pg_stat_activity join pg_user using (usesysid)
     where datname = current_database() and application_name like 'heliograph%'`,
    );
    expect(sessions).toEqual([{ superuser: false }]);
  },
);
