import { afterAll, beforeAll, expect, test } from 'vitest';
import { DisconnectDocument, SendNotificationDocument, type SendNotificationInput } from '../generated/graphql.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, connectTeam, identityOf, send, World } from '../support/world.ts';

let world: World;
let desk: Desk;

beforeAll(async () => {
  world = await World.start({ env: UNPACED, servers: 2 });
  await world.slack.config({ channelPostsPerSecond: 0 });
  desk = await openDesk(world, 'once');
});
afterAll(() => world.stop());

const withKey = (idempotencyKey: string): Promise<{ id: string }[]> =>
  world.database.query('select id from notifications where idempotency_key = $1', [idempotencyKey]);

/** Every other one through the second server. */
const sendParallel = async (count: number, input: SendNotificationInput) => {
  const elsewhere = await world.as(desk.admin.userId, { once: 'ADMIN' }, world.urls[1]);
  return Promise.all(
    Array.from({ length: count }, (_, index) => send(index % 2 === 0 ? desk.admin : elsewhere, input)),
  );
};

test('200 parallel calls with one key, on two servers: one notification and 200 equal answers', async () => {
  // Far ahead, so that nothing about it moves while the answers are made.
  const scheduledFor = new Date(Date.now() + 3_600_000).toISOString();
  const answers = await sendParallel(200, desk.message({ idempotencyKey: 'parallel', scheduledFor }));
  const [first] = await withKey('parallel');
  expect(await withKey('parallel')).toHaveLength(1);
  expect(answers.filter(({ deduplicated }) => !deduplicated)).toHaveLength(1);
  const notifications = new Set(answers.map(({ notification }) => JSON.stringify(notification)));
  expect(notifications.size).toBe(1);
  expect(answers[0]?.notification).toMatchObject({ id: first?.id, status: 'QUEUED', idempotencyKey: 'parallel' });
  expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
});

test('parallel calls with one key, on two servers, make one message', async () => {
  const feed = await world.followFromNow(desk.admin, 'once');
  const answers = await sendParallel(50, desk.message({ idempotencyKey: 'one message' }));
  const ids = new Set(answers.map(({ notification }) => notification?.id));
  expect(ids.size).toBe(1);
  const id = answers[0]?.notification?.id ?? '';
  await feed.untilAtRest(id);
  expect(await world.slack.postsOf(id)).toHaveLength(1);
  expect(feed.of(id).map(({ to }) => to)).toEqual(['QUEUED', 'SENDING', 'DELIVERED']);
});

test('100 parallel calls with one key and different inputs: one is accepted, the others conflict with it', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      send(desk.admin, desk.message({ idempotencyKey: 'race', text: `text ${index}` })),
    ),
  );
  const winners = answers.filter(({ userErrors }) => userErrors.length === 0);
  expect(winners).toHaveLength(1);
  for (const { userErrors } of answers.filter((answer) => answer !== winners[0])) {
    expect(userErrors).toMatchObject([
      { code: 'IDEMPOTENCY_CONFLICT', existing: { id: winners[0]?.notification?.id } },
    ]);
  }
  expect(await withKey('race')).toHaveLength(1);
});

test('the same key with any other input is a conflict that names the first and stores nothing', async () => {
  const scheduledFor = new Date(Date.now() + 3_600_000).toISOString();
  const input = desk.message({ idempotencyKey: 'other', text: 'one', scheduledFor });
  const first = await accepted(desk.admin, input);
  const others: Partial<SendNotificationInput>[] = [
    { text: 'two' },
    { channelId: 'C0ACME0002' },
    { priority: 'HIGH' },
    { scheduledFor: null },
    { expiresAt: new Date(Date.now() + 7_200_000).toISOString() },
    { metadata: {} },
    { blocks: [{ type: 'divider' }] },
    { threadTs: '1700000000.000100' },
    { websiteId: 'w' },
    { eventType: 'e' },
    { onUnknownOutcome: 'RESEND' },
    { sender: { selectedBy: desk.admin.userId } },
    // A refused input conflicts as well: what the key stands for is decided first.
    { text: '' },
  ];
  for (const other of others) {
    const { notification, deduplicated, userErrors } = await send(desk.admin, { ...input, ...other });
    expect({ notification, deduplicated }).toEqual({ notification: null, deduplicated: false });
    expect(userErrors).toMatchObject([
      {
        __typename: 'IdempotencyConflictError',
        code: 'IDEMPOTENCY_CONFLICT',
        field: ['input', 'idempotencyKey'],
        existing: { id: first.id },
      },
    ]);
  }
  expect(await withKey('other')).toHaveLength(1);
});

