import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdminBrowser, hasChromium } from '../support/admin-browser.ts';
import { World } from '../support/world.ts';

let world: World;
let admin: AdminBrowser;

const COMPOSE = '**/assets/compose-*.js';

describe.runIf(hasChromium)('a screen', () => {
  beforeAll(async () => {
    world = await World.start();
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test('that cannot be loaded says so, leaves the others alone, and is there after a reload', async () => {
    const token = await world.token('ada', { screens: 'ADMIN' });
    const page = await admin.newPage();
    await page.route(COMPOSE, (route) => route.abort());
    await page.goto(`${world.url}/admin/w/screens#token=${token}`);
    await page.getByRole('link', { name: 'Compose' }).first().click();
    await page.getByText('This screen could not be loaded').waitFor();
    await page.getByRole('link', { name: 'Identity' }).click();
    await page.getByRole('heading', { name: 'Identity', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Compose' }).first().click();
    await page.unroute(COMPOSE);
    await page.getByRole('button', { name: 'Reload the page' }).click();
    await page.getByRole('heading', { name: 'Compose', level: 1 }).waitFor();
    expect(page.url()).toContain('/w/screens/compose');
    admin.expectNoOffence();
  });

  test('can be opened while the server is away: it was loaded beforehand', async () => {
    const token = await world.token('ada', { screens: 'ADMIN' });
    const page = await admin.newPage();
    const loaded = page.waitForResponse(/assets\/compose-.*js$/);
    await page.goto(`${world.url}/admin/w/screens#token=${token}`);
    // With all that it imports, and how it looks.
    await page.evaluate(`import('${(await loaded).url()}')`);
    await page.waitForFunction(`[...document.querySelectorAll('link[rel=stylesheet]')].every(({ sheet }) => sheet)`);
    await page.context().setOffline(true);
    await page.getByRole('link', { name: 'Compose' }).first().click();
    await page.getByRole('heading', { name: 'Compose', level: 1 }).waitFor();
  });
});
