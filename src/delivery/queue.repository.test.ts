import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { DisconnectDocument } from '../../test/generated/graphql.ts';
import { joinAsPerson, openDesk } from '../../test/support/desk.ts';
import { readSettings } from '../../test/support/settings.ts';
import { accepted, connectTeam, World } from '../../test/support/world.ts';
import type { NewNotification } from '../notifications/notification-queue.ts';
import { ADVISORY_LOCKS } from '../platform/advisory-locks.ts';
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
import { DeliveryRepository } from './delivery.repository.ts';
import { BREAKER_FAILURES, paceOf } from './pace.policy.ts';
import { QueueRepository } from './queue.repository.ts';

/** Sessions that wait for a lock. */
const WAITING = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

const openQueues = async (stored: Pick<TestDatabase, 'url'>) => {
  const database = await openDatabase({
    url: new Secret(stored.url),
    poolMax: 3,
    entities: [DeliveryLaneEntity],
    logger: createLogger({ level: 'silent', role: 'test' }),
  });
  onTestFinished(() => database.stop());
  return {
    database,
    queueOfAProcess: () =>
      new QueueRepository(
        database,
        { burstToleranceSeconds: 0, longestHoldSeconds: 720 },
        () => {},
        () => {},
      ),
  };
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
  const began: string[] = [];
  const added = Promise.withResolvers<void>();
  const first = database.sqlTransaction(async (sql) => {
    began.push('first');
    await adding.enter(sql, [messageTo('T1NEW', 'C1')]);
    added.resolve();
    await expect.poll(() => stored.query(WAITING)).toHaveLength(1);
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

test('a team that enters while a claim has begun, but sees nothing yet, keeps its place before all others', async () => {
  const { stored, database, queueOfAProcess } = await start();
  const deliveries = new DeliveryRepository(database, paceOf(readSettings({}).delivery));
  // What a claim needs before it looks, and entering never does.
  const claiming = await database.sqlTransaction(async (sql) => {
    await sql.query({ text: 'lock table delivery_attempts in access exclusive mode' });
    const claim = deliveries.claim({ rows: 1, open: new Map() });
    await expect.poll(() => stored.query(WAITING)).toHaveLength(1);
    await database.sqlTransaction((other) => queueOfAProcess().enter(other, [messageTo('T0', 'C0')]), 'kept');
    return [claim];
  });
  // It was not ready yet at the time that the claim goes by, which is when its transaction began.
  expect(await Promise.all(claiming)).toMatchObject([{ rows: [], vanished: [] }]);
  const turns = `select turn_at < now() - interval '5 s' as is_first, empty_turns from delivery_teams`;
  expect(await stored.query(turns)).toEqual([{ is_first: true, empty_turns: 0 }]);
});

test('a team that has its turn while a send to it is stored gets no second one for that', async () => {
  const { stored, database, queueOfAProcess } = await start();
  const deliveries = new DeliveryRepository(database, paceOf(readSettings({}).delivery));
  const queue = queueOfAProcess();
  await database.sqlTransaction((sql) => queue.enter(sql, [messageTo('T0', 'C0'), messageTo('T0', 'C1')]), 'kept');
  await database.sqlTransaction(async (sql) => {
    // The transaction has begun by then: its now() is from before the turn.
    await sql.query({ text: 'select now()' });
    expect((await deliveries.claim({ rows: 1, open: new Map() })).rows).toHaveLength(1);
    await queue.enter(sql, [messageTo('T0', 'C2')]);
  }, 'kept');
  const turns = `select turn_at > now() - interval '5 s' as is_last, empty_turns from delivery_teams`;
  expect(await stored.query(turns)).toEqual([{ is_last: true, empty_turns: 0 }]);
});

const OUT_OF_LINE = 'queue_pos = null, entered_pos = queue_pos';

test.each([
  ['what is due', `update notifications set ${OUT_OF_LINE}, due_at = now()`],
  ['what is past its time', 'update notifications set expires_at = now()'],
  [
    'what waits for a principal',
    `update notifications set ${OUT_OF_LINE}, due_at = 'infinity', wait_reason = 'CONNECTION', credential_id = gen_random_uuid()`,
  ],
  ['a team that had nothing twice', 'update delivery_teams set empty_turns = 2'],
])(
  'a look whether there is anything to do sees %s, and nothing in a message that has its turn',
  async (_what, make) => {
    const { stored, database, queueOfAProcess } = await start();
    const queue = queueOfAProcess();
    expect(await queue.hasWork()).toBe(false);
    await database.sqlTransaction((sql) => queue.enter(sql, [messageTo('T0', 'C0')]), 'kept');
    expect(await queue.hasWork()).toBe(false);
    await stored.query(`begin; set local session_replication_role = replica; ${make}; commit`);
    expect(await queue.hasWork()).toBe(true);
  },
);

describe('what has been unknown for long', () => {
  /** Five of a team that Slack does not answer for, each in a channel of its own; the last is to be sent again. */
  const openUnknown = async () => {
    const { stored, database, queueOfAProcess } = await start();
    const queue = queueOfAProcess();
    const messages = [1, 2, 3, 4].map((number) => messageTo('T0SILENT', `C${number}`));
    const resent = { ...messageTo('T0SILENT', 'C5'), onUnknownOutcome: 'RESEND' } as const;
    await database.sqlTransaction((sql) => queue.enter(sql, [...messages, resent]), 'kept');
    await stored.query(`insert into delivery_attempts (notification_id, number, lease_no, started_at, finished_at, outcome)
      select id, 1, 1, now(), now(), 'UNKNOWN' from notifications`);
    await stored.query(`update notifications set status = 'SENDING', attempt_open = true, attempt_count = 1, tries = 1,
      sent_at = now() - interval '1 hour', confirm_since = now() - interval '1 hour'`);
    await stored.query(`update delivery_teams set failures_in_a_row = ${BREAKER_FAILURES}, look_failed_at = now()`);
    return { stored, queue };
  };

  test('is given up all at once where Slack does not answer, and sent again where the caller chose so', async () => {
    const { stored, queue } = await openUnknown();
    expect(await queue.hasWork()).toBe(true);
    const ended = await queue.giveUpUnasked();
    expect(ended.toSorted()).toEqual(['RETRYING', 'UNCONFIRMED', 'UNCONFIRMED', 'UNCONFIRMED', 'UNCONFIRMED']);
    expect(await stored.query('select head_priority from delivery_lanes where head_priority >= 0')).toEqual([
      { head_priority: 1 },
    ]);
    expect(await queue.giveUpUnasked()).toEqual([]);
  });

  test.each([
    ['where Slack answers', 'update delivery_teams set failures_in_a_row = 4'],
    [
      'before Slack is asked, after an outage of ours',
      `update delivery_teams set look_failed_at = now() - interval '2 min'`,
    ],
    ['before its time', `update notifications set confirm_since = now() - interval '11 min'`],
    ['while somebody looks it up', `update delivery_lanes set lease_until = now() + interval '1 min'`],
    ['when its answer came late', `update delivery_attempts set outcome = 'DELIVERED'`],
    [
      'when an earlier try is known to have posted it',
      `update notifications set attempt_count = 2; update delivery_attempts set slack_message_ts = '1.2', outcome = 'DELIVERED';
       insert into delivery_attempts (notification_id, number, lease_no, started_at, finished_at, outcome)
         select id, 2, 2, now(), now(), 'UNKNOWN' from notifications`,
    ],
  ])('is not given up %s', async (_when, change) => {
    const { stored, queue } = await openUnknown();
    await stored.query(change);
    expect(await queue.giveUpUnasked()).toEqual([]);
  });
});

describe('beside a server that delivers nothing', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { HELIOGRAPH_ROLE: 'api' } });
  });
  afterAll(() => world?.stop());

  /** An empty queue, nothing that has ended lately, and a team that the server does not know yet: it would not add one anew that it has added before. */
  const openEmpty = async (workspace: string) => {
    await world.database.query('delete from notifications; delete from delivery_lanes; delete from delivery_teams');
    await world.database.query(
      `update connections set disconnected_at = '2000-01-01' where disconnected_at is not null`,
    );
    const team = `T0${workspace.toUpperCase()}`;
    const [channelId = '', another = ''] = await world.slack.addTeam(team, 2);
    const desk = await openDesk(world, workspace, team);
    const message: typeof desk.message = (but) => desk.message({ channelId, ...but });
    return { desk: { ...desk, message }, channels: [channelId, another] };
  };

  test('what a disconnect leaves behind is swept', async () => {
    const { desk } = await openEmpty('left');
    await accepted(desk.admin, desk.message({ scheduledFor: '2090-01-01T00:00:00Z' }));
    const { queueOfAProcess } = await openQueues(world.database);
    const queue = queueOfAProcess();
    expect([await queue.hasWork(), await queue.cancelLeftBehind()]).toEqual([false, []]);
    await world.database.query('update connections set disconnected_at = now(), credential_id = null where id = $1', [
      desk.connection.id,
    ]);
    expect(await queue.hasWork()).toBe(true);
    expect(await queue.cancelLeftBehind()).toEqual(['CANCELED']);
  });

  test('what was accepted before a disconnect is swept after a reconnect as well, and nothing later', async () => {
    const { desk } = await openEmpty('revived');
    const join = () => joinAsPerson(world, desk, 'ada', `U0${desk.team.slice(2)}001`);
    const ada = await join();
    const accept = async (): Promise<void> => {
      const later = { scheduledFor: '2090-01-01T00:00:00Z' };
      await accepted(desk.admin, desk.message(later));
      await accepted(ada.caller, desk.message({ ...later, sender: { identityId: ada.identity.id } }));
    };
    await accept();
    // As a process leaves it that dies before it has canceled anything.
    const ended = `set disconnected_at = now(), credential_id = null where team_id = '${desk.team}'`;
    await world.database.query(`update connections ${ended}; update authorizations ${ended}`);
    await connectTeam(desk.admin, 'revived', desk.team);
    await join();
    await accept();
    const { queueOfAProcess } = await openQueues(world.database);
    const queue = queueOfAProcess();
    expect(await queue.hasWork()).toBe(true);
    expect(await queue.cancelLeftBehind()).toEqual(['CANCELED', 'CANCELED']);
    expect(await queue.cancelLeftBehind()).toEqual([]);
    const rows = await world.database.query<{ status: string }>('select status from notifications order by created_at');
    expect(rows.map(({ status }) => status)).toEqual(['CANCELED', 'CANCELED', 'QUEUED', 'QUEUED']);
  });

  test('what waited for its connection is freed by one process at a time, so that it comes back in its order', async () => {
    const { desk } = await openEmpty('freed');
    for (const text of ['first', 'second']) await accepted(desk.admin, desk.message({ text }));
    await world.database.query(
      `update notifications set queue_pos = null, due_at = expires_at, wait_reason = 'CONNECTION'`,
    );
    const { database, queueOfAProcess } = await openQueues(world.database);
    const queue = queueOfAProcess();
    await database.sqlTransaction(async (sql) => {
      await sql.query({ text: 'select pg_advisory_xact_lock($1)' }, [ADVISORY_LOCKS.MOVER]);
      expect(await queue.revive()).toBe(0);
    });
    expect(await queue.revive()).toBe(2);
  });

  test('a disconnect tells of all that was canceled, also of what the sweep took before it came to it', async () => {
    const { desk, channels } = await openEmpty('counted');
    for (const channelId of channels)
      await accepted(desk.admin, desk.message({ channelId, scheduledFor: '2090-01-01T00:00:00Z' }));
    const [first, second] = await world.database.query<{ id: NotificationId; lane: string }>(
      'select id, lane_id::text as lane from notifications order by lane_id',
    );
    const { database, queueOfAProcess } = await openQueues(world.database);
    // Holds the lane that is locked first, so that the disconnect waits there while another takes what is in the second.
    const disconnected = await database.sqlTransaction(async (sql) => {
      await sql.query({ text: 'select from delivery_lanes where id = $1 for update' }, [first?.lane]);
      const disconnecting = desk.admin.run(DisconnectDocument, { input: { id: desk.connection.id } });
      await expect.poll(() => world.database.query(WAITING)).toHaveLength(1);
      const ids = second ? [second.id] : [];
      await database.sqlTransaction((other) => queueOfAProcess().cancel(other, ids, 'CANCELED_BY_DISCONNECT'));
      return [disconnecting];
    });
    const [answer] = await Promise.all(disconnected);
    expect(answer?.disconnect).toMatchObject({ canceledNotifications: 2, userErrors: [] });
  });
});
