import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { NotificationDocument } from '../generated/graphql.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;
beforeAll(async () => {
  world = await World.start({ env: { ...UNPACED, HISTORY_DAYS: '30' } });
  desk = await openDesk(world, 'kept');
});
afterAll(() => world.stop());

const age = (ids: readonly string[], days: number): Promise<object[]> =>
  world.database.query(
    `update notifications set created_at = created_at - $2 * interval '1 day', finished_at = finished_at - $2 * interval '1 day'
     where id = any($1::uuid[])`,
    [ids, days],
  );

const rowsOf = async (table: string, id: string): Promise<number> =>
  (await world.database.query(`select from ${table} where notification_id = $1`, [id])).length;

test('what came to rest before HISTORY_DAYS is deleted with all that belongs to it; what waits, or is newer, stays', async () => {
  const feed = await world.followFromNow(desk.admin, 'kept');
  const sent = async (text: string): Promise<string> => {
    const { id } = await accepted(desk.admin, desk.message({ text, idempotencyKey: text }));
    await feed.untilAtRest(id);
    return id;
  };
  const old = await sent('old');
  const young = await sent('young');
  const scheduledFor = new Date(Date.now() + 3_600_000).toISOString();
  const { id: waiting } = await accepted(desk.admin, desk.message({ text: 'waiting', scheduledFor }));
  await age([old, waiting], 31);
  await age([young], 29);
  await world.database.query(
    `update idempotency_keys set created_at = now() - interval '8 days' where notification_id = any($1::uuid[])`,
    [[old, young]],
  );
  // A process looks for what is old as soon as it starts.
  await world.addServer();
  const shown = async (id: string) => (await desk.admin.run(NotificationDocument, { id })).notification?.id ?? null;
  await vi.waitFor(async () => expect(await shown(old)).toBeNull(), { timeout: 15_000 });
  for (const table of ['delivery_attempts', 'status_log', 'idempotency_keys', 'notification_words'])
    expect(await rowsOf(table, old)).toBe(0);
  expect([await shown(young), await shown(waiting)]).toEqual([young, waiting]);
  await vi.waitFor(async () => expect(await rowsOf('idempotency_keys', young)).toBe(0), { timeout: 15_000 });
  expect(await rowsOf('status_log', young)).toBe(3);
});
