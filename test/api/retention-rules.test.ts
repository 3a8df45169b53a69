import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { entities } from '../../src/entities.ts';
import { RetentionRepository } from '../../src/notifications/retention.repository.ts';
import { openDatabase, type Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { Secret } from '../../src/platform/secret.ts';
import {
  CancelNotificationDocument,
  DeliveryStatsDocument,
  DisconnectDocument,
  HistoryIdsDocument,
  NotificationDocument,
  ResendNotificationDocument,
} from '../generated/graphql.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { accepted, connectTeam, send, World } from '../support/world.ts';

const LATER = '2090-01-01T00:00:00Z';
const HISTORY_DAYS = 30;

let world: World;
let desk: Desk;
beforeAll(async () => {
  // Without a worker until everything is as old as it should be.
  world = await World.start({ env: { HELIOGRAPH_ROLE: 'api', HISTORY_DAYS: `${HISTORY_DAYS}` } });
  desk = await openDesk(world, 'kept');
});
afterAll(() => world.stop());

const canceled = async (text: string, key?: string): Promise<string> => {
  const { id } = await accepted(desk.admin, desk.message({ text, scheduledFor: LATER, idempotencyKey: key ?? null }));
  await desk.admin.run(CancelNotificationDocument, { input: { id } });
  return id;
};

const grow = (ids: readonly string[], days: number): Promise<object[]> =>
  world.database.query(
    `update notifications set created_at = created_at - make_interval(days => $2), finished_at = finished_at - make_interval(days => $2)
     where id = any($1::uuid[])`,
    [ids, days],
  );

const growKeys = (days: number): Promise<object[]> =>
  world.database.query('update idempotency_keys set created_at = created_at - make_interval(days => $1)', [days]);

const count = async (sql: string): Promise<number> =>
  (await world.database.query<{ count: number }>(`select count(*)::int as count from ${sql}`))[0]?.count ?? 0;

/** Recorded refusals, which rest from the start: more than two slices of them. */
const fill = async (rows: number): Promise<void> => {
  await world.database.query(
    `insert into notifications (id, workspace_id, status, failure_code, priority, text, requested_by, expires_at, created_at, finished_at)
     select gen_random_uuid(), 'kept', 'FAILED', 'EXPIRED', 1, 'old', 'fill', now(), now() - interval '100 days', now() - interval '100 days'
     from generate_series(1, ${rows})`,
  );
  await world.database.query(
    `insert into notification_words select id, workspace_id, created_at, '{old}' from notifications where text = 'old'`,
  );
  await world.database.query(
    `insert into delivery_attempts (notification_id, number, lease_no, started_at, finished_at, outcome)
     select id, 1, 1, now(), now(), 'REJECTED' from notifications where text = 'old'`,
  );
};

const DELETED = 'deleted what was kept long enough';
const OLD_ROWS = 1203;

describe('what was kept long enough is deleted by any number of processes', () => {
  let young: string;
  let old: string;
  let waiting: string;
  let keyed: string;
  let resent: string;
  let holders: number;

  beforeAll(async () => {
    young = await canceled('young');
    old = await canceled('needle', 'long-forgotten');
    waiting = (await accepted(desk.admin, desk.message({ text: 'waiting', scheduledFor: LATER }))).id;
    const { resendNotification } = await desk.admin.run(ResendNotificationDocument, {
      input: { id: old, reason: 'again' },
    });
    resent = resendNotification.notification?.id ?? '';
    await growKeys(8);
    keyed = await canceled('keyed', 'remembered');
    await grow([old, keyed], HISTORY_DAYS + 1);
    await grow([young], HISTORY_DAYS - 1);
    await world.database.query(`update notifications set created_at = created_at - interval '500 days' where id = $1`, [
      waiting,
    ]);
    await fill(OLD_ROWS);
    // The connection of Globex comes, goes and comes again, long ago; that of Acme came long ago and is there.
    const globex = await connectTeam(desk.admin, 'kept', 'T0GLOBEX');
    await desk.admin.run(DisconnectDocument, { input: { id: globex.id } });
    await connectTeam(desk.admin, 'kept', 'T0GLOBEX');
    const initech = await connectTeam(desk.admin, 'kept', 'T0INITECH');
    await world.database.query(
      `insert into channels (credential_id, id, name, type, is_archived, is_member, is_shared, is_read_only, generation)
       select credential_id, 'C' || number, 'listed', 'PUBLIC', false, true, false, false, 1
       from connections, generate_series(1, 600) as number where disconnected_at is null`,
    );
    await desk.admin.run(DisconnectDocument, { input: { id: initech.id } });
    await world.database.query(`update connection_status_log set at = at - interval '9 days'`);
    await world.database.query(
      `update installs set finished_at = finished_at - interval '31 days' where id in (select id from installs limit 2)`,
    );
    holders = await count('(select distinct connection_id, authorization_id from connection_status_log) holder');
    expect(await count('connection_status_log')).toBeGreaterThan(holders);

    await Promise.all([
      world.addServer({ HELIOGRAPH_ROLE: 'delivery' }),
      world.addServer({ HELIOGRAPH_ROLE: 'delivery' }),
    ]);
    await vi.waitFor(
      () =>
        expect(world.servers.flatMap(({ lines }) => lines).filter((line) => line.includes(DELETED))).not.toEqual([]),
      { timeout: 30_000, interval: 100 },
    );
    await vi.waitFor(async () => expect(await count(`notifications where text = 'old'`)).toBe(0), {
      timeout: 30_000,
      interval: 100,
    });
  }, 90_000);

  const exists = async (id: string): Promise<boolean> =>
    (await desk.admin.run(NotificationDocument, { id })).notification !== null;

  test('notifications that have been at rest for HISTORY_DAYS, with what is kept of them', async () => {
    expect(await exists(old)).toBe(false);
    expect(await exists(young)).toBe(true);
    for (const table of ['status_log', 'delivery_attempts', 'notification_words']) {
      const orphans = `${table} kept where not exists (select from notifications n where n.id = kept.notification_id)`;
      expect({ table, orphans: await count(orphans) }).toEqual({ table, orphans: 0 });
    }
    const search = { workspaceId: 'kept', filter: { search: 'needle' } };
    expect((await desk.admin.run(HistoryIdsDocument, search)).notificationHistory.nodes).toEqual([{ id: resent }]);
  });

  test('nothing that still waits, however old it is', async () => {
    expect(await exists(waiting)).toBe(true);
  });

  test('what was sent again stays, without what it repeats', async () => {
    const { notification } = await desk.admin.run(NotificationDocument, { id: resent });
    expect(notification).toMatchObject({ resendOf: null, resendReason: 'again' });
  });

  test('a key after 7 days; until then its notification stays with it', async () => {
    expect(await exists(keyed)).toBe(true);
    const again = await send(
      desk.admin,
      desk.message({ text: 'keyed', scheduledFor: LATER, idempotencyKey: 'remembered' }),
    );
    expect(again).toMatchObject({ deduplicated: true, notification: { id: keyed } });
    const anew = await send(
      desk.admin,
      desk.message({ text: 'other', scheduledFor: LATER, idempotencyKey: 'long-forgotten' }),
    );
    expect(anew).toMatchObject({ deduplicated: false, userErrors: [] });
  });

  test('changes of connections, but for the latest of each', async () => {
    expect(await count('connection_status_log')).toBe(holders);
  });

  test('what was listed for one who is disconnected', async () => {
    const of = (token: string) =>
      count(`channels join credentials on credentials.id = credential_id where access_token is ${token}`);
    await expect.poll(() => of('null'), { timeout: 15_000 }).toBe(0);
    expect(await of('not null')).toBeGreaterThanOrEqual(1200);
  });

  test('installs that were over for a month', async () => {
    expect(await count(`installs where finished_at < now() - interval '30 days'`)).toBe(0);
    expect(await count('installs')).toBeGreaterThan(0);
  });

  test('statistics say what is kept', async () => {
    const since = new Date(Date.now() - 200 * 86_400_000).toISOString();
    const { deliveryStats } = await desk.admin.run(DeliveryStatsDocument, { workspaceId: 'kept', since });
    const within = `notifications where workspace_id = 'kept' and created_at >= now() - interval '200 days'`;
    expect(deliveryStats.total).toBe(await count(within));
    expect(deliveryStats.byFailure).toEqual([]);
  });

  test('the log says how much of what', async () => {
    const said = () => world.servers.flatMap(({ lines }) => lines).filter((line) => line.includes(DELETED));
    const deleted = () => said().map((line) => (JSON.parse(line) as { deleted: Record<string, number> }).deleted);
    const sum = (kind: string): number => deleted().reduce((all, each) => all + (each[kind] ?? 0), 0);
    await expect.poll(() => sum('notifications')).toBe(OLD_ROWS + 1);
    await expect.poll(() => sum('installs')).toBe(2);
    await expect.poll(() => sum('idempotencyKeys')).toBe(1);
    await expect.poll(() => sum('connectionChanges')).toBeGreaterThan(0);
  });
});

test('a slice is at most what is asked for, and waits for nobody who holds a row', async () => {
  const logger = createLogger({ level: 'silent', role: 'test' });
  const own = await World.start({ env: { HELIOGRAPH_ROLE: 'api' } });
  const database: Database = await openDatabase({ url: new Secret(own.database.url), poolMax: 2, entities, logger });
  const holder = new pg.Client({ connectionString: own.database.url });
  try {
    await own.database.query(
      `insert into notifications (id, workspace_id, status, failure_code, priority, text, requested_by, expires_at, finished_at)
       select gen_random_uuid(), 'w', 'FAILED', 'EXPIRED', 1, number::text, 'fill', now(), now() - interval '401 days'
       from generate_series(1, 25) as number`,
    );
    await holder.connect();
    await holder.query(`begin; select from notifications where text = '7' for update`);
    const retention = new RetentionRepository(database, 400);
    const slices = [];
    for (let round = 0; round < 4; round += 1) slices.push(await retention.deleteNotifications(10));
    expect(slices).toEqual([10, 10, 4, 0]);
    await holder.query('commit');
    expect(await retention.deleteNotifications(10)).toBe(1);
  } finally {
    await holder.end();
    await database.stop();
    await own.stop();
  }
});
