import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdminBrowser, asks, hasChromium, hold, refuse } from '../support/admin-browser.ts';
import { openDesk } from '../support/desk.ts';
import { World } from '../support/world.ts';

const TEAM = 'T0PICK';

let world: World;
let admin: AdminBrowser;

const openPicker = async (): Promise<Page> => {
  const page = await admin.visit({ workspaceId: 'pick', path: '/compose' });
  await page.getByLabel('Post as').first().click();
  await page.getByRole('option').first().click();
  await page.getByLabel('Channel', { exact: true }).click();
  await page.getByRole('option', { name: /^Show more/ }).waitFor();
  return page;
};

type Channels = {
  nodes: { id: string; name: string }[];
  pageInfo: { endCursor: string; hasNextPage: boolean };
  directory: { syncing: boolean };
};

/** As while the team is being listed: what the first page holds changes from one look to the next. */
const listWhile = (page: Page, change: (channels: Channels) => void): Promise<unknown> =>
  page.route('**/graphql', async (route) => {
    if (!asks(route, 'Channels') || route.request().postDataJSON()?.variables?.after) return route.fallback();
    const response = await route.fetch();
    const json = (await response.json()) as { data: { channels: Channels } };
    json.data.channels.directory.syncing = true;
    change(json.data.channels);
    return route.fulfill({ response, json });
  });

const COLORS_OF_HIGHLIGHTED = `
  [...document.querySelectorAll('[data-combobox-selected] :is(p, span)')].map((part) => getComputedStyle(part).color)
    .concat(getComputedStyle(document.querySelector('[data-combobox-selected]')).color)`;

const selected = (page: Page): Promise<string> => page.locator('[data-combobox-selected]').innerText();

/** Goes up to that option. */
const reach = async (page: Page, words: string): Promise<void> => {
  const option = page.locator('[data-combobox-selected]', { hasText: words });
  for (let presses = 0; presses < 5 && (await option.count()) === 0; presses += 1) {
    await page.getByLabel('Channel', { exact: true }).press('ArrowUp');
  }
  await option.waitFor();
};

describe.runIf(hasChromium)('the channel picker, by keyboard', () => {
  beforeAll(async () => {
    world = await World.start();
    await world.slack.addTeam(TEAM, 120);
    await openDesk(world, 'pick', TEAM);
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test('can be read where it is highlighted: all of an option has the colour of its name', async () => {
    const page = await openPicker();
    for (const words of ['Read the channels again', 'channel-']) {
      await reach(page, words);
      const colors = await page.evaluate<string[]>(COLORS_OF_HIGHLIGHTED);
      expect(colors.length).toBeGreaterThan(1);
      expect(new Set(colors).size).toBe(1);
    }
  });

  test('goes on at the first channel that "Show more" brought', async () => {
    const page = await openPicker();
    const field = page.getByLabel('Channel', { exact: true });
    await field.fill('a');
    await page.locator('[data-combobox-selected]').waitFor();
    const before = await page.getByRole('option').count();
    await reach(page, 'Show more');
    const index = await page
      .getByRole('option')
      .evaluateAll((all) => all.findIndex((each) => each.dataset['comboboxSelected'] === 'true'));
    await field.press('Enter');
    await expect.poll(() => page.getByRole('option').count()).toBeGreaterThan(before);
    await page.locator('[data-combobox-selected]').waitFor();
    const now = await page
      .getByRole('option')
      .evaluateAll((all) => all.findIndex((each) => each.dataset['comboboxSelected'] === 'true'));
    expect(now).toBe(index);
    expect(await selected(page)).not.toContain('Show more');
  });

  test('sends nothing by an Enter that finds no channel: the one chosen before is not the one that is meant', async () => {
    const page = await openPicker();
    const field = page.getByLabel('Channel', { exact: true });
    await page.getByRole('option').first().click();
    await expect.poll(() => page.getByRole('button', { name: 'Send', exact: true }).isEnabled()).toBe(true);
    let sent = 0;
    page.on('request', (request) => (sent += asks(request, 'SendNotification') ? 1 : 0));
    await field.click();
    await field.press('Enter');
    await field.fill('nothing like it');
    await field.press('Enter');
    await page.getByText('No channel is called like').waitFor();
    await field.press('Enter');
    await field.fill('');
    await page.getByRole('option').first().waitFor();
    expect(sent).toBe(0);
  });

  test('takes the channel that is highlighted, also where others have come before it', async () => {
    const page = await openPicker();
    const field = page.getByLabel('Channel', { exact: true });
    let hasMore = false;
    await listWhile(page, ({ nodes }) => {
      const [first] = nodes;
      if (hasMore && first) nodes.unshift({ ...first, id: 'C0JUSTREAD', name: 'aaa-just-read' });
    });
    await field.fill('a');
    await page.locator('[data-combobox-selected]').waitFor();
    const highlighted = (await selected(page)).split('\n')[0] ?? '';
    hasMore = true;
    await page.getByRole('option', { name: /aaa-just-read/ }).waitFor();
    await field.press('Enter');
    await expect.poll(() => field.inputValue()).toBe(highlighted);
  });

  test('shows more once more, where the listing has brought channels since it had shown all', async () => {
    const page = await openPicker();
    const field = page.getByLabel('Channel', { exact: true });
    const more = page.getByRole('option', { name: /^Show more/ });
    let isLonger = false;
    await listWhile(page, ({ pageInfo }) => {
      if (isLonger) pageInfo.endCursor = `${pageInfo.endCursor} `;
    });
    for (const shown of [100, 120]) {
      await more.click();
      await expect.poll(() => page.getByRole('option').count()).toBeGreaterThanOrEqual(shown);
    }
    await more.waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    isLonger = true;
    await field.click();
    await more.waitFor();
  });

  test('brings a page once, however often it is asked for while it is on its way', async () => {
    const page = await openPicker();
    const field = page.getByLabel('Channel', { exact: true });
    const before = await page.getByRole('option').count();
    await reach(page, 'Show more');
    const release = await hold(page, 'Channels');
    let asked = 0;
    page.on('request', (request) => (asked += asks(request, 'Channels') ? 1 : 0));
    await field.press('Enter');
    await field.press('Enter');
    release();
    await expect.poll(() => page.getByRole('option').count()).toBe(before + 50);
    expect(asked).toBe(1);
  });

  test('says of another search nothing of a page that could not be brought', async () => {
    const page = await openPicker();
    const field = page.getByLabel('Channel', { exact: true });
    await page.route('**/graphql', (route) =>
      asks(route, 'Channels') && route.request().postDataJSON()?.variables?.after !== undefined
        ? route.fulfill({ json: { errors: [{ message: 'slow', extensions: { code: 'SERVICE_UNAVAILABLE' } }] } })
        : route.fallback(),
    );
    await reach(page, 'Show more');
    await field.press('Enter');
    const trouble = page.getByText('The server is busy');
    await trouble.waitFor();
    await field.fill('a');
    await trouble.waitFor({ state: 'detached' });
    await page.getByRole('option').first().waitFor();
  });

  test('reads the channels again, and says so where that did not begin', async () => {
    const page = await openPicker();
    const field = page.getByLabel('Channel', { exact: true });
    await reach(page, 'Read the channels again');
    const restore = await refuse(page, 'RefreshChannels');
    await field.press('Enter');
    const trouble = page.getByText('The server is busy');
    await trouble.waitFor();
    await restore();
    const asked = page.waitForRequest((request) => request.postData()?.includes('RefreshChannels') === true);
    await field.press('Enter');
    await asked;
    await trouble.waitFor({ state: 'detached' });
    await page.getByRole('option').first().waitFor();
  });
});
