import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { Viewer } from '../access/viewer.ts';
import { openDatabase, type Database } from '../platform/database.ts';
import type { UserId, WorkspaceId } from '../platform/ids.ts';
import { createLogger } from '../platform/logger.ts';
import { Secret } from '../platform/secret.ts';
import { decodeCursor } from './cursor.policy.ts';
import { LogEpochEntity, StatusLogEntity, type StatusChange } from './status-log.entity.ts';
import { StatusLogRepository } from './status-log.repository.ts';
import { cursorOfNow } from './log-stream.service.ts';
import { StatusStreamService } from './status-stream.service.ts';
import { StatusTail } from './status-tail.worker.ts';

const logger = createLogger({ level: 'silent', role: 'test' });
let testDatabase: TestDatabase;
let database: Database;
let log: StatusLogRepository;
let tail: StatusTail<StatusChange>;
let stream: StatusStreamService;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({
    url: new Secret(testDatabase.url),
    poolMax: 4,
    entities: [StatusLogEntity, LogEpochEntity],
    logger,
  });
  log = new StatusLogRepository(database);
  tail = await new StatusTail(log, logger).start();
  // Nobody here follows one notification, the only thing that it asks another service for.
  stream = new StatusStreamService(log, tail, undefined as never, 7);
});
afterAll(async () => {
  await tail.stop();
  await database.stop();
  await testDatabase.drop();
});

const INSERT = `insert into notifications (id, workspace_id, status, priority, text, requested_by, failure_code, expires_at)
  select gen_random_uuid(), $1, 'FAILED', 1, 'x', 'nobody', 'CHANNEL_REQUIRED', now() from generate_series(1, $2::int)`;
const changes = (workspaceId: string, count: number): Promise<object[]> =>
  testDatabase.query(INSERT, [workspaceId, count]);

const admin = (workspaceId: string): Viewer => ({
  userId: 'ana' as UserId,
  memberships: new Map([[workspaceId as WorkspaceId, 'ADMIN']]),
  expiresAt: new Date(0),
});
const subscribe = async (workspaceId: string, after?: string) =>
  stream.subscribe(admin(workspaceId), { workspaceId: workspaceId as WorkspaceId, after });

const take = async (from: AsyncIterator<StatusChange>, count: number): Promise<string[]> => {
  const ids: string[] = [];
  while (ids.length < count) {
    const { done, value } = await from.next();
    if (done === true) throw new Error('The stream ended.');
    ids.push(value.notificationId);
  }
  return ids;
};

const logged = async (workspaceId: string): Promise<string[]> => {
  const rows = await testDatabase.query<{ id: string }>(
    'select notification_id as id from status_log where workspace_id = $1 order by epoch, stamp, seq',
    [workspaceId],
  );
  return rows.map(({ id }) => id);
};

/** Resolves when the tail has handed over that many changes of a workspace. */
const handedOver = (workspaceId: string, count: number): Promise<void> =>
  new Promise((resolve) => {
    let seen = 0;
    const stop = tail.listen((batch) => {
      seen += batch.filter((change) => change.workspaceId === workspaceId).length;
      if (seen < count) return;
      stop();
      resolve();
    });
  });

test('a subscriber that takes nothing while 5,000 changes pass gets all of them once, in order', async () => {
  const slow = await subscribe('slow');
  await changes('slow', 1);
  const first = await take(slow, 1);
  const passed = handedOver('slow', 5000);
  for (let slice = 0; slice < 10; slice += 1) await changes('slow', 500);
  await passed;
  // It comes back in the middle of new ones.
  const more = changes('slow', 500);
  const rest = await take(slow, 5500);
  await more;
  expect([...first, ...rest]).toEqual(await logged('slow'));
  await slow.return?.();
});

test('two subscribers at different speeds do not disturb each other', async () => {
  const [one, two] = [await subscribe('two'), await subscribe('two')];
  await changes('two', 10);
  const whole = await logged('two');
  expect(await take(one, 10)).toEqual(whole);
  await changes('two', 10);
  expect(await take(two, 20)).toEqual(await logged('two'));
  expect(await take(one, 10)).toEqual((await logged('two')).slice(10));
  await Promise.all([one.return?.(), two.return?.()]);
});

