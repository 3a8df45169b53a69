import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdminBrowser, focused, hasChromium, refuse } from '../support/admin-browser.ts';
import {
  CancelNotificationDocument,
  NotificationHistoryDocument,
  SendNotificationsDocument,
} from '../generated/graphql.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { startServer } from '../support/processes.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;
/** More than a page of notifications, none of which is sent. */
let long: Desk;
let admin: AdminBrowser;

const row = (page: Page, text: string) => page.getByRole('listitem').filter({ hasText: text });
const openList = async (workspaceId = 'live'): Promise<Page> => {
  const page = await admin.visit({ workspaceId, path: '/notifications' });
  await page.getByRole('list', { name: 'Notifications' }).waitFor();
  return page;
};

const LATER = { scheduledFor: '2090-01-01T00:00:00Z' };

/** Where the fixed header of the page ends. */
const HEADER_PX = 56;

/** What the API answers where too much waits already. */
const QUEUE_FULL = {
  data: {
    resendNotification: {
      __typename: 'ResendNotificationPayload',
      notification: null,
      userErrors: [
        {
          __typename: 'QueueFullError',
          code: 'QUEUE_FULL',
          message: '',
          remedy: '',
          field: null,
          retryAfterSeconds: 1,
        },
      ],
    },
  },
};

