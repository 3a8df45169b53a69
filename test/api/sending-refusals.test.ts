import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ConnectionsDocument,
  DisconnectDocument,
  NotificationHistoryDocument,
  PreflightDocument,
  ResendNotificationDocument,
  SelectIdentityDocument,
} from '../generated/graphql.ts';
import { joinAsPerson, openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { connectTeam, identityOf, send, World } from '../support/world.ts';

let world: World;
let desk: Desk;

beforeAll(async () => {
  world = await World.start({ env: UNPACED });
  desk = await openDesk(world, 'sending');
});
afterAll(() => world.stop());

describe('a refusal that is recorded is in the history as FAILED, with the reason', () => {
  const recorded = async (id: string | undefined) => {
    const { notificationHistory } = await desk.admin.run(NotificationHistoryDocument, {
      workspaceId: 'sending',
      first: 1,
    });
    expect(notificationHistory.nodes[0]?.id).toBe(id);
    return notificationHistory.nodes[0];
  };

  test('IDENTITY_NOT_SELECTED: nothing is known but what was asked', async () => {
    const { notification, userErrors } = await send(desk.admin, desk.message({ sender: { selectedBy: 'nobody' } }));
    expect(userErrors).toMatchObject([{ code: 'IDENTITY_NOT_SELECTED', field: ['input', 'sender', 'selectedBy'] }]);
    expect(await recorded(notification?.id)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'IDENTITY_NOT_SELECTED' },
      identity: null,
      postedAs: null,
      team: null,
      text: 'hello',
      selectedBy: 'nobody',
      attemptCount: 0,
      waiting: null,
    });
  });

  test('CHANNEL_REQUIRED, with a named identity and with a selection that has no default', async () => {
    const named = await send(desk.admin, desk.message({ channelId: null }));
    expect(named.userErrors).toMatchObject([{ code: 'CHANNEL_REQUIRED', field: ['input', 'channelId'] }]);
    expect(await recorded(named.notification?.id)).toMatchObject({ status: 'FAILED', channelId: null });
    const ben = await joinAsPerson(world, desk, 'ben', 'U0ACME002');
    const { authorizationId } = ben;
    const choice = { workspaceId: 'sending', kind: 'PERSONAL_USER', connectionId: desk.connection.id } as const;
    await ben.caller.run(SelectIdentityDocument, { input: { ...choice, authorizationId } });
    const selected = await send(ben.caller, desk.message({ sender: { selectedBy: 'ben' }, channelId: null }));
    expect(selected.userErrors).toMatchObject([{ code: 'CHANNEL_REQUIRED' }]);
    expect(await recorded(selected.notification?.id)).toMatchObject({
      failure: { code: 'CHANNEL_REQUIRED' },
      postedAs: 'ben',
    });
  });

  test('IDENTITY_NOT_USABLE after the person has disconnected, and CONNECTION_DISCONNECTED after the workspace has', async () => {
    const other = await openDesk(world, 'left', 'T0GLOBEX');
    const gia = await joinAsPerson(world, other, 'gia', 'U0GLBX001');
    const asGia = other.message({ sender: { identityId: gia.identity.id }, channelId: 'C0GLBX0001' });
    await gia.caller.run(DisconnectDocument, { input: { id: gia.authorizationId } });
    const personal = await send(gia.caller, asGia);
    expect(personal.userErrors).toMatchObject([{ code: 'IDENTITY_NOT_USABLE' }]);
    expect(personal.notification).toMatchObject({ status: 'FAILED', failure: { code: 'IDENTITY_NOT_USABLE' } });
    const bot = await identityOf(other.admin, 'left', 'WORKSPACE_BOT');
    await other.admin.run(DisconnectDocument, { input: { id: other.connection.id } });
    const asBot = await send(other.admin, other.message({ sender: { identityId: bot.id } }));
    expect(asBot.userErrors).toMatchObject([{ code: 'CONNECTION_DISCONNECTED' }]);
    expect(asBot.notification).toMatchObject({
      failure: { code: 'CONNECTION_DISCONNECTED' },
      team: { id: 'T0GLOBEX' },
    });
    const { notificationHistory } = await other.admin.run(NotificationHistoryDocument, { workspaceId: 'left' });
    expect(notificationHistory.nodes.map(({ status }) => status)).toEqual(['FAILED', 'FAILED']);
  });

  test("a person's identity of a disconnected workspace waits for an admin, in the answer as in the history", async () => {
    const other = await openDesk(world, 'closed', 'T0GLOBEX');
    const gia = await joinAsPerson(world, other, 'gia', 'U0GLBX001');
    await other.admin.run(DisconnectDocument, { input: { id: other.connection.id } });
    const asGia = other.message({ sender: { identityId: gia.identity.id }, channelId: 'C0GLBX0001' });
    const { notification, userErrors } = await send(gia.caller, asGia);
    expect(userErrors).toMatchObject([{ code: 'CONNECTION_DISCONNECTED' }]);
    const { code, message, remedy } = userErrors[0] ?? {};
    expect(notification?.failure).toMatchObject({ code, message, remedy, actor: 'WORKSPACE_ADMIN' });
  });

  test('CONNECTION_NEEDS_REAUTHORIZATION: why Slack ended the authorization, in the answer as in the history', async () => {
    const other = await openDesk(world, 'revoked', 'T0INITECH');
    await world.slack.revoke({ team: 'T0INITECH' });
    await send(other.admin, other.message({ channelId: 'C0INIT0001' }));
    const status = async () =>
      (await other.admin.run(ConnectionsDocument, { workspaceId: 'revoked' })).connections[0]?.status;
    await expect.poll(status).toBe('NEEDS_REAUTHORIZATION');
    const { notification, userErrors } = await send(other.admin, other.message());
    expect(userErrors[0]?.message).toContain('was deactivated in Slack');
    const { code, message, remedy } = userErrors[0] ?? {};
    expect(notification?.failure).toMatchObject({ code, message, remedy, slackError: 'account_inactive' });
  });

  test('in the default channel of the selection that was meant: found by it, and resent after a reconnect', async () => {
    const [channelId = ''] = await world.slack.addTeam('T0AGAIN', 1);
    const other = await openDesk(world, 'again', 'T0AGAIN');
    const choice = { workspaceId: 'again', kind: 'WORKSPACE_BOT', connectionId: other.connection.id } as const;
    await other.admin.run(SelectIdentityDocument, { input: { ...choice, defaultChannelId: channelId } });
    await world.slack.revoke({ team: 'T0AGAIN' });
    await send(other.admin, other.message({ channelId }));
    const status = async () =>
      (await other.admin.run(ConnectionsDocument, { workspaceId: 'again' })).connections[0]?.status;
    await expect.poll(status).toBe('NEEDS_REAUTHORIZATION');

    const input = other.message({ sender: { selectedBy: other.admin.userId }, channelId: null, text: 'selected' });
    const { preflight } = await other.admin.run(PreflightDocument, { input });
    expect(preflight).toMatchObject({ channel: { id: channelId }, wouldDeliver: false });
    const { notification, userErrors } = await send(other.admin, input);
    expect(userErrors).toMatchObject([{ code: 'CONNECTION_NEEDS_REAUTHORIZATION' }]);
    expect(notification).toMatchObject({ status: 'FAILED', postedAs: other.bot.postsAs, channelId });
    const filter = { channelId, search: 'selected' };
    const { notificationHistory } = await other.admin.run(NotificationHistoryDocument, {
      workspaceId: 'again',
      filter,
    });
    expect(notificationHistory.nodes.map(({ id }) => id)).toEqual([notification?.id]);

    await connectTeam(other.admin, 'again', 'T0AGAIN');
    const again = await other.admin.run(ResendNotificationDocument, { input: { id: notification?.id ?? '' } });
    expect(again.resendNotification).toMatchObject({ userErrors: [], notification: { channelId } });
  });

  test('it is followed like any other: one change, from nothing to FAILED', async () => {
    const feed = await world.followFromNow(desk.admin, 'sending');
    const { notification } = await send(desk.admin, desk.message({ channelId: null }));
    const change = await feed.untilAtRest(notification?.id ?? '');
    expect(change).toMatchObject({ from: null, to: 'FAILED', failure: { code: 'CHANNEL_REQUIRED' } });
    expect(feed.changes).toHaveLength(1);
  });
});
