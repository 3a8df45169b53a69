import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { GroupReader } from '../../test/support/group-reader.ts';
import type { Role, Viewer } from '../access/viewer.ts';
import { SharedEvents } from '../graphql/shared-log.ts';
import { SubscriptionGroup } from '../graphql/subscription-group.ts';
import { systemClock } from '../platform/clock.ts';
import { openDatabase, type Database } from '../platform/database.ts';
import type { NotificationId, UserId, WorkspaceId } from '../platform/ids.ts';
import { createLogger } from '../platform/logger.ts';
import { Secret } from '../platform/secret.ts';
import { WakeUps } from '../platform/wake-ups.ts';
import { decodeCursor, encodeCursor } from './cursor.policy.ts';
import { LogEpochEntity, StatusLogEntity, type StatusChange } from './status-log.entity.ts';
import { StatusLogRepository } from './status-log.repository.ts';
import { cursorOfNow } from './log-stream.service.ts';
import { StatusStreamService } from './status-stream.service.ts';
import { StatusTail } from './status-tail.worker.ts';

const logger = createLogger({ level: 'silent', role: 'test' });
let testDatabase: TestDatabase;
let database: Database;
let log: StatusLogRepository;
/** Never started: here the poll is all there is. */
let noWakeUps: WakeUps;
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
  noWakeUps = new WakeUps(new Secret(testDatabase.url), logger);
  tail = await new StatusTail(log, systemClock, noWakeUps, logger).start();
  // Nobody here follows one notification, the only thing that it asks another service for.
  stream = new StatusStreamService(log, tail, undefined as never, 7, logger);
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

const viewer = (workspaceId: string, role: Role): Viewer => ({
  userId: 'ana' as UserId,
  memberships: new Map([[workspaceId as WorkspaceId, role]]),
  expiresAt: new Date(0),
});
/** A subscriber in a group of its own, whose payloads are the ids of the notifications. */
const subscribe = async (
  workspaceId: string,
  after?: string,
  { by = stream, role = 'ADMIN' }: { by?: StatusStreamService; role?: Role } = {},
): Promise<GroupReader> => {
  const { log, from, audience } = await by.subscribe(viewer(workspaceId, role), {
    workspaceId: workspaceId as WorkspaceId,
    after,
  });
  const events = new SharedEvents(log, from, audience);
  const render = async ({ notificationId }: StatusChange): Promise<string> => JSON.stringify(notificationId);
  const group = new SubscriptionGroup(log, render, () => undefined);
  return new GroupReader(group as never, events);
};

const logged = async (workspaceId: string): Promise<string[]> => {
  const rows = await testDatabase.query<{ id: string }>(
    'select notification_id as id from status_log where workspace_id = $1 order by epoch, stamp, seq',
    [workspaceId],
  );
  return rows.map(({ id }) => id);
};

const idsAfter = async (cursor: string, workspaceId: string): Promise<string[]> =>
  (await log.replayAfter(decodeCursor(cursor), workspaceId as WorkspaceId, 100)).map((change) => change.notificationId);

const openWriter = async (): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: testDatabase.url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
};

test('a subscriber that takes nothing while 5,000 changes pass gets all of them once, in order', async () => {
  const slow = await subscribe('slow');
  const quick = await subscribe('slow');
  await changes('slow', 1);
  const first = await slow.take(1);
  slow.pause();
  for (let slice = 0; slice < 10; slice += 1) await changes('slow', 500);
  await quick.take(5001);
  expect(slow.mostBuffered).toBe(10);
  // It comes back in the middle of new ones.
  const more = changes('slow', 500);
  slow.resume();
  const rest = await slow.take(5500);
  await more;
  expect([...first, ...rest]).toEqual(await logged('slow'));
  await Promise.all([slow.leave(), quick.leave()]);
});

test('a subscription ends at once when it is told to, and says no more', async () => {
  const [told, other] = [await subscribe('ending'), await subscribe('ending')];
  await told.leave();
  await told.ended;
  await changes('ending', 1);
  await other.take(1);
  expect(told.got).toEqual([]);
  await other.leave();
});