describe.runIf(hasChromium)('the list of notifications', () => {
  beforeAll(async () => {
    world = await World.start({ env: UNPACED });
    desk = await openDesk(world, 'live');
    const feed = await world.followFromNow(desk.admin, 'live');
    for (const text of ['oldest words', 'older words']) {
      await feed.untilAtRest((await accepted(desk.admin, desk.message({ text }))).id);
    }
    feed.stop();
    long = await openDesk(world, 'long');
    await accepted(long.admin, long.message({ text: 'the oldest', ...LATER }));
    const some = Array.from({ length: 51 }, (_, number) => long.message({ text: `scheduled ${number}`, ...LATER }));
    await long.admin.run(SendNotificationsDocument, { input: { notifications: some } });
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test('shows a change of status at once, in its place', async () => {
    await world.slack.fault({
      match: { method: 'chat.postMessage', textIncludes: 'held' },
      fault: { type: 'slow', ms: 8_000 },
    });
    const page = await openList();
    const feed = await world.followFromNow(desk.admin, 'live');
    const { id } = await accepted(desk.admin, desk.message({ text: 'held for a moment' }));
    await page.getByRole('button', { name: '1 new' }).click();
    await row(page, 'held for a moment').getByText('Sending').waitFor();
    await feed.untilStatus(id, 'DELIVERED');
    await row(page, 'held for a moment').getByText('Delivered').waitFor({ timeout: 3_000 });
    feed.stop();
  });

  test.each([
    ['at its top', 0],
    ['far down in it', 30],
  ])('counts what is new in a pill, and shows it when asked to, where the keyboard is then: %s', async (where, at) => {
    const page = await openList('long');
    const rows = page.getByRole('listitem');
    expect(await rows.count()).toBe(50);
    await rows.nth(at).scrollIntoViewIfNeeded();
    for (let count = 1; count <= 3; count += 1)
      await accepted(long.admin, long.message({ text: `new ${count}, ${where}`, ...LATER }));
    const pill = page.getByRole('button', { name: '3 new' });
    await pill.waitFor();
    expect(await row(page, where).count()).toBe(0);
    await pill.press('Enter');
    await pill.waitFor({ state: 'detached' });
    await expect.poll(() => focused(page)).toContain(`new 3, ${where}`);
    const newest = (await rows.first().boundingBox()) ?? expect.unreachable();
    expect(newest.y).toBeGreaterThanOrEqual(HEADER_PX);
    expect(newest.y + newest.height).toBeLessThan(page.viewportSize()?.height ?? 0);
    expect(await rows.first().innerText()).toContain(`new 3, ${where}`);
  });

  test('counts nothing as new that has its place below what is shown', async () => {
    const page = await openList('long');
    await row(page, 'scheduled 50').waitFor();
    // Told in this order: once the second is seen, so was the first.
    const { notificationHistory } = await long.admin.run(NotificationHistoryDocument, {
      workspaceId: 'long',
      first: 100,
    });
    for (const text of ['the oldest', 'scheduled 50']) {
      const { id } = notificationHistory.nodes.find((each) => each.text === text) ?? expect.unreachable();
      await long.admin.run(CancelNotificationDocument, { input: { id } });
    }
    await row(page, 'scheduled 50').getByText('Canceled', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: /new$/ }).count()).toBe(0);
    expect(await page.getByRole('listitem').count()).toBe(50);
  });

  test('says that older ones could not be read, and reads them when asked again', async () => {
    const page = await admin.visit({ workspaceId: 'long', path: '/notifications' });
    await row(page, 'scheduled 50').waitFor();
    // Rows that grow as they come into sight would take the button from under the click.
    const heights = `[...document.querySelectorAll('li + li')].map((row) => Math.round(row.getBoundingClientRect().height))`;
    expect(new Set(await page.evaluate<number[]>(heights)).size).toBe(1);
    const restore = await refuse(page, 'NotificationHistory');
    await page.getByRole('button', { name: 'Show older' }).click();
    const trouble = page.getByRole('alert').filter({ hasText: 'The server is busy' });
    await trouble.waitFor();
    expect(await trouble.count()).toBe(1);
    await restore();
    await trouble.getByRole('button', { name: 'Try again' }).click();
    await row(page, 'the oldest').waitFor();
    await trouble.waitFor({ state: 'detached' });
  });

  test('keeps its filters in the address, and the back button brings them back', async () => {
    const page = await openList();
    await page.getByText('Delivered', { exact: true }).first().click();
    await page.waitForURL(/statuses=DELIVERED/);
    await page.getByLabel('Search for words').fill('oldest');
    await page.waitForURL(/search=oldest/);
    await row(page, 'older words').waitFor({ state: 'detached' });
    await row(page, 'oldest words').getByRole('button').click();
    await page.getByRole('dialog').waitFor();
    await page.goBack();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(page.url()).toMatch(/statuses=DELIVERED.*search=oldest/);
    await page.getByRole('link', { name: 'Connections' }).click();
    await page.getByRole('heading', { name: 'Connections' }).waitFor();
    await page.goBack();
    await row(page, 'oldest words').waitFor();
    expect(await page.getByLabel('Search for words').inputValue()).toBe('oldest');
    await page.goBack();
    await row(page, 'older words').waitFor();
    expect(page.url()).not.toContain('search');
  });

  test('says that it is offline, and has everything once the server is back', async () => {
    const page = await openList();
    const port = new URL(world.url).port;
    const scheduled = await accepted(desk.admin, desk.message({ text: 'waits over night', ...LATER }));
    await page.getByRole('button', { name: /new$/ }).click();
    await row(page, 'waits over night').getByText('Queued').waitFor();
    await world.servers[0]?.stop();
    await page.getByText('Offline.').waitFor();
    const otherUrl = await world.addServer();
    const elsewhere = await world.as('admin-of-live', { live: 'ADMIN' }, otherUrl);
    await world.database.query(`update notifications set due_at = now() where id = $1`, [scheduled.id]);
    const feed = world.follow(elsewhere, { workspaceId: 'live', notificationId: scheduled.id });
    await accepted(elsewhere, desk.message({ text: 'while nobody looked' }));
    world.servers[0] = await startServer({ ...world.env, PORT: port });
    await page.getByText('Offline.').waitFor({ state: 'detached' });
    await row(page, 'waits over night').getByText('Delivered').waitFor();
    await page.getByRole('button', { name: '1 new' }).click();
    await row(page, 'while nobody looked').waitFor();
    feed.stop();
  });

  test('resends all that failed, after it has said how many, and can be stopped', async () => {
    await world.slack.fault({
      match: { method: 'chat.postMessage', textIncludes: 'bulk' },
      fault: { type: 'error', error: 'not_in_channel' },
      times: 12,
    });
    const feed = await world.followFromNow(desk.admin, 'live');
    for (let count = 0; count < 12; count += 1) {
      const { id } = await accepted(desk.admin, desk.message({ text: `bulk ${count}` }));
      await feed.untilStatus(id, 'FAILED');
    }
    const page = await openList();
    await page.getByRole('button', { name: /^Resend failed/ }).click();
    await page.getByRole('button', { name: 'Count them' }).click();
    await page.getByText('12 notifications would be resent').waitFor();
    await page.getByRole('dialog').getByText('NOT_IN_CHANNEL').waitFor();
    // The first is told once that there is no room; the third is held, so that there is something to stop.
    let resent = 0;
    let isFull = true;
    const release = Promise.withResolvers<void>();
    await page.route('**/graphql', async (route) => {
      const isResend = route.request().postData()?.includes('resendNotification') === true;
      if (isResend && isFull) {
        isFull = false;
        return route.fulfill({ json: QUEUE_FULL });
      }
      if (isResend) resent += 1;
      if (resent === 3) await release.promise;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Resend 12 notifications' }).click();
    await page.getByText('The queue of this workspace is full').waitFor();
    await page.getByText('2 of 12 notifications resent').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    release.resolve();
    await page.getByText('3 of 12 notifications resent. Stopped').waitFor();
    feed.stop();
    admin.expectNoOffence();
  });

  test('somebody whose token has expired signs in again and is where they were', async () => {
    const page = await admin.visit({ workspaceId: 'live', path: '/notifications?statuses=FAILED', lifetime: '4s' });
    await page.getByText('Your session has ended').waitFor();
    await page.getByLabel(/^Token/).fill(await world.token('admin-of-live', { live: 'ADMIN' }));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Notifications' }).waitFor();
    expect(page.url()).toContain('statuses=FAILED');
  });
});
