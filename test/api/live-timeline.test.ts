import { afterAll, beforeAll, expect, test } from 'vitest';
import { NotificationDocument } from '../generated/graphql.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;

beforeAll(async () => {
  world = await World.start();
  desk = await openDesk(world, 'timeline');
});
afterAll(() => world.stop());

const locked = (): Promise<object[]> =>
  world.database.query(
    `select from pg_locks where database = (select oid from pg_database where datname = current_database())
       and relation = 'status_log'::regclass and mode = 'AccessExclusiveLock' and granted`,
  );

test('a timeline ends with the status that is shown, also where it moved on meanwhile: who follows from there is told', async () => {
  const scheduled = desk.message({ scheduledFor: '2090-01-01T00:00:00Z' });
  const { id } = await accepted(desk.admin, scheduled);
  // Moves between the reading of the row and that of the log.
  const moved = world.database.query(`do $$ begin
    lock table status_log in access exclusive mode;
    while not exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%notification_id = any%') loop
      perform pg_sleep(0.01);
      perform pg_stat_clear_snapshot();
    end loop;
    update notifications set status = 'CANCELED', failure_code = 'INTERNAL', due_at = null, wait_reason = null, wait_until = null, wait_detail = null
    where id = '${id}';
  end $$`);
  await expect.poll(locked).toHaveLength(1);
  const { notification } = await desk.admin.run(NotificationDocument, { id });
  await moved;
  expect(notification).toMatchObject({ status: 'QUEUED', timeline: [{ to: 'QUEUED' }] });
  const after = notification?.timeline.at(-1)?.cursor ?? '';
  const feed = world.follow(desk.admin, { workspaceId: 'timeline', notificationId: id, after });
  await feed.untilStatus(id, 'CANCELED');
});
