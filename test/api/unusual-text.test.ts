import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ChannelDocument,
  NotificationDocument,
  PreviewEventDocument,
  ResendNotificationDocument,
  SendNotificationsDocument,
} from '../generated/graphql.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;
beforeAll(async () => {
  world = await World.start({ env: UNPACED });
  desk = await openDesk(world, 'unusual');
});
afterAll(() => world.stop());

const HALF = '\ud83c';

const atRest = async (id: string) => {
  const seen = async () => (await desk.admin.run(NotificationDocument, { id })).notification;
  await expect.poll(async () => (await seen())?.status).toMatch(/DELIVERED|FAILED/);
  return seen();
};

test('a refusal of Slack that repeats what it was given, cut through an emoji, is stored, and the channel goes on', async () => {
  const bad = await accepted(desk.admin, desk.message({ blocks: [{ type: '🎉'.repeat(100) }] }));
  const behind = await accepted(desk.admin, desk.message());
  expect(await atRest(bad.id)).toMatchObject({
    status: 'FAILED',
    attemptCount: 1,
    failure: { code: 'INVALID_MESSAGE' },
  });
  expect(await atRest(behind.id)).toMatchObject({ status: 'DELIVERED' });
});

test('a selectedBy that nobody can have is refused by itself: its neighbours in one call are accepted', async () => {
  const named = (selectedBy: string) => desk.message({ sender: { selectedBy } });
  const notifications = [desk.message(), named(HALF), named('x'.repeat(256)), desk.message()];
  const { sendNotifications } = await desk.admin.run(SendNotificationsDocument, { input: { notifications } });
  const refused = (entry: string) => ({
    notification: null,
    userErrors: [{ code: 'INVALID_INPUT', field: ['input', 'notifications', entry, 'sender', 'selectedBy'] }],
  });
  expect(sendNotifications.results).toMatchObject([{ userErrors: [] }, refused('1'), refused('2'), { userErrors: [] }]);
});

test('a reason for sending again that holds half of an emoji is refused, and may be given anew', async () => {
  const { id } = await accepted(desk.admin, desk.message({ blocks: [{ type: 'none' }] }));
  await atRest(id);
  const { resendNotification } = await desk.admin.run(ResendNotificationDocument, { input: { id, reason: HALF } });
  expect(resendNotification.userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: ['input', 'reason'] }]);
  const again = await desk.admin.run(ResendNotificationDocument, { input: { id, reason: 'once more' } });
  expect(again.resendNotification.userErrors).toEqual([]);
});

test('what is no id of a channel names none, and Slack is not asked about it', async () => {
  const asked = (await world.slack.requests('conversations.info')).length;
  for (const id of [`C${HALF}`, 'general', '']) {
    expect(await desk.admin.run(ChannelDocument, { identityId: desk.bot.id, id })).toEqual({ channel: null });
  }
  expect(await world.slack.requests('conversations.info')).toHaveLength(asked);
});

test('an empty notificationId follows nothing, rather than everything', async () => {
  const socket = await RawSocket.open(world.url, `Bearer ${desk.admin.token}`);
  await socket.message('connection_ack');
  const query = 'subscription { deliveryStatusChanged(workspaceId: "unusual", notificationId: "") { to } }';
  socket.send({ type: 'subscribe', id: 'empty', payload: { query } });
  const { payload } = await socket.message('error', 'next');
  expect(JSON.stringify(payload)).toContain('NOT_FOUND');
  socket.socket.close();
});

test('a service of all workspaces makes none of a name that no token can have', async () => {
  const everywhere = await world.as('service:all', { '*': 'SERVICE' });
  for (const workspaceId of ['', 'x'.repeat(129), HALF]) {
    const { errors } = await everywhere.send('query ($id: ID!) { connections(workspaceId: $id) { id } }', {
      id: workspaceId,
    });
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  }
});

test('a template of brackets in brackets is refused before it costs anything', async () => {
  const input = { workspaceId: 'unusual', eventType: 'x', fallback: 'x', context: {} };
  const nested = (depth: number) => `{{ ${'a['.repeat(depth)}b${']'.repeat(depth)} }}`;
  const preview = (depth: number) =>
    desk.admin.failureCodes(PreviewEventDocument, { input: { ...input, template: nested(depth) } });
  expect(await preview(2400)).toEqual(['BAD_USER_INPUT']);
  expect(await preview(5)).toEqual([]);
});
