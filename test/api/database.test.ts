import { expect, onTestFinished, test } from 'vitest';
import { entities } from '../../src/entities.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { Secret } from '../../src/platform/secret.ts';
import { createTestDatabase } from '../support/database.ts';

const CONNECTIONS = 3;

test('every connection is set up before its first statement, of an entity manager and of a statement alike', async () => {
  const testDatabase = await createTestDatabase();
  onTestFinished(() => testDatabase.drop());
  const logger = createLogger({ level: 'silent', role: 'test' });
  const database = await openDatabase({ url: new Secret(testDatabase.url), poolMax: CONNECTIONS, entities, logger });
  onTestFinished(() => database.stop());
  const text = `select current_setting('lock_timeout') as lock, current_setting('idle_in_transaction_session_timeout') as idle,
    current_setting('timezone') as zone, current_setting('plan_cache_mode') as plans, current_setting('jit') as jit, pg_sleep(0.1)`;
  const found = await Promise.all([
    database.query<Record<string, string>>({ text }),
    database.em().execute<Record<string, string>[]>(text),
    database.sqlTransaction((sql) => sql.query<Record<string, string>>({ text })),
  ]);
  const expected = { lock: '10s', idle: '15s', zone: 'UTC', plans: 'force_custom_plan', jit: 'off' };
  expect(found.flat()).toMatchObject(Array.from({ length: CONNECTIONS }, () => expected));
});
