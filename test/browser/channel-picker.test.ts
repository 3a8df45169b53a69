import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdminBrowser, hasChromium } from '../support/admin-browser.ts';
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

const selected = (page: Page): Promise<string> => page.locator('[data-combobox-selected]').innerText();

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

  test('goes on at the first channel that "Show more" brought', async () => {
    const page = await openPicker();
    const field = page.getByLabel('Channel', { exact: true });
    await field.fill('a');
    await page.locator('[data-combobox-selected]').waitFor();
    const before = await page.getByRole('option').count();
    const more = page.locator('[data-combobox-selected]', { hasText: 'Show more' });
    for (let presses = 0; presses < 5 && (await more.count()) === 0; presses += 1) await field.press('ArrowUp');
    await more.waitFor();
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

  test('reads the channels again', async () => {
    const page = await openPicker();
    const field = page.getByLabel('Channel', { exact: true });
    const again = page.locator('[data-combobox-selected]', { hasText: 'Read the channels again' });
    for (let presses = 0; presses < 5 && (await again.count()) === 0; presses += 1) await field.press('ArrowUp');
    const asked = page.waitForRequest((request) => request.postData()?.includes('RefreshChannels') === true);
    await field.press('Enter');
    await asked;
    await page.getByRole('option').first().waitFor();
  });
});
