import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { NotificationDocument } from '../generated/graphql.ts';
import { AdminBrowser, asks, focused, hasChromium, refuse } from '../support/admin-browser.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';

/** That a lost answer is not in Slack is sure soon. */
const SOON_SURE = { SLACK_TIMEOUT_MS: '2000', CONFIRM_SETTLE_SECONDS: '1' };

/** Ways in which Slack is down, and what the drawer says of each. */
const OUTAGES = [
  {
    slack: 'says that it took nothing',
    fault: { type: 'error', error: 'service_unavailable' },
    title: 'Waiting before the next try',
    detail: 'Slack did not take the request. Not before',
    firstTry: 'Slack could not take it now (service_unavailable)',
  },
  {
    slack: 'answers HTTP 503',
    fault: { type: 'status', status: 503 },
    title: 'Looking whether the message is there',
    detail: 'Slack answered HTTP 503. Looking it up in Slack.',
    firstTry: 'the answer was lost, and the message is not in the channel (HTTP 503)',
  },
];

let world: World;
let desk: Desk;
let admin: AdminBrowser;

const openDrawer = async (id: string): Promise<{ page: Page; drawer: Locator }> => {
  const page = await admin.visit({ workspaceId: 'drawer', path: `/notifications?n=${id}` });
  const drawer = page.getByRole('dialog', { name: 'Notification' });
  await drawer.getByRole('heading', { name: 'What happened' }).waitFor();
  return { page, drawer };
};

const scheduled = async (text: string): Promise<string> =>
  (await accepted(desk.admin, desk.message({ text, scheduledFor: '2090-01-01T00:00:00Z' }))).id;

const status = (drawer: Locator, word: string): Locator => drawer.getByRole('status').getByText(word, { exact: true });

