import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CancelNotificationDocument, ResendNotificationDocument } from '../generated/graphql.ts';
import { AdminBrowser, asks, hasChromium, hold } from '../support/admin-browser.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, send, World } from '../support/world.ts';

let world: World;
let desk: Desk;
let admin: AdminBrowser;

/** Sent, and refused by Slack. */
const failed = async (text: string): Promise<string> => {
  const feed = await world.followFromNow(desk.admin, 'history');
  const { id } = await accepted(desk.admin, desk.message({ text: `refused ${text}` }));
  await feed.untilAtRest(id);
  feed.stop();
  return id;
};

/** More than one page of notifications that were refused at once. */
const fill = async (text: string): Promise<void> => {
  await world.database.query(
    `insert into notifications (id, workspace_id, status, priority, text, requested_by, failure_code, expires_at)
     select gen_random_uuid(), 'history', 'FAILED', 1, $1 || ' ' || number, 'nobody', 'CHANNEL_REQUIRED', now()
     from generate_series(1, 60) as number`,
    [text],
  );
};

const openResend = async (page: Page): Promise<Locator> => {
  await page.getByRole('button', { name: 'Resend failed …' }).click();
  return page.getByRole('dialog', { name: 'Resend what failed' });
};

describe.runIf(hasChromium)('the history of notifications', () => {
  beforeAll(async () => {
    world = await World.start({ env: UNPACED });
    desk = await openDesk(world, 'history');
    await world.slack.fault({
      match: { method: 'chat.postMessage', textIncludes: 'refused' },
      fault: { type: 'error', error: 'restricted_action' },
      times: 100,
    });
    const feed = await world.followFromNow(desk.admin, 'history');
    const { id } = await accepted(desk.admin, desk.message({ text: 'an old one' }));
    await feed.untilAtRest(id);
    feed.stop();
    admin = await AdminBrowser.open(world);
  });
  afterEach(() => admin.expectNoOffence());
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  const open = (path = ''): Promise<Page> => admin.visit({ workspaceId: 'history', path: `/notifications${path}` });

  test('counts as new only what fits the filters that are set now', async () => {
    const page = await open();
    await page.getByText('an old one').first().waitFor();
    await accepted(desk.admin, desk.message({ text: 'a new one' }));
    const pill = page.getByRole('button', { name: '1 new' });
    await pill.waitFor();
    await page.getByText('Unconfirmed', { exact: true }).click();
    await page.getByText('Nothing fits these filters').waitFor();
    expect(await pill.count()).toBe(0);
  });

  test('counts as new only what still fits the filters', async () => {
    const page = await open('?statuses=QUEUED,SENDING,RETRYING');
    const nothing = page.getByText('Nothing fits these filters');
    await nothing.waitFor();
    const { id } = await accepted(desk.admin, desk.message({ scheduledFor: '2090-01-01T00:00:00Z' }));
    await page.getByRole('button', { name: '1 new' }).waitFor();
    expect(await nothing.count()).toBe(0);
    await desk.admin.run(CancelNotificationDocument, { input: { id } });
    await nothing.waitFor();
    expect(await page.getByRole('button', { name: /new$/ }).count()).toBe(0);
  });

  test('leaves the space between two words that are typed slowly', async () => {
    const page = await open();
    const search = page.getByLabel('Search for words in the text');
    await search.pressSequentially('first ');
    await page.waitForURL(/search=first$/);
    await search.pressSequentially('words');
    await page.waitForURL(/search=first\+words$/);
    expect(await search.inputValue()).toBe('first words');
  });

  test('tells in the dialog that a resend did not reach the server', async () => {
    const page = await open(`?n=${await failed('once')}`);
    await page.route('**/graphql', (route) => (asks(route, 'ResendNotification') ? route.abort() : route.continue()));
    await page.getByRole('dialog', { name: 'Notification' }).getByRole('button', { name: 'Resend' }).click();
    const dialog = page.getByRole('dialog', { name: 'Resend this' });
    await dialog.getByRole('button', { name: 'Resend' }).click();
    await dialog.getByText('The server cannot be reached').waitFor();
  });

  test('closes what is uppermost by Escape: the dialog of a resend first, the notification next', async () => {
    const id = await failed('again');
    const page = await open(`?n=${id}`);
    const drawer = page.getByRole('dialog', { name: 'Notification' });
    await drawer.getByRole('button', { name: 'Resend' }).click();
    const dialog = page.getByRole('dialog', { name: 'Resend this' });
    await dialog.getByLabel('Why?').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    // What closes fades for a while; the address says at once what is open.
    expect(page.url()).toContain(id);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    expect(page.url()).not.toContain(id);
  });

  test('announces how an opened notification stands', async () => {
    const page = await open();
    await page.getByText('an old one').first().click();
    const drawer = page.getByRole('dialog', { name: 'Notification' });
    await drawer.getByRole('status').filter({ hasText: 'Delivered' }).waitFor();
  });

  test('does not open a notification again on the way back from where it was closed', async () => {
    const page = await open();
    await page.getByText('an old one').first().click();
    const drawer = page.getByRole('dialog', { name: 'Notification' });
    await drawer.getByText('As Slack shows it').waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Identity', exact: true }).click();
    await page.getByRole('heading', { name: 'Identity' }).waitFor();
    await page.goBack();
    await page.getByText('an old one').first().waitFor();
    await page.goBack();
    await page.getByText('an old one').first().waitFor();
    expect(await drawer.count()).toBe(0);
  });

  test('says of a year that no calendar has that it is none, before anything is counted', async () => {
    const page = await open();
    const dialog = await openResend(page);
    const since = dialog.getByLabel('Failed notifications sent since');
    await since.fill('202610-12-31T10:30');
    await dialog.getByText('This is no time that anything was sent at.').waitFor();
    expect(await dialog.getByRole('button', { name: 'Count them' }).isDisabled()).toBe(true);
    expect(await since.getAttribute('max')).toBe('9999-12-31T23:59');
  });

  test('a resend of what failed stays in sight until it is done or stopped', async () => {
    await failed('twice');
    const page = await open();
    const dialog = await openResend(page);
    await dialog.getByRole('button', { name: 'Count them' }).click();
    const resend = dialog.getByRole('button', { name: /^Resend \d+ notification/ });
    await resend.waitFor();
    const release = await hold(page, 'ResendNotification');
    await resend.click();
    await dialog.getByRole('button', { name: 'Stop' }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.getByRole('button', { name: 'Stop' }).click();
    release();
    await dialog.getByText(/^1 of \d+ notifications? resent\. Stopped/).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await dialog.waitFor({ state: 'detached' });
    await (await openResend(page)).getByRole('button', { name: 'Count them' }).waitFor();
  });

  test('tells of what a resend of all is refused for how that is mended', async () => {
    const id = await failed('thrice');
    const page = await open();
    const dialog = await openResend(page);
    await dialog.getByRole('button', { name: 'Count them' }).click();
    const resend = dialog.getByRole('button', { name: /^Resend \d+ notification/ });
    await resend.waitFor();
    const { resendNotification } = await desk.admin.run(ResendNotificationDocument, { input: { id } });
    expect(resendNotification.userErrors).toEqual([]);
    const again = await desk.admin.run(ResendNotificationDocument, { input: { id } });
    const remedy = again.resendNotification.userErrors[0]?.remedy ?? 'a remedy';
    await resend.click();
    await dialog.getByText(/resent\. Done\./).waitFor();
    await dialog.getByText(remedy).waitFor();
  });

  test('offers no resend of what has nobody to be sent as', async () => {
    const input = { workspaceId: 'history', sender: { selectedBy: 'nobody' }, text: 'by nobody' };
    expect((await send(desk.admin, input)).userErrors).toMatchObject([{ code: 'IDENTITY_NOT_SELECTED' }]);
    const page = await open('?failureCode=IDENTITY_NOT_SELECTED');
    await page.getByText('by nobody').first().click();
    const drawer = page.getByRole('dialog', { name: 'Notification' });
    await drawer.getByText('IDENTITY_NOT_SELECTED').first().waitFor();
    expect(await drawer.getByRole('button', { name: 'Resend' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    const dialog = await openResend(page);
    await dialog.getByRole('button', { name: 'Count them' }).click();
    await dialog.getByText(/^1 more cannot be resent by you/).waitFor();
  });

  test('shows the first words of a message that begins with an empty line', async () => {
    await accepted(desk.admin, desk.message({ text: '\n\n  words after a gap\nand more' }));
    const page = await open();
    await page.getByRole('list', { name: 'Notifications' }).getByText('words after a gap', { exact: true }).waitFor();
  });

  test('shows a row of an older page as it has become, where that was told while the page was on its way', async () => {
    const later = { scheduledFor: '2090-01-01T00:00:00Z' };
    const { id } = await accepted(desk.admin, desk.message({ text: 'canceled on the way', ...later }));
    await fill('filling');
    const page = await admin.newPage();
    const told: string[] = [];
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => void told.push(String(payload))));
    await page.goto(`${world.url}/admin/w/history/notifications#token=${desk.admin.token}`);
    const older = page.getByRole('button', { name: 'Show older' });
    await older.waitFor();
    const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await page.route('**/graphql', async (route) => {
      if (!asks(route, 'NotificationHistory')) return route.fallback();
      const response = await route.fetch();
      asked.resolve();
      await answer.promise;
      return route.fulfill({ response });
    });
    // By key: what is told meanwhile moves the button from under a pointer.
    await older.press('Enter');
    await asked.promise;
    await desk.admin.run(CancelNotificationDocument, { input: { id } });
    await expect.poll(() => told.some((frame) => frame.includes(id))).toBe(true);
    answer.resolve();
    const row = page.getByRole('listitem').filter({ hasText: 'canceled on the way' });
    await row.getByText('Canceled', { exact: true }).waitFor();
  });

  test('finds the pages that were read where the browser leads back to them', async () => {
    await fill('read before');
    const page = await open();
    const rows = page.getByRole('list', { name: 'Notifications' }).getByRole('listitem');
    await page.getByRole('button', { name: 'Show older' }).press('Enter');
    await expect.poll(() => rows.count()).toBeGreaterThan(50);
    const read = await rows.count();
    await page.getByRole('link', { name: 'Identity', exact: true }).click();
    await page.getByRole('heading', { name: 'Identity' }).waitFor();
    await page.goBack();
    await rows.first().waitFor();
    await accepted(desk.admin, desk.message({ text: 'after the way back' }));
    await page.getByRole('button', { name: '1 new' }).waitFor();
    expect(await rows.count()).toBe(read);
  });

  test('counts as new only what came after the shown list was read', async () => {
    const page = await open();
    const list = page.getByRole('list', { name: 'Notifications' });
    await list.waitFor();
    await page.getByRole('link', { name: 'Identity', exact: true }).click();
    await page.getByRole('heading', { name: 'Identity' }).waitFor();
    await fill('meanwhile');
    const answer = await hold(page, 'NotificationHistory');
    await page.getByRole('link', { name: 'Notifications', exact: true }).click();
    await page.getByRole('button', { name: '60 new' }).waitFor();
    answer();
    await list
      .getByText(/^meanwhile/)
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: /new$/ }).count()).toBe(0);
  });
});
