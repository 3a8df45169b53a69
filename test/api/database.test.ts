import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { entities } from '../../src/entities.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { Secret } from '../../src/platform/secret.ts';
import { createTestDatabase } from '../support/database.ts';
import { freePort, runCommand } from '../support/processes.ts';

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

describe('all that DATABASE_URL says holds for every connection', () => {
  const opened = async (url: string) => {
    const logger = createLogger({ level: 'silent', role: 'test' });
    const database = await openDatabase({ url: new Secret(url), poolMax: 1, entities, logger });
    onTestFinished(() => database.stop());
    return database;
  };

  test('its options, and a host that stands in its query', async () => {
    const testDatabase = await createTestDatabase();
    onTestFinished(() => testDatabase.drop());
    const { username, password, port, pathname, hostname } = new URL(testDatabase.url);
    const query = `host=${hostname}&options=${encodeURIComponent('-c work_mem=4321kB')}`;
    const database = await opened(`postgresql://${username}:${password}@elsewhere.invalid:${port}${pathname}?${query}`);
    const text = `select current_setting('work_mem') as memory, current_setting('timezone') as zone`;
    expect(await database.query({ text })).toEqual([{ memory: '4321kB', zone: 'UTC' }]);
    expect(await database.em().execute(text)).toEqual([{ memory: '4321kB', zone: 'UTC' }]);
  });

  test.each(['require', 'verify-full'])(
    'sslmode=%s: a server without TLS is refused by every command',
    async (mode) => {
      const testDatabase = await createTestDatabase();
      const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-ssl-'));
      onTestFinished(async () => {
        await testDatabase.drop();
        rmSync(folder, { recursive: true });
      });
      const url = Object.assign(new URL(testDatabase.url), { search: `?sslmode=${mode}` });
      const env = {
        DATABASE_URL: url.href,
        MIGRATE_ON_START: 'false',
        PORT: `${await freePort()}`,
        LOG_LEVEL: 'silent',
      };
      const doctor = await runCommand(['doctor'], folder, env);
      expect(doctor.code).toBe(1);
      expect(doctor.stdout).toContain('✗ database: The server does not support SSL connections');
      const serve = await runCommand(['serve'], folder, env);
      expect(serve.code).toBe(1);
      expect(serve.stderr).toContain('cannot go on: The server does not support SSL connections');
      expect(`${doctor.stdout}${doctor.stderr}${serve.stdout}${serve.stderr}`).not.toContain(url.password);
    },
  );
});
