import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { openDesk } from '../support/desk.ts';
import { Fleet } from '../support/fleet.ts';
import { accepted, World } from '../support/world.ts';

test('who takes a message tells the other processes of it, and who delivers it too', { timeout: 60_000 }, async () => {
  const world = await World.start({ servers: 0 });
  onTestFinished(() => world.stop());
  const fleet = await Fleet.start(world, ['api', 'delivery']);
  onTestFinished(() => fleet.stop());
  const desk = await openDesk(world, 'told');
  const feed = await world.followFromNow(desk.admin, 'told');
  const listener = new pg.Client({ connectionString: world.database.url });
  await listener.connect();
  onTestFinished(() => listener.end());
  const senders = new Set<string>();
  listener.on('notification', ({ payload = '' }) => senders.add(payload));
  await listener.query('listen heliograph_status');
  const { id } = await accepted(desk.admin, desk.message());
  expect(await feed.untilAtRest(id)).toMatchObject({ to: 'DELIVERED' });
  await expect.poll(() => senders.size).toBe(2);
  feed.stop();
});
