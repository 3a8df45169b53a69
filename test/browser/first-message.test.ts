import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdminBrowser, asks, hasChromium, hold } from '../support/admin-browser.ts';
import { travel, World } from '../support/world.ts';

let world: World;
let admin: AdminBrowser;

/** Sandbox mode as `npm start` has it: no Slack credentials, and a simulated Slack beside the server. */
const SANDBOX = {
  SLACK_CLIENT_ID: '',
  SLACK_CLIENT_SECRET: '',
  SLACK_SIGNING_SECRET: '',
  SLACK_API_URL: '',
  SLACK_AUTHORIZE_URL: '',
};

describe.runIf(hasChromium)('from the opened page to the first message', () => {
  beforeAll(async () => {
    world = await World.start();
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test('takes at most six clicks, and the message is then in Slack', async () => {
    const page = await admin.visit({ workspaceId: 'first' });
    let clicks = 0;
    const click = async (target: Locator): Promise<void> => {
      clicks += 1;
      await target.click();
    };
    await click(page.getByRole('button', { name: 'Connect Slack' }));
    await click(page.getByRole('button', { name: 'Allow' }));
    await click(page.getByRole('button', { name: /^Post as/ }));
    await page.keyboard.type('general');
    await click(page.getByRole('option', { name: /^general/ }));
    await click(page.getByRole('link', { name: 'Write a message' }));
    await click(page.getByRole('button', { name: 'Send', exact: true }));
    await page.getByRole('heading', { name: 'It is there' }).waitFor();
    expect(clicks).toBeLessThanOrEqual(6);
    await expectSteps(page, ['Queued', 'Sending', 'Delivered']);
    const posts = await world.slack.ledger();
    expect(posts.map(({ channel, text }) => [channel, text])).toEqual([
      ['C0ACME0001', expect.stringContaining('Hello from')],
    ]);
    admin.expectNoOffence();
  });

  test('a claim is done, though what it changed cannot be read at once', async () => {
    const page = await admin.visit({ workspaceId: 'claimed', path: '/connections' });
    await page.getByRole('button', { name: 'Connect Slack' }).click();
    let isClaimed = false;
    await page.route('**/graphql', (route) => {
      isClaimed ||= asks(route, 'CompleteSlackInstall');
      return isClaimed && asks(route, 'Connections') ? route.abort() : route.fallback();
    });
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('Acme is connected').waitFor();
  });

  test('a claim that is answered late takes nobody from where they have gone by then, and is told there', async () => {
    const page = await admin.visit({ workspaceId: 'late', path: '/connections' });
    await page.getByRole('button', { name: 'Connect Slack' }).click();
    const release = await hold(page, 'CompleteSlackInstall');
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('Connecting …').waitFor();
    await page.getByRole('link', { name: 'Event types' }).click();
    await page.getByRole('heading', { name: 'Event types' }).waitFor();
    release();
    await page.getByRole('alert').filter({ hasText: 'Acme is connected' }).waitFor();
    expect(page.url()).toMatch(/event-types$/);
    admin.expectNoOffence();
  });

  test('nobody is taken to Slack from where they have gone by the time that the trip could begin', async () => {
    const page = await admin.visit({ workspaceId: 'stays', path: '/connections' });
    let trips = 0;
    page.on('request', (request) => (trips += request.url().includes('/oauth/v2/authorize') ? 1 : 0));
    const release = await hold(page, 'BeginSlackInstall');
    await page.getByRole('button', { name: 'Connect Slack' }).click();
    await page.getByRole('link', { name: 'Event types' }).click();
    await page.getByRole('heading', { name: 'Event types' }).waitFor();
    const answered = page.waitForResponse((response) => asks(response.request(), 'BeginSlackInstall'));
    release();
    await (await answered).finished();
    await page.getByRole('link', { name: 'Connections' }).click();
    await page.getByRole('button', { name: 'Connect Slack' }).waitFor();
    expect(trips).toBe(0);
    admin.expectNoOffence();
  });

  test('a trip that was not begun in this tab connects nothing before its traveller says so', async () => {
    const page = await admin.visit({ workspaceId: 'mailed', path: '/connections' });
    const other = await world.as('admin-of-mailed', { mailed: 'ADMIN' });
    const returnTo = `${world.url}/admin/w/mailed/connections`;
    const back = await travel(other, { workspaceId: 'mailed', intent: 'WORKSPACE', returnTo }, { team: 'T0ACME' });
    let presented = 0;
    page.on('request', (request) => (presented += asks(request, 'CompleteSlackInstall') ? 1 : 0));
    await page.goto(back.href);
    const question = page.getByRole('alert').filter({ hasText: 'Connect this Slack?' });
    await question.waitFor();
    expect(presented).toBe(0);
    await question.getByRole('button', { name: 'Connect it to mailed' }).click();
    await page.getByText('Acme is connected').waitFor();
  });

  test('whoever stops on the way to Slack can set out again', async () => {
    const page = await admin.visit({ workspaceId: 'stopped', path: '/connections' });
    await page.route('**/oauth/v2/authorize*', (route) => route.abort('aborted'));
    const connect = page.getByRole('button', { name: 'Connect Slack' });
    await connect.click();
    await page.waitForEvent('requestfailed');
    await expect.poll(() => connect.isEnabled(), { timeout: 15_000 }).toBe(true);
    await page.unroute('**/oauth/v2/authorize*');
    await connect.click();
    await page.getByRole('button', { name: 'Allow' }).waitFor();
  });

  test('the address keeps neither the token nor the claim', async () => {
    const page = await admin.visit({ workspaceId: 'secrets' });
    expect(page.url()).not.toContain('token');
    const addresses: string[] = [];
    page.on('framenavigated', (frame) => addresses.push(frame.url()));
    await page.getByRole('button', { name: 'Connect Slack' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('Acme is connected').waitFor();
    expect(page.url()).not.toContain('claim');
    await page.goBack();
    expect(page.url()).not.toContain('claim');
  });

  test('whoever refuses at Slack is told that nothing has changed', async () => {
    const page = await admin.visit({ workspaceId: 'refusing' });
    await page.getByRole('button', { name: 'Connect Slack' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Nothing has changed').waitFor();
    await page.getByRole('button', { name: 'Connect Slack' }).waitFor();
  });

  test('needs no mouse', async () => {
    const page = await admin.visit({ workspaceId: 'keys' });
    await tabTo(page, page.getByRole('button', { name: 'Connect Slack' }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('button', { name: 'Allow' }));
    await page.keyboard.press('Enter');
    await page.getByText('Acme is connected').waitFor();
    await tabTo(page, page.getByRole('button', { name: /^Post as/ }));
    await page.keyboard.press('Enter');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.type('website-aud');
    await page.locator('[data-combobox-selected]', { hasText: 'website-audits' }).waitFor();
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('link', { name: 'Write a message' }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('button', { name: 'Send', exact: true }));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'It is there' }).waitFor();
    await tabTo(page, page.getByRole('link', { name: 'All details' }));
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Notification' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Notification' }).waitFor({ state: 'detached' });
  });
});

describe.runIf(hasChromium)('in sandbox mode', () => {
  test('the page leads to the simulated Slack, where the same team stands', async () => {
    const sandbox = await World.start({ env: SANDBOX });
    const browser = await AdminBrowser.open(sandbox);
    try {
      const page = await browser.visit({ workspaceId: 'sandbox' });
      const link = page.getByRole('link', { name: 'Open the simulated Slack' }).first();
      const href = (await link.getAttribute('href')) ?? '';
      expect(new URL(href).port).toBe(`${Number(new URL(sandbox.url).port) + 1}`);
      const [simulated] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
      await simulated.getByText('simulated Slack').first().waitFor();
      expect(await simulated.content()).toContain('Acme');
    } finally {
      await browser.close();
      await sandbox.stop();
    }
  });
});

const expectSteps = async (page: Page, steps: readonly string[]): Promise<void> => {
  const story = page.getByLabel('What happened');
  for (const step of steps) await story.getByText(step, { exact: true }).waitFor();
};

/** Presses Tab until the target has the focus, as somebody without a mouse does. */
const tabTo = async (page: Page, target: Locator): Promise<void> => {
  await target.waitFor();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${String(target)}.`);
};