test('a stream that waits ends at once when it is told to, and says no more', async () => {
  const waiting = await subscribe('ending');
  const pending = waiting.next();
  await waiting.return?.();
  expect(await pending).toEqual({ done: true, value: undefined });
  await changes('ending', 1);
  expect(await waiting.next()).toEqual({ done: true, value: undefined });
});

describe('writers that commit in another order than they began', () => {
  const writer = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: testDatabase.url });
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  };

  test('the later one waits for the earlier one, so nobody reads past a change that is still to come', async () => {
    const start = await cursorOfNow(log);
    const follower = await subscribe('order', start);
    const early = await writer();
    await early.query('begin');
    await early.query(INSERT, ['order', 1]);
    await changes('order', 1);
    expect(await logged('order')).toHaveLength(1);
    expect(await log.replayAfter(decodeCursor(start), 'order' as WorkspaceId, 10)).toEqual([]);
    const pending = take(follower, 2);
    await early.query('commit');
    expect(await pending).toEqual(await logged('order'));
    await follower.return?.();
  });

  test('a cursor of meanwhile misses neither of them', async () => {
    const early = await writer();
    await early.query('begin');
    await early.query(INSERT, ['meanwhile', 1]);
    const cursor = await cursorOfNow(log);
    await changes('meanwhile', 1);
    await early.query('commit');
    const follower = await subscribe('meanwhile', cursor);
    expect(await take(follower, 2)).toEqual(await logged('meanwhile'));
    await follower.return?.();
  });

  test('one that is rolled back leaves nothing and holds nothing back', async () => {
    const follower = await subscribe('rolled back', await cursorOfNow(log));
    const early = await writer();
    await early.query('begin');
    await early.query(INSERT, ['rolled back', 1]);
    await changes('rolled back', 1);
    await early.query('rollback');
    expect(await take(follower, 1)).toEqual(await logged('rolled back'));
    await follower.return?.();
  });

  test('a slow transaction never swaps the changes of one notification', async () => {
    const slow = await writer();
    await slow.query('begin');
    await slow.query('select pg_current_xact_id()');
    const [row] = await testDatabase.query<{ id: string }>(
      `insert into notifications (id, workspace_id, status, priority, text, requested_by, expires_at)
       values (gen_random_uuid(), 'swap', 'QUEUED', 1, 'x', 'nobody', now()) returning id`,
    );
    // Its transaction began first, so its own id alone would put this change before the acceptance.
    await slow.query(
      `update notifications set status = 'CANCELED', failure_code = 'CANCELED_BY_CALLER' where id = $1`,
      [row?.id],
    );
    await slow.query('commit');
    const timeline = await log.timelines([row?.id as never]);
    expect(timeline.map(({ to }) => to)).toEqual(['QUEUED', 'CANCELED']);
  });
});

describe('epochs', () => {
  const epochs = () => testDatabase.query<{ epoch: number }>('select epoch from log_epochs order by epoch');

  test('a restart on the same cluster begins none', async () => {
    await Promise.all([log.ensureEpoch(), log.ensureEpoch()]);
    expect(await epochs()).toEqual([{ epoch: 1 }]);
  });

  test('many processes that start on another cluster begin one together', async () => {
    await testDatabase.query(`update log_epochs set system_identifier = 'the cluster of the dump'`);
    await Promise.all(Array.from({ length: 4 }, () => log.ensureEpoch()));
    await log.ensureEpoch();
    expect(await epochs()).toEqual([{ epoch: 1 }, { epoch: 2 }]);
  });

  test('changes of the old epoch come before those of the new, though its transaction ids were higher', async () => {
    await testDatabase.query(`update status_log set stamp = stamp + 1000000000 where workspace_id = 'two'`);
    await changes('two', 1);
    const all = await log.replayAfter({ epoch: 0, stamp: 0n, seq: 0n, atMs: 0 }, 'two' as WorkspaceId, 100);
    expect(all.map(({ position }) => position.epoch)).toEqual([...Array.from({ length: 20 }, () => 1), 2]);
  });
});
