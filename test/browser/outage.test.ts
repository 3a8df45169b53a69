import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { AdminBrowser, hasChromium } from '../support/admin-browser.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { MovingAddress } from '../support/moving-address.ts';
import { startServer } from '../support/processes.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;
let admin: AdminBrowser;

describe.runIf(hasChromium)('the overview', () => {
  beforeAll(async () => {
    world = await World.start({ env: UNPACED });
    desk = await openDesk(world, 'outage');
    await accepted(desk.admin, desk.message({ text: 'before the outage' }));
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test('that could not be read is there again once the server is back', { timeout: 60_000 }, async () => {
    const page = await admin.visit({ workspaceId: 'outage', path: '/notifications' });
    await page.getByRole('list', { name: 'Notifications' }).waitFor();
    await world.servers[0]?.stop();
    await page.getByText('Offline.').waitFor();
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    const troubles = page.getByRole('alert').filter({ hasText: 'The server cannot be reached' });
    await troubles.nth(1).waitFor({ timeout: 30_000 });
    await troubles.nth(0).getByRole('button', { name: 'Try again' }).waitFor();
    world.servers[0] = await startServer({ ...world.env, PORT: new URL(world.url).port });
    await page.getByText('Offline.').waitFor({ state: 'detached' });
    await page.getByRole('img', { name: /^Today per hour/ }).waitFor();
    await page.getByRole('list', { name: 'Latest' }).getByText('before the outage').waitFor();
    await troubles.first().waitFor({ state: 'detached' });
  });
});

describe.runIf(hasChromium)('a line that dies without a word', () => {
  test('is noticed and called anew until it answers', { timeout: 120_000 }, async () => {
    const silent = await World.start({ env: UNPACED });
    onTestFinished(() => silent.stop());
    const there = await openDesk(silent, 'silent');
    const address = await MovingAddress.start(Number(new URL(silent.url).port));
    onTestFinished(() => address.stop());
    silent.urls.unshift(`http://127.0.0.1:${address.port}`);
    const browser = await AdminBrowser.open(silent);
    onTestFinished(() => browser.close());
    const page = await browser.visit({ workspaceId: 'silent', path: '/notifications' });
    await accepted(there.admin, there.message({ text: 'over a sound line' }));
    await page.getByRole('button', { name: '1 new' }).waitFor();
    address.silence();
    await page.getByText('Offline.').waitFor({ timeout: 60_000 });
    await expect.poll(() => address.swallowed, { timeout: 60_000 }).toBeGreaterThan(0);
    address.takeOver();
    await accepted(there.admin, there.message({ text: 'after the silence' }));
    await page.getByText('Offline.').waitFor({ state: 'detached', timeout: 60_000 });
    await page.getByRole('button', { name: '2 new' }).waitFor();
  });
});
