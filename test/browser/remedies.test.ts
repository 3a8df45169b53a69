import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAILURE_CODES, type FailureCode } from '../../src/connections/failure.policy.ts';
import { ChannelsDocument, NotificationDocument, SelectIdentityDocument } from '../generated/graphql.ts';
import { AdminBrowser, hasChromium } from '../support/admin-browser.ts';
import { joinAsPerson, openDesk, type Desk } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;
let admin: AdminBrowser;

const statusOf = (code: FailureCode): string => {
  if (code === 'OUTCOME_UNKNOWN') return 'UNCONFIRMED';
  return code.startsWith('CANCELED') ? 'CANCELED' : 'FAILED';
};

/** One notification that ended with each code. Not every code can be brought about in a moment, so they are written. */
const insertFailures = async (ids: ReadonlyMap<FailureCode, string>): Promise<void> => {
  const rows = [...ids].map(([code, id]) => `('${id}'::uuid, '${code}', '${statusOf(code)}')`).join(', ');
  await world.database.query(`do $$ begin
    perform set_config('session_replication_role', 'replica', true);
    insert into notifications (id, workspace_id, status, priority, text, requested_by, failure_code, posted_as, team_id,
      channel_id, channel_name, identity_id, expires_at, finished_at)
    select id, 'mend', status, 1, 'ended with ' || code, 'admin-of-mend', code, 'heliograph', 'T0ACME', 'C0ACME0001',
      'general', '${desk.bot.id}', now() + interval '1 day', now()
    from (values ${rows}) as failures (id, code, status);
  end $$`);
};

describe.runIf(hasChromium)('what is broken', () => {
  const ids = new Map(FAILURE_CODES.map((code) => [code, randomUUID()]));

  beforeAll(async () => {
    world = await World.start();
    desk = await openDesk(world, 'mend');
    await insertFailures(ids);
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  // A drawer is opened and closed for each: they are many for one test's usual time.
  test('says how it is mended, in the words of the API, for every failure code', { timeout: 60_000 }, async () => {
    const page = await admin.visit({ workspaceId: 'mend', path: '/notifications' });
    for (const [code, id] of ids) {
      const { notification } = await desk.admin.run(NotificationDocument, { id });
      const { message, remedy } = notification?.failure ?? { message: '', remedy: '' };
      expect({ code, remedy }).not.toEqual({ code, remedy: '' });
      await page.getByText(`ended with ${code}`).click();
      const drawer = page.getByRole('dialog', { name: 'Notification' });
      await drawer.getByText(remedy, { exact: true }).waitFor();
      await drawer.getByText(message, { exact: true }).waitFor();
      await drawer.getByText(code, { exact: true }).waitFor();
      await page.keyboard.press('Escape');
      await drawer.waitFor({ state: 'detached' });
    }
    admin.expectNoOffence();
  });

  test('a bot that is not in the channel: invited, and resent by a click', async () => {
    const channel = await world.slack.channel({ team: 'T0ACME', name: 'war-room', private: true });
    const feed = await world.followFromNow(desk.admin, 'mend');
    await world.slack.membership({ team: 'T0ACME', channel, user: 'bot', member: true });
    await world.slack.fault({
      match: { method: 'chat.postMessage', channel },
      fault: { type: 'error', error: 'not_in_channel' },
    });
    const { id } = await accepted(desk.admin, desk.message({ text: 'to the war room', channelId: channel }));
    await feed.untilAtRest(id);
    feed.stop();
    const page = await admin.visit({ workspaceId: 'mend', path: `/notifications?n=${id}` });
    const drawer = page.getByRole('dialog', { name: 'Notification' });
    await drawer.getByText(/^Invite/).waitFor();
    await drawer.getByRole('button', { name: 'Resend' }).click();
    await page.getByRole('dialog', { name: 'Resend this' }).getByRole('button', { name: 'Resend' }).click();
    await drawer.getByText('Delivered', { exact: true }).first().waitFor();
    expect(page.url()).not.toContain(id);
  });

  test('a bot that is not in the channel: invited while one writes to it, which is seen on the way back, by a click, and with a change', async () => {
    const shy = await openDesk(world, 'shy', 'T0INITECH', 'chat:write,channels:read');
    const { channels } = await shy.admin.run(ChannelsDocument, { identityId: shy.bot.id });
    const channel = channels.nodes.find(({ postable }) => postable === 'NEEDS_INVITE')?.id ?? '';
    const choice = { workspaceId: 'shy', kind: 'WORKSPACE_BOT', connectionId: shy.connection.id } as const;
    await shy.admin.run(SelectIdentityDocument, { input: { ...choice, defaultChannelId: channel } });
    const page = await admin.visit({ workspaceId: 'shy', path: '/compose' });
    const ways = {
      // No window of this browser ever loses the focus.
      'by coming back': () => page.evaluate(`window.dispatchEvent(new Event('focus'))`),
      'by a click': () => page.getByRole('button', { name: 'Look again' }).click(),
      'by a change': async () => joinAsPerson(world, shy, 'cy', await world.slack.somebodyOf('T0INITECH')),
    };
    for (const [way, lookAgain] of Object.entries(ways)) {
      await world.slack.membership({ team: 'T0INITECH', channel, user: 'bot', member: false });
      // What was listed long ago is asked of Slack.
      await world.database.query(`update channel_directories set synced_at = now() - interval '61 minutes'`);
      await page.getByLabel('Text', { exact: true }).fill(`invited ${way}`);
      await page.getByText('NOT_IN_CHANNEL').waitFor();
      await world.slack.membership({ team: 'T0INITECH', channel, user: 'bot', member: true });
      await lookAgain();
      await page.getByText('Ready to send').waitFor();
      await page.getByText('write /invite').waitFor({ state: 'detached' });
    }
    admin.expectNoOffence();
  });

  test('a token that was revoked in Slack: seen at once, and reconnected by one click', async () => {
    const page = await admin.visit({ workspaceId: 'mend' });
    await world.slack.revoke({ team: 'T0ACME' });
    await accepted(desk.admin, desk.message({ text: 'finds it out' }));
    const reconnect = page.getByRole('button', { name: 'Reconnect Acme' });
    await reconnect.waitFor();
    await reconnect.click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('Acme is connected').waitFor();
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.getByText('finds it out').first().waitFor();
    await reconnect.waitFor({ state: 'detached' });
  });

  test('a disconnect counts its consequences before the click', async () => {
    await accepted(desk.admin, desk.message({ text: 'later', scheduledFor: '2090-01-01T00:00:00Z' }));
    const page = await admin.visit({ workspaceId: 'mend', path: '/connections' });
    await page.getByRole('button', { name: 'Disconnect …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Disconnect Acme?' });
    await dialog.getByText('1 notification is').waitFor();
    await dialog.getByRole('button', { name: 'Disconnect and cancel 1' }).click();
    const told = page.getByRole('alert').filter({ hasText: 'Acme is disconnected' });
    expect(await told.innerText()).toContain('1 notification canceled');
    await page.getByText('No Slack is connected yet').waitFor();
  });
});
