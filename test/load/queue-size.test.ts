import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { entities } from '../../src/entities.ts';
import { openDatabase, type Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { Secret } from '../../src/platform/secret.ts';
import { BY_INDEX_ONLY, QUEUE_SIZE, QueueSizeRepository } from '../../src/delivery/queue-size.repository.ts';

const WAITING = 20_000;

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const logger = createLogger({ level: 'silent', role: 'test' });
  database = await openDatabase({ url: new Secret(testDatabase.url), poolMax: 1, entities, logger });
  // Statistics of an empty table, and then many rows at once: the worst case for a plan.
  await testDatabase.query('analyze notifications');
  await testDatabase.query(
    `insert into notifications (id, workspace_id, status, priority, text, requested_by, created_at, expires_at)
     select gen_random_uuid(), 'w', 'QUEUED', 1, 'waiting', 'u', now() - interval '1 s' * (number / 100), now() + interval '1 day'
     from generate_series(1, ${WAITING}) as number`,
  );
});
afterAll(async () => {
  await database.stop();
  await testDatabase.drop();
});

test('the queue is counted up to the limit, and its oldest found', async () => {
  const all = await new QueueSizeRepository(database).read();
  expect([...all.depth]).toEqual([
    ['QUEUED', WAITING],
    ['SENDING', 0],
    ['RETRYING', 0],
  ]);
  expect(all.oldestAgeSeconds).toBeGreaterThanOrEqual(WAITING / 100);
  const few = await new QueueSizeRepository(database, 1000).read();
  expect(few.depth.get('QUEUED')).toBe(1000);
});

test('nothing but its own index is read, whatever the statistics say', async () => {
  const plan = await database.sqlTransaction(async (sql) => {
    await sql.query({ text: BY_INDEX_ONLY });
    const text = QUEUE_SIZE.replace('$1', `array['QUEUED', 'SENDING', 'RETRYING']`).replace('$2', '1000');
    return sql.query<{ 'QUERY PLAN': string }>({ text: `explain ${text}` });
  });
  const scans = plan.map((row) => row['QUERY PLAN']).filter((line) => line.includes('on notifications'));
  expect(scans).toHaveLength(2);
  expect(scans.filter((line) => !line.includes('using notifications_in_queue'))).toEqual([]);
});
