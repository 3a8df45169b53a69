import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdminBrowser, focused, hasChromium } from '../support/admin-browser.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;
let admin: AdminBrowser;

/** Without the history of channels nobody but a person can tell what became of a lost answer. */
const SCOPES = 'chat:write,chat:write.public,channels:read';

const open = async (text: string): Promise<Page> => {
  const page = await admin.visit({ workspaceId: 'unconfirmed', path: '/notifications' });
  await page.getByText(text).click();
  return page;
};

describe.runIf(hasChromium)('a message of which nobody knows whether Slack took it', () => {
  beforeAll(async () => {
    world = await World.start({ env: { ...UNPACED, SLACK_TIMEOUT_MS: '1000', CONFIRM_SETTLE_SECONDS: '1' } });
    desk = await openDesk(world, 'unconfirmed', 'T0ACME', SCOPES);
    const feed = await world.followFromNow(desk.admin, 'unconfirmed');
    await world.slack.fault({ match: { method: 'chat.postMessage' }, fault: { type: 'reset_after' }, times: 2 });
    for (const text of ['lost on its way', 'lost as well']) {
      const { id } = await accepted(desk.admin, desk.message({ text }));
      await feed.untilStatus(id, 'UNCONFIRMED');
    }
    feed.stop();
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test('is in Slack once a person says so twice, since nothing takes that back', async () => {
    const page = await open('lost on its way');
    const drawer = page.getByRole('dialog', { name: 'Notification' });
    await drawer.getByRole('button', { name: 'It is there' }).click();
    await page.getByText('It becomes delivered, for good').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('It becomes delivered, for good').waitFor({ state: 'detached' });
    await drawer.getByRole('button', { name: 'It is there' }).click();
    await page.getByRole('button', { name: 'Yes, it is there' }).click();
    await page.getByText('Noted: the message is in Slack.').waitFor();
    await expect.poll(() => focused(page)).toBe('Delivered');
    expect(await drawer.getByRole('button', { name: 'Resend' }).count()).toBe(0);
    admin.expectNoOffence();
  });

  test('can be resent without a warning once a person says that it is not there', async () => {
    const page = await open('lost as well');
    const drawer = page.getByRole('dialog', { name: 'Notification' });
    await drawer.getByRole('button', { name: 'It is not there' }).click();
    await page.getByText('a resend makes it two').waitFor();
    await page.getByRole('button', { name: 'Yes, it is not there' }).click();
    await page.getByText('It can be resent.').waitFor();
    await drawer.getByText('Failed').first().waitFor();
    await drawer.getByRole('button', { name: 'Resend' }).click();
    const dialog = page.getByRole('dialog', { name: 'Resend this' });
    await dialog.getByText('One new message, to the same channel').waitFor();
    await dialog.getByRole('button', { name: 'Resend' }).click();
    await page.getByText('Resent: this is the new notification.').waitFor();
    await expect.poll(() => focused(page)).toBe('Delivered');
    admin.expectNoOffence();
  });

  test('is not offered again without a warning where it is canceled before it is sent again', async () => {
    const match = { method: 'chat.postMessage', channel: 'C0ACME0002' };
    await world.slack.fault({ match, fault: { type: 'reset_after' }, times: 1 });
    await world.slack.fault({ match, fault: { type: 'ratelimit', retryAfter: '3600' }, times: 1 });
    const text = 'lost, and limited';
    await accepted(desk.admin, desk.message({ text, channelId: 'C0ACME0002', onUnknownOutcome: 'RESEND' }));
    const page = await open(text);
    await page.getByRole('dialog', { name: 'Notification' }).getByRole('button', { name: 'Cancel it' }).click();
    const told = page.getByRole('alert').filter({ hasText: 'Canceled, but not confirmed' });
    await told.getByText('look in the channel').waitFor();
    expect(await page.getByRole('button', { name: 'Send it after all' }).count()).toBe(0);
    admin.expectNoOffence();
  });
});
