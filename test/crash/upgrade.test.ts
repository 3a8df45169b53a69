import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { buildEarlierVersion, type EarlierVersion } from '../support/earlier-version.ts';
import { CLEAN, judge, untilAtRest } from '../support/load.ts';
import { freePort, Program } from '../support/processes.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;
let earlier: EarlierVersion;
beforeAll(async () => {
  earlier = buildEarlierVersion();
  world = await World.start({ env: { ...UNPACED, PLAYGROUND_ENABLED: 'false' } });
  await world.slack.config({ channelPostsPerSecond: 0 });
  desk = await openDesk(world, 'upgraded');
});
afterAll(async () => {
  await world.stop();
  earlier.remove();
});

const startEarlier = async (): Promise<string> => {
  const port = await freePort();
  const env = { ...world.env, PORT: `${port}`, HELIOGRAPH_EXIT_WITH_PARENT: '1' };
  world.servers.push(
    await Program.start('the earlier version', [earlier.main, 'serve'], env, (line) => line.includes('"msg":"ready"')),
  );
  return `http://localhost:${port}`;
};

test('the version before works on the new database beside this one: what either takes, either delivers, once and in order', async () => {
  const url = await startEarlier();
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const before = await world.as(desk.admin.userId, { upgraded: 'ADMIN' }, url);
  const feed = await world.followFromNow(before, 'upgraded');
  const sent: string[] = [];
  for (let count = 0; count < 60; count += 1) {
    const { id } = await accepted(count % 2 === 0 ? before : desk.admin, desk.message({ text: `message ${count}` }));
    sent.push(id);
  }
  await untilAtRest(world.database, 30_000);
  for (const id of sent) expect(await feed.untilAtRest(id)).toMatchObject({ to: 'DELIVERED' });
  expect(await judge(world)).toEqual(CLEAN);
  process.stdout.write(`upgrade: ${earlier.name} and this version on one database, ${sent.length} messages\n`);
}, 60_000);

test('a message that this version took is delivered by the version before, after a rollback', async () => {
  const [current, old] = world.servers;
  const soon = new Date(Date.now() + 3000).toISOString();
  const { id } = await accepted(await world.as(desk.admin.userId, { upgraded: 'ADMIN' }, world.url), {
    ...desk.message({ text: 'for later' }),
    scheduledFor: soon,
  });
  await current?.stop();
  world.servers.shift();
  expect(old?.child.exitCode).toBeNull();
  const status = async () =>
    (await world.database.query<{ status: string }>('select status from notifications where id = $1', [id]))[0]?.status;
  await expect.poll(status, { timeout: 15_000 }).toBe('DELIVERED');
});
