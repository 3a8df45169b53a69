import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, settled } from '../../test/support/database.ts';
import { systemClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/database.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import { createLogger } from '../platform/logger.ts';
import { Secret } from '../platform/secret.ts';
import { WakeUps } from '../platform/wake-ups.ts';
import { LogEpochEntity, StatusLogEntity } from './status-log.entity.ts';
import { StatusLogRepository } from './status-log.repository.ts';
import { StatusTail } from './status-tail.worker.ts';

const A_DAY_MS = 86_400_000;

test('a hint of another process makes a tail read at once, however rarely it polls', async () => {
  const testDatabase = await createTestDatabase();
  onTestFinished(() => testDatabase.drop());
  const logger = createLogger({ level: 'silent', role: 'test' });
  const url = new Secret(testDatabase.url);
  const database = await openDatabase({ url, poolMax: 2, entities: [StatusLogEntity, LogEpochEntity], logger });
  onTestFinished(() => database.stop());
  const [here, elsewhere] = [new WakeUps(url, logger), new WakeUps(url, logger)];
  const tail = new StatusTail(new StatusLogRepository(database), systemClock, here, logger, A_DAY_MS);
  for (const each of [here, elsewhere, tail]) {
    await each.start();
    onTestFinished(() => each.stop());
  }
  const told: string[] = [];
  // It reads once as the first one listens; all that it reads later, a hint told it of.
  tail.listen('hinted' as WorkspaceId, (changes) => told.push(...changes.map(({ notificationId }) => notificationId)));
  for (let round = 1; round <= 3; round += 1) {
    const [row] = await testDatabase.query<{ id: string }>(
      `insert into notifications (id, workspace_id, status, priority, text, requested_by, failure_code, expires_at)
       values (gen_random_uuid(), 'hinted', 'FAILED', 1, 'x', 'nobody', 'CHANNEL_REQUIRED', now()) returning id`,
    );
    // A hint that comes while another transaction is open is one to read nothing yet.
    await settled(testDatabase);
    elsewhere.send('heliograph_status');
    await expect.poll(() => told).toHaveLength(round);
    expect(told.at(-1)).toBe(row?.id);
  }
});