test('the same input written otherwise is the same input', async () => {
  const metadata = { b: 1, a: { d: [1, 2], c: null } };
  const expiresAt = '2090-06-01T12:00:00Z';
  const input = desk.message({ idempotencyKey: 'same', metadata, expiresAt });
  const first = await accepted(desk.admin, input);
  const same = {
    ...Object.fromEntries(Object.entries(input).reverse()),
    metadata: { a: { c: null, d: [1, 2] }, b: 1 },
    expiresAt: '2090-06-01T14:00:00.000+02:00',
    priority: 'NORMAL',
    onUnknownOutcome: 'HOLD',
    threadTs: null,
    blocks: null,
  } as unknown as SendNotificationInput;
  const again = await send(desk.admin, same);
  expect(again).toMatchObject({ deduplicated: true, userErrors: [], notification: { id: first.id } });
});

test('a key belongs to one caller and one workspace', async () => {
  const other = await openDesk(world, 'twice');
  const both = await world.as('both', { once: 'ADMIN', twice: 'ADMIN' });
  const input = desk.message({ idempotencyKey: 'mine' });
  const ofOthers = { ...input, workspaceId: 'twice', sender: { identityId: other.bot.id } };
  const answers = [await send(desk.admin, input), await send(both, input), await send(both, ofOthers)];
  expect(answers.map(({ deduplicated, userErrors }) => [deduplicated, userErrors])).toEqual([
    [false, []],
    [false, []],
    [false, []],
  ]);
  expect(new Set(answers.map(({ notification }) => notification?.id)).size).toBe(3);
  expect(await send(both, input)).toMatchObject({
    deduplicated: true,
    notification: { id: answers[1]?.notification?.id },
  });
});

test('a refusal never binds a key, recorded or not', async () => {
  const key = { idempotencyKey: 'refused' };
  const refused = [
    await send(desk.admin, desk.message({ ...key, text: '' })),
    await send(desk.admin, desk.message({ ...key, sender: { selectedBy: 'nobody' } })),
    await send(desk.admin, desk.message({ ...key, channelId: null })),
    await send(desk.admin, desk.message({ ...key, channelId: null })),
  ];
  expect(refused.map(({ userErrors }) => userErrors[0]?.code)).toEqual([
    'INVALID_MESSAGE',
    'IDENTITY_NOT_SELECTED',
    'CHANNEL_REQUIRED',
    'CHANNEL_REQUIRED',
  ]);
  // Each recorded refusal is a row of its own, with the key for whoever looks.
  expect(new Set(refused.slice(1).map(({ notification }) => notification?.id)).size).toBe(3);
  expect(refused.slice(1).every(({ notification }) => notification?.idempotencyKey === 'refused')).toBe(true);
  const sent = await send(desk.admin, desk.message(key));
  expect(sent).toMatchObject({ deduplicated: false, userErrors: [], notification: { status: 'QUEUED' } });
});

test('a forbidden call neither binds a key nor tells whether it is bound', async () => {
  const input = desk.message({ idempotencyKey: 'forbidden' });
  const stranger = await world.as('stranger', { own: 'ADMIN' });
  expect(await stranger.failureCodes(SendNotificationDocument, { input })).toEqual(['FORBIDDEN']);
  await accepted(desk.admin, input);
  expect(await stranger.failureCodes(SendNotificationDocument, { input })).toEqual(['FORBIDDEN']);
});

test('a repeat after the connection was disconnected still answers the first notification', async () => {
  const admin = await world.as('leaving', { leaving: 'ADMIN' });
  const connection = await connectTeam(admin, 'leaving', 'T0GLOBEX');
  const { id } = await identityOf(admin, 'leaving', 'WORKSPACE_BOT');
  const input = {
    workspaceId: 'leaving',
    sender: { identityId: id },
    channelId: 'C0GLBX0001',
    text: 'before',
    idempotencyKey: 'before',
  };
  const feed = await world.followFromNow(admin, 'leaving');
  const first = await accepted(admin, input);
  await feed.untilAtRest(first.id);
  await admin.run(DisconnectDocument, { input: { id: connection.id } });
  const again = await send(admin, input);
  expect(again).toMatchObject({
    deduplicated: true,
    userErrors: [],
    notification: { id: first.id, status: 'DELIVERED' },
  });
  const anew = await send(admin, { ...input, idempotencyKey: 'after' });
  expect(anew.userErrors).toMatchObject([{ code: 'CONNECTION_DISCONNECTED' }]);
});

test('after 7 days a key is free again', async () => {
  const input = desk.message({ idempotencyKey: 'old' });
  const first = await accepted(desk.admin, input);
  await world.database.query(
    `update idempotency_keys set created_at = now() - interval '7 days 1 minute' where key = 'old'`,
  );
  const anew = await send(desk.admin, { ...input, text: 'another text' });
  expect(anew).toMatchObject({ deduplicated: false, userErrors: [] });
  expect(anew.notification?.id).not.toBe(first.id);
  expect(await send(desk.admin, { ...input, text: 'another text' })).toMatchObject({ deduplicated: true });
});

test('without a key, two equal sends are two notifications', async () => {
  const [one, two] = [await accepted(desk.admin, desk.message()), await accepted(desk.admin, desk.message())];
  expect(one.id).not.toBe(two.id);
});