describe('writers that commit in another order than they began', () => {
  test('the later one waits for the earlier one, so nobody reads past a change that is still to come', async () => {
    const start = await cursorOfNow(log);
    const follower = await subscribe('order', start);
    const early = await openWriter();
    await early.query('begin');
    await early.query(INSERT, ['order', 1]);
    await changes('order', 1);
    expect(await logged('order')).toHaveLength(1);
    expect(await log.replayAfter(decodeCursor(start), 'order' as WorkspaceId, 10)).toEqual([]);
    const pending = follower.take(2);
    await early.query('commit');
    expect(await pending).toEqual(await logged('order'));
    await follower.leave();
  });

  test('a cursor of meanwhile misses neither of them', async () => {
    const early = await openWriter();
    await early.query('begin');
    await early.query(INSERT, ['meanwhile', 1]);
    const cursor = await cursorOfNow(log);
    await changes('meanwhile', 1);
    await early.query('commit');
    const follower = await subscribe('meanwhile', cursor);
    expect(await follower.take(2)).toEqual(await logged('meanwhile'));
    await follower.leave();
  });

  test('one that is rolled back leaves nothing and holds nothing back', async () => {
    const follower = await subscribe('rolled back', await cursorOfNow(log));
    const early = await openWriter();
    await early.query('begin');
    await early.query(INSERT, ['rolled back', 1]);
    await changes('rolled back', 1);
    await early.query('rollback');
    expect(await follower.take(1)).toEqual(await logged('rolled back'));
    await follower.leave();
  });

  test('a slow transaction never swaps the changes of one notification', async () => {
    const slow = await openWriter();
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

test('after the cursor of a timeline comes also what was written before it and committed after it was read', async () => {
  const early = await openWriter();
  await early.query('begin');
  await early.query(INSERT, ['timeline', 1]);
  const [late] = await testDatabase.query<{ id: NotificationId }>(`${INSERT} returning id`, ['timeline', 1]);
  const [change] = await log.timelines(late ? [late.id] : []);
  if (!change) throw new Error('Nothing was logged.');
  await early.query('commit');
  const [first] = (await logged('timeline')).filter((id) => id !== late?.id);
  const follower = await subscribe('timeline', encodeCursor(change.position));
  expect(await follower.take(2)).toEqual([first, late?.id]);
  await follower.leave();
});

describe('epochs', () => {
  const epochs = () => testDatabase.query<{ epoch: number }>('select epoch from log_epochs order by epoch');

  test('a restart on the same cluster begins none', async () => {
    await Promise.all([log.ensureEpoch(), log.ensureEpoch()]);
    expect(await epochs()).toEqual([{ epoch: 1 }]);
  });

  test('many processes that start on another cluster begin one together, of a number that no backup gives out again', async () => {
    const startedAt = Math.floor(Date.now() / 1000);
    await testDatabase.query(`update log_epochs set system_identifier = 'the cluster of the dump'`);
    await Promise.all(Array.from({ length: 4 }, () => log.ensureEpoch()));
    const begun = await log.ensureEpoch();
    expect(await epochs()).toEqual([{ epoch: 1 }, { epoch: begun }]);
    expect(begun + 1_700_000_000).toBeGreaterThanOrEqual(startedAt);
  });

  test('changes of the old epoch come before those of the new, though its transaction ids were higher', async () => {
    await testDatabase.query(`update status_log set stamp = stamp + 1000000000 where workspace_id = 'ending'`);
    await changes('ending', 1);
    const start = { epoch: 0, stamp: 0n, seq: 0n, atMs: 0 };
    const replayedEpochs = async (): Promise<number[]> =>
      (await log.replayAfter(start, 'ending' as WorkspaceId, 100)).map(({ position }) => position.epoch);
    // Whatever is being written elsewhere in the cluster holds the new one back for a moment.
    await expect.poll(replayedEpochs).toEqual((await epochs()).map(({ epoch }) => epoch));
  });

  test('one that another process began is told to all with its first change, whomever that concerns', async () => {
    // It looks once, before the epoch begins.
    const early = await new StatusTail(log, { monotonicMs: () => 0 }, noWakeUps, logger).start();
    onTestFinished(() => early.stop());
    const by = new StatusStreamService(log, early, undefined as never, 7, logger);
    const elsewhere = await subscribe('elsewhere', undefined, { by });
    const unconcerned = await subscribe('begins', undefined, { by, role: 'MEMBER' });
    await changes('elsewhere', 1);
    await elsewhere.take(1);
    await testDatabase.query(
      `insert into log_epochs (epoch, system_identifier, timeline)
       select epoch + 1, system_identifier, timeline from log_epochs order by epoch desc limit 1`,
    );
    await changes('begins', 1);
    await expect(elsewhere.ended).rejects.toThrow('no longer kept');
    await expect(unconcerned.ended).rejects.toThrow('no longer kept');
    expect(unconcerned.got).toEqual([]);
  });

  test('none begins before all who write with the old one have ended, and what they write is told by page and stream', async () => {
    const newest = async (): Promise<number | undefined> => (await epochs()).at(-1)?.epoch;
    const before = await newest();
    const follower = await subscribe('held');
    const [late, connecting] = [await openWriter(), await openWriter()];
    await late.query('begin');
    await late.query(INSERT, ['held', 1]);
    await connecting.query('begin');
    await connecting.query('update credentials set problem_code = problem_code');
    await testDatabase.query(`update log_epochs set system_identifier = 'yet another cluster'`);
    expect(await log.ensureEpoch()).toBe(before);
    const cursor = await cursorOfNow(log);
    await late.query('commit');
    expect(await log.ensureEpoch()).toBe(before);
    // Whatever is being written elsewhere in the cluster may hold it back for a moment.
    const after = (): Promise<string[]> => idsAfter(cursor, 'held');
    await expect.poll(after).toEqual(await logged('held'));
    expect(await follower.take(1)).toEqual(await logged('held'));
    await connecting.query('commit');
    await expect.poll(() => log.ensureEpoch()).toBeGreaterThan(before ?? 0);
    await expect(follower.ended).rejects.toThrow('no longer kept');
    await changes('held', 1);
    await expect.poll(after).toEqual(await logged('held'));
  });
});
