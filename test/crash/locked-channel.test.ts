import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { openDesk, UNPACED } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';

test('a channel whose row somebody holds locked keeps no other channel from being sent to', async () => {
  const world = await World.start({ env: UNPACED });
  onTestFinished(() => world.stop());
  const desk = await openDesk(world, 'locked');
  const feed = await world.followFromNow(desk.admin, 'locked');
  const waitsForLock = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  const match = { method: 'chat.postMessage', textIncludes: 'held' };
  await world.slack.fault({ match, fault: { type: 'slow', ms: 2000 }, times: 1 });
  const held = await accepted(desk.admin, desk.message({ text: 'held' }));
  await expect.poll(() => world.database.query(`select from notifications where status = 'SENDING'`)).toHaveLength(1);
  const holder = new pg.Client({ connectionString: world.database.url });
  await holder.connect();
  try {
    await holder.query('begin; select from delivery_lanes for update');
    await expect.poll(() => world.database.query(waitsForLock)).toHaveLength(1);
    const other = await accepted(desk.admin, desk.message({ text: 'free', channelId: 'C0ACME0002' }));
    await expect.poll(() => world.slack.postsOf(other.id)).toHaveLength(1);
    // Before the first had waited for so long that it was given up for a while.
    expect(world.servers[0]?.lines.join('\n')).not.toContain('storing what Slack answered failed');
    await holder.query('commit');
    for (const { id } of [held, other]) expect(await feed.untilAtRest(id)).toMatchObject({ to: 'DELIVERED' });
    expect(await world.slack.postsOf(held.id)).toHaveLength(1);
  } finally {
    await holder.end();
  }
});
