import { expect, test } from 'vitest';
import { SendNotificationDocument, type SendNotificationMutation } from '../generated/graphql.ts';
import { createTestDatabase } from '../support/database.ts';
import { openDesk } from '../support/desk.ts';
import { MovingAddress } from '../support/moving-address.ts';
import { World } from '../support/world.ts';

const LOST = 'the wake-up connection was lost';

test('a database whose host vanishes without a word is left after its time, and what goes on finds the next one', async () => {
  const database = await createTestDatabase();
  const address = await MovingAddress.start(Number(new URL(database.url).port));
  const url = Object.assign(new URL(database.url), { port: `${address.port}`, hostname: '127.0.0.1' });
  // Instead of the thirty seconds of a server.
  url.searchParams.set('query_timeout', '1000');
  const world = await World.start({ database: { ...database, url: url.href } });
  try {
    const desk = await openDesk(world, 'vanished');
    const feed = await world.followFromNow(desk.admin, 'vanished');
    const refusals = new Set<string>();
    const send = async (text: string): Promise<string | undefined> => {
      const input = desk.message({ text, idempotencyKey: text });
      const { data, errors = [] } = await desk.admin.send<SendNotificationMutation>(
        SendNotificationDocument.toString(),
        {
          input,
        },
      );
      for (const { extensions } of errors) refusals.add(extensions.code);
      return data?.sendNotification.notification?.id;
    };
    const before = await send('before');
    await feed.untilAtRest(before ?? '');
    address.takeOver();
    let id: string | undefined;
    await expect.poll(async () => (id = await send('after')), { interval: 50, timeout: 30_000 }).toBeDefined();
    expect(await feed.untilAtRest(id ?? '')).toMatchObject({ to: 'DELIVERED' });
    expect(await world.slack.postsOf(id ?? '')).toHaveLength(1);
    expect([...refusals]).toEqual(['SERVICE_UNAVAILABLE']);
    await expect.poll(() => world.servers.flatMap(({ lines }) => lines).join('\n')).toContain(LOST);
    await expect.poll(async () => (await fetch(`${world.url}/readyz`)).status).toBe(200);
  } finally {
    await world.stop();
    address.stop();
  }
});
