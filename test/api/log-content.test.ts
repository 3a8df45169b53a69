import { afterAll, beforeAll, expect, test } from 'vitest';
import { SendNotificationsDocument } from '../generated/graphql.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, send, World } from '../support/world.ts';

const SAID = 'words-that-only-Slack-may-show';
const BLOCK = 'a-block-that-only-Slack-may-show';
/** Of a kind that nothing here uses, so that the search for stored tokens does not find what a user wrote. */
const TOKEN = 'xoxs-1-2-abcdef';
const blocks = [{ type: 'section', text: { type: 'plain_text', text: BLOCK } }];

let world: World;
let desk: Desk;
afterAll(() => world.stop());
beforeAll(async () => {
  world = await World.start({ env: UNPACED });
  desk = await openDesk(world, 'quiet');
});

const lines = (): string[] => world.servers.flatMap((server) => server.lines);

/** Lines of tries, as a reader of the log finds them. */
const tries = (id: string): Record<string, unknown>[] =>
  lines()
    .filter((line) => line.includes(id) && line.includes('A message was sent, or tried'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const sendOne = async (text: string, but: object = {}): Promise<string> => {
  const feed = await world.followFromNow(desk.admin, 'quiet');
  const { id } = await accepted(desk.admin, desk.message({ text, ...but }));
  await feed.untilAtRest(id);
  feed.stop();
  return id;
};

const sendInBulk = async (text: string): Promise<void> => {
  const feed = await world.followFromNow(desk.admin, 'quiet');
  const input = { notifications: [desk.message({ text })] };
  const { sendNotifications } = await desk.admin.run(SendNotificationsDocument, { input });
  await feed.untilAtRest(sendNotifications.results[0]?.notification?.id ?? '');
  feed.stop();
};

/** What is delivered, refused by Slack, refused here, sent in bulk, and refused by the database. */
const sendInEveryWay = async (text: string): Promise<string[]> => {
  const delivered = await sendOne(text, { blocks });
  const failed = await sendOne(text, { channelId: 'C0NOSUCH00' });
  await send(desk.admin, desk.message({ text: `${text}${'x'.repeat(50_000)}` }));
  await send(desk.admin, desk.message({ text, sender: { identityId: crypto.randomUUID() } }));
  await sendInBulk(text);
  await desk.admin.send('mutation ($input: SendNotificationInput!) { sendNotification(input: $input) { nonsense } }', {
    input: desk.message({ text }),
  });
  await world.database.query(`alter table notifications add constraint none check (priority = 99) not valid`);
  const answer = await desk.admin.send(
    'mutation ($input: SendNotificationInput!) { sendNotification(input: $input) { deduplicated } }',
    { input: desk.message({ text }) },
  );
  expect(answer.errors?.[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
  await world.database.query(`alter table notifications drop constraint none`);
  return [delivered, failed];
};

test('without LOG_CONTENT the log says of each try what came of it, and nothing of what messages say', async () => {
  const [delivered = '', failed = ''] = await sendInEveryWay(SAID);
  const sent = { channelId: 'C0ACME0001', attempt: 1, outcome: 'DELIVERED', status: 'DELIVERED' };
  await expect.poll(() => tries(delivered)).toMatchObject([{ level: 20, ...sent }]);
  await expect
    .poll(() => tries(failed))
    .toMatchObject([{ outcome: 'REJECTED', status: 'FAILED', failureCode: 'CHANNEL_NOT_FOUND' }]);
  await expect.poll(() => lines().some((line) => line.includes('violates check constraint'))).toBe(true);
  expect(lines().filter((line) => line.includes(SAID) || line.includes(BLOCK))).toEqual([]);
});

test('with LOG_CONTENT a try is an info line with text and blocks, and a token in them is not shown', async () => {
  await world.servers[0]?.stop();
  const url = await world.addServer({ LOG_CONTENT: 'true', LOG_LEVEL: 'info' });
  desk = { ...desk, admin: await world.as(desk.admin.userId, { quiet: 'ADMIN' }, url) };
  const delivered = await sendOne(`${SAID} ${TOKEN}`, { blocks });
  const shown = { level: 30, status: 'DELIVERED', text: `${SAID} [secret]`, blocks };
  await expect.poll(() => tries(delivered)).toMatchObject([shown]);
  expect(lines().filter((line) => line.includes(TOKEN))).toEqual([]);
});
