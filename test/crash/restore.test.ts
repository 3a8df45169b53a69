import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import pg from 'pg';
import { NotificationDocument, ResolveUnconfirmedDocument } from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { scrape, sumOf } from '../support/metrics.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;
beforeAll(async () => {
  world = await World.start({ env: { ...UNPACED, HELIOGRAPH_ROLE: 'api' } });
  desk = await openDesk(world, 'restored');
});
afterAll(() => world.stop());

const stopServers = () => Promise.all(world.servers.map((server) => server.stop()));

/** A copy stands for what is restored from a backup; a database is copied only while nobody is connected to it. */
const backUp = async (): Promise<TestDatabase> => {
  const name = new URL(world.database.url).pathname.slice(1);
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
  await client.end();
  return createTestDatabase(name);
};

/** What docs/backup.md says to run, with the time at which the last process stopped. */
const settleWhatWasDue = async (database: TestDatabase, stoppedAt: string): Promise<void> => {
  const [, statements = ''] = /```sql\n(.*?)```/s.exec(readFileSync('docs/backup.md', 'utf8')) ?? [];
  expect(statements).toContain("'2026-11-30 09:00:00+00'");
  await database.query(statements.replace('2026-11-30 09:00:00+00', stoppedAt));
};

const statusOf = async (caller: Caller, id: string) => (await caller.run(NotificationDocument, { id })).notification;

test('after a restore as docs/backup.md says it, what was sent since the backup is not sent again', async () => {
  const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
  const waiting = await accepted(desk.admin, desk.message({ text: 'in the queue' }));
  const due = await accepted(desk.admin, desk.message({ text: 'soon', scheduledFor: inMs(500) }));
  const later = await accepted(desk.admin, desk.message({ text: 'tomorrow', scheduledFor: inMs(86_400_000) }));
  await stopServers();
  const restored = await backUp();
  onTestFinished(() => restored.drop());
  const before = await world.as('admin', { restored: 'ADMIN' }, await world.addServer({ HELIOGRAPH_ROLE: 'all' }));
  for (const { id } of [waiting, due])
    await expect.poll(async () => (await statusOf(before, id))?.status, { timeout: 10_000 }).toBe('DELIVERED');
  await stopServers();

  await settleWhatWasDue(restored, inMs(0));
  const url = await world.addServer({ HELIOGRAPH_ROLE: 'all', DATABASE_URL: restored.url });
  onTestFinished(async () => void (await stopServers()));
  const admin = await world.as('admin', { restored: 'ADMIN' }, url);
  expect(await statusOf(admin, waiting.id)).toMatchObject({
    status: 'UNCONFIRMED',
    failure: { code: 'OUTCOME_UNKNOWN' },
  });
  expect(await statusOf(admin, due.id)).toMatchObject({ status: 'UNCONFIRMED' });
  expect(await statusOf(admin, later.id)).toMatchObject({ status: 'QUEUED', waiting: { reason: 'SCHEDULED' } });
  const next = await accepted(admin, desk.message({ text: 'behind them in the same channel' }));
  await expect.poll(async () => (await statusOf(admin, next.id))?.status, { timeout: 10_000 }).toBe('DELIVERED');
  for (const { id } of [waiting, due, next]) expect(await world.slack.postsOf(id)).toHaveLength(1);
  const resolved = await admin.run(ResolveUnconfirmedDocument, { input: { id: waiting.id, messageIsThere: true } });
  expect(resolved.resolveUnconfirmed.notification).toMatchObject({ status: 'DELIVERED' });
  expect(sumOf(await scrape(url), 'heliograph_invariant_violations_total')).toBe(0);
});
