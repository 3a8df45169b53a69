import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, settled, type TestDatabase } from '../../test/support/database.ts';
import { systemClock } from '../platform/clock.ts';
import { openDatabase, type Database } from '../platform/database.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { Stoppable } from '../platform/lifecycle.ts';
import { createLogger } from '../platform/logger.ts';
import { Secret } from '../platform/secret.ts';
import { WakeUps } from '../platform/wake-ups.ts';
import type { LogPosition } from './cursor.policy.ts';
import { LogEpochEntity, StatusLogEntity } from './status-log.entity.ts';
import { StatusLogRepository } from './status-log.repository.ts';
import { StatusTail } from './status-tail.worker.ts';

const A_DAY_MS = 86_400_000;
const POLL_MS = 20;
const logger = createLogger({ level: 'silent', role: 'test' });

const WORKSPACE = 'followed' as WorkspaceId;

interface OpenLog {
  readonly testDatabase: TestDatabase;
  readonly database: Database;
  readonly url: Secret;
}

const openLog = async (): Promise<OpenLog> => {
  const testDatabase = await createTestDatabase();
  onTestFinished(() => testDatabase.drop());
  const url = new Secret(testDatabase.url);
  const database = await openDatabase({ url, poolMax: 2, entities: [StatusLogEntity, LogEpochEntity], logger });
  onTestFinished(() => database.stop());
  return { testDatabase, database, url };
};

const begin = async (testDatabase: TestDatabase): Promise<string | undefined> => {
  const [row] = await testDatabase.query<{ id: string }>(
    `insert into notifications (id, workspace_id, status, priority, text, requested_by, failure_code, expires_at)
     values (gen_random_uuid(), $1, 'FAILED', 1, 'x', 'nobody', 'CHANNEL_REQUIRED', now()) returning id`,
    [WORKSPACE],
  );
  return row?.id;
};

const startAll = async (all: readonly (Stoppable & { start(): Promise<unknown> })[]): Promise<void> => {
  for (const each of all) {
    await each.start();
    onTestFinished(() => each.stop());
  }
};

test('a hint of another process makes a tail read at once, however rarely it polls', async () => {
  const { testDatabase, database, url } = await openLog();
  const [here, elsewhere] = [new WakeUps(url, logger), new WakeUps(url, logger)];
  const tail = new StatusTail(new StatusLogRepository(database), systemClock, here, logger, A_DAY_MS);
  await startAll([here, elsewhere, tail]);
  const told: string[] = [];
  // It reads once as the first one listens; all that it reads later, a hint told it of.
  tail.listen(WORKSPACE, (changes) => told.push(...changes.map(({ notificationId }) => notificationId)));
  for (let round = 1; round <= 3; round += 1) {
    const id = await begin(testDatabase);
    // A hint that comes while another transaction is open is one to read nothing yet.
    await settled(testDatabase);
    elsewhere.send('heliograph_status');
    await expect.poll(() => told).toHaveLength(round);
    expect(told.at(-1)).toBe(id);
  }
});

test('who begins to listen while the tail passes over what nobody listened to is told all of it', async () => {
  const { testDatabase, database, url } = await openLog();
  const told: string[] = [];
  class Log extends StatusLogRepository {
    override async newestAfter(position: LogPosition): Promise<LogPosition | undefined> {
      const newest = await super.newestAfter(position);
      if (newest) tail.listen(WORKSPACE, (all) => told.push(...all.map(({ notificationId }) => notificationId)));
      return newest;
    }
  }
  const tail = new StatusTail(new Log(database), systemClock, new WakeUps(url, logger), logger, POLL_MS);
  await startAll([tail]);
  const ids = [await begin(testDatabase), await begin(testDatabase)];
  await expect.poll(() => told).toEqual(ids);
});