describe.runIf(hasChromium)('the drawer of a notification', () => {
  beforeAll(async () => {
    world = await World.start({ env: { ...UNPACED, ...SOON_SURE } });
    desk = await openDesk(world, 'drawer');
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  afterEach(() => world.slack.clearFaults());

  test.each(OUTAGES)(
    'shows live that it is retried and why it waits while Slack $slack, and that it then arrives',
    async ({ fault, title, detail, firstTry }) => {
      await world.slack.fault({ match: { method: 'chat.postMessage' }, fault, times: 0 });
      const id = await scheduled('into an outage');
      const { page, drawer } = await openDrawer(id);
      let loads = 0;
      page.on('load', () => (loads += 1));
      await drawer.getByRole('alert').filter({ hasText: 'Waiting for its time' }).waitFor();
      await world.database.query('update notifications set due_at = now() where id = $1', [id]);
      await drawer.getByRole('alert').filter({ hasText: title }).getByText(detail).waitFor();
      const story = drawer.getByLabel('What happened');
      await story.getByText(`Try 1: ${firstTry}`).waitFor();
      await story.getByText('Retrying', { exact: true }).first().waitFor();
      await world.slack.clearFaults();
      await status(drawer, 'Delivered').waitFor();
      await story.getByText(/^Try \d+: Slack took it$/).waitFor();
      expect(await drawer.getByRole('alert').count()).toBe(0);
      expect(await world.slack.postsOf(id)).toHaveLength(1);
      expect(loads).toBe(0);
      admin.expectNoOffence();
    },
  );

  test('says why it still waits while nobody answers whether it is there', async () => {
    const down = { type: 'status', status: 503 };
    for (const method of ['chat.postMessage', 'conversations.history'])
      await world.slack.fault({ match: { method }, fault: down, times: 0 });
    const id = await scheduled('down for everything');
    const { drawer } = await openDrawer(id);
    await world.database.query('update notifications set due_at = now() where id = $1', [id]);
    const wait = drawer.getByRole('alert').filter({ hasText: 'Looking whether the message is there' });
    // No status tells of this: it was SENDING before, and is.
    await wait.getByText('Slack could not be asked').waitFor();
    expect(await status(drawer, 'Sending').count()).toBe(1);
    admin.expectNoOffence();
  });

  test('says anew what one waits for that has not begun', async () => {
    const id = await scheduled('put off');
    const { drawer } = await openDrawer(id);
    const wait = drawer.getByRole('alert').filter({ hasText: 'Waiting for its time' });
    await wait.getByText(/Not before Jan 1, 2090/).waitFor();
    await world.database.query(`update notifications set wait_until = wait_until + interval '1 year' where id = $1`, [
      id,
    ]);
    // No status tells of this: it was QUEUED before, and is.
    await wait.getByText(/Not before Jan 1, 2091/).waitFor();
    expect(await status(drawer, 'Queued').count()).toBe(1);
  });

  test('copies the message as Slack is sent it, and as a call that sends it again', async () => {
    const id = await scheduled('word for word');
    const { page, drawer } = await openDrawer(id);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const copy = async (label: string): Promise<string> => {
      await drawer.getByRole('button', { name: label }).click();
      await drawer.getByRole('button', { name: label }).waitFor({ state: 'detached' });
      expect(await drawer.getByRole('button', { name: 'Copied' }).count()).toBeGreaterThan(0);
      return page.evaluate<string>('navigator.clipboard.readText()');
    };
    expect(JSON.parse(await copy('Copy JSON'))).toEqual({ channel: 'C0ACME0001', text: 'word for word' });
    const call = await copy('Copy as GraphQL');
    expect(call).toContain('sendNotification(input: {');
    expect(call).toContain('text: "word for word"');
    admin.expectNoOffence();
  });

  test('cancels by a click, and "Send it now" brings a new one that is sent, whenever the first was due', async () => {
    const id = await scheduled('changed my mind, twice');
    const { page, drawer } = await openDrawer(id);
    await drawer.getByRole('button', { name: 'Cancel it' }).click();
    await status(drawer, 'Canceled').waitFor();
    expect(await drawer.getByRole('button', { name: 'Cancel it' }).count()).toBe(0);
    await expect.poll(() => focused(page)).toBe('Canceled');
    expect(await page.getByRole('banner').count()).toBe(1);
    const told = page.getByRole('alert').filter({ hasText: 'It will not be sent.' });
    await told.getByRole('button', { name: 'Send it now' }).click();
    await status(drawer, 'Delivered').waitFor();
    const { notification } = await desk.admin.run(NotificationDocument, { id });
    const again = notification?.resentAs?.id ?? '';
    expect(notification).toMatchObject({ status: 'CANCELED', resentAs: { id: expect.not.stringContaining(id) } });
    expect(new URL(page.url()).searchParams.get('n')).toBe(again);
    expect(await drawer.getByRole('row', { name: 'Resend of' }).innerText()).toContain(id);
    await told.waitFor({ state: 'detached' });
    expect([await world.slack.postsOf(id), await world.slack.postsOf(again)]).toEqual([[], [expect.anything()]]);
    admin.expectNoOffence();
  });

  test('that was left is not opened again by "Send it now", which is done all the same', async () => {
    const id = await scheduled('changed my mind, and went on');
    const { page, drawer } = await openDrawer(id);
    await drawer.getByRole('button', { name: 'Cancel it' }).click();
    await status(drawer, 'Canceled').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Compose' }).click();
    await page.getByRole('heading', { name: 'Compose' }).waitFor();
    await page.getByRole('button', { name: 'Send it now' }).click();
    await page.getByRole('alert').filter({ hasText: 'Resent' }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/compose$/);
    const { notification } = await desk.admin.run(NotificationDocument, { id });
    expect(notification?.resentAs).not.toBeNull();
    admin.expectNoOffence();
  });

  test('keeps what it shows, and where one is in it, beside what it says of a server that is busy', async () => {
    const { page, drawer } = await openDrawer(await scheduled('read while the server is busy'));
    await drawer.getByRole('button', { name: 'Cancel it' }).focus();
    const polled = () => page.waitForResponse((answer) => asks(answer.request(), 'NotificationDetail'));
    const restore = await refuse(page, 'NotificationDetail');
    const trouble = drawer.getByRole('alert').filter({ hasText: 'The server is busy' });
    await trouble.waitFor();
    const first = await trouble.elementHandle();
    expect(await drawer.getByRole('heading', { name: 'What happened' }).count()).toBe(1);
    await polled();
    await polled();
    expect(await first?.isVisible()).toBe(true);
    expect(await focused(page)).toBe('Cancel it');
    await restore();
    await trouble.waitFor({ state: 'detached' });
    admin.expectNoOffence();
  });
});
