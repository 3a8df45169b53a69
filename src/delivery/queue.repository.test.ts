import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { openDesk } from '../../test/support/desk.ts';
import { accepted, World } from '../../test/support/world.ts';
import type { NewNotification } from '../notifications/notification-queue.ts';
import { openDatabase } from '../platform/database.ts';
import {
  newId,
  type ChannelId,
  type NotificationId,
  type TeamId,
  type UserId,
  type WorkspaceId,
} from '../platform/ids.ts';
import { createLogger } from '../platform/logger.ts';
import { Secret } from '../platform/secret.ts';
import { DeliveryLaneEntity } from './delivery.entity.ts';
import { QueueRepository } from './queue.repository.ts';

const openQueues = async (stored: Pick<TestDatabase, 'url'>) => {
  const database = await openDatabase({
    url: new Secret(stored.url),
    poolMax: 3,
    entities: [DeliveryLaneEntity],
    logger: createLogger({ level: 'silent', role: 'test' }),
  });
  onTestFinished(() => database.stop());
  return { database, queueOfAProcess: () => new QueueRepository(database, 0, () => {}) };
};

const start = async () => {
  const stored = await createTestDatabase();
  onTestFinished(() => stored.drop());
  return { stored, ...(await openQueues(stored)) };
};

const messageTo = (team: string, channel: string): NewNotification => ({
  id: newId<NotificationId>(),
  workspaceId: 'queue' as WorkspaceId,
  priority: 1,
  text: 'hello',
  requestedBy: 'somebody' as UserId,
  isTest: false,
  onUnknownOutcome: 'HOLD',
  teamId: team as TeamId,
  channelId: channel as ChannelId,
});

test('who waits for another that adds a team holds no team that the other wants', async () => {
  const { stored, database, queueOfAProcess } = await start();
  const [adding, waiting] = [queueOfAProcess(), queueOfAProcess()];
  await database.sqlTransaction((sql) => adding.enter(sql, [messageTo('T2OLD', 'C0')]), 'kept');
  await stored.query(`update delivery_teams set turn_at = 'infinity'`);
  const isWaiting = async () =>
    (await stored.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`))
      .length;
  const began: string[] = [];
  const added = Promise.withResolvers<void>();
  const first = database.sqlTransaction(async (sql) => {
    began.push('first');
    await adding.enter(sql, [messageTo('T1NEW', 'C1')]);
    added.resolve();
    await expect.poll(isWaiting).toBe(1);
    await adding.enter(sql, [messageTo('T2OLD', 'C2')]);
  }, 'kept');
  await added.promise;
  const second = database.sqlTransaction(async (sql) => {
    began.push('second');
    await waiting.enter(sql, [messageTo('T1NEW', 'C3'), messageTo('T2OLD', 'C4')]);
  }, 'kept');
  await Promise.all([first, second]);
  // Neither had to begin again: Postgres had no deadlock to break up.
  expect(began).toEqual(['first', 'second']);
});

test('a team that the database has lost is added anew by the next try', async () => {
  const { stored, database, queueOfAProcess } = await start();
  const queue = queueOfAProcess();
  const send = (channel: string) =>
    database.sqlTransaction((sql) => queue.enter(sql, [messageTo('T0', channel)]), 'kept');
  await send('C0');
  await send('C1');
  await stored.query('delete from delivery_teams');
  await expect(send('C2')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await send('C2');
  expect(await stored.query('select team_id from delivery_teams where turn_at <= now()')).toEqual([{ team_id: 'T0' }]);
});

test('what a disconnect leaves behind is swept, and not while the disconnect itself is canceling and counting', async () => {
  const world = await World.start({ env: { HELIOGRAPH_ROLE: 'api' } });
  onTestFinished(() => world.stop());
  const desk = await openDesk(world, 'left');
  await accepted(desk.admin, desk.message({ scheduledFor: '2090-01-01T00:00:00Z' }));
  const { queueOfAProcess } = await openQueues(world.database);
  const queue = queueOfAProcess();
  // In a minute rather than now: however slow the machine is, its time for the sweep has not come.
  await world.database.query(
    `update connections set disconnected_at = now() + interval '1 minute', credential_id = null`,
  );
  expect(await queue.cancelLeftBehind()).toEqual([]);
  await world.database.query(`update connections set disconnected_at = now() - interval '3 s'`);
  expect(await queue.cancelLeftBehind()).toEqual(['CANCELED']);
});
