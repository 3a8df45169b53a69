import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdminBrowser, hasChromium } from '../support/admin-browser.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;
let admin: AdminBrowser;

/** What a browser leaves out at an address that is neither https nor localhost. */
const INSECURE = `delete Crypto.prototype.randomUUID; delete Navigator.prototype.clipboard;`;

describe.runIf(hasChromium)('at an address without https', () => {
  beforeAll(async () => {
    world = await World.start({ env: UNPACED });
    desk = await openDesk(world, 'plain');
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test('a message can be composed, and a copy that is not possible is said', async () => {
    const { id } = await accepted(desk.admin, desk.message());
    const token = await world.token('admin-of-plain', { plain: 'ADMIN' });
    const page = await admin.newPage();
    await page.addInitScript(INSECURE);
    await page.goto(`${world.url}/admin/w/plain/compose#token=${token}`);
    await page.getByRole('heading', { name: 'Compose', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Send' }).waitFor();
    await page.goto(`${world.url}/admin/w/plain/notifications?n=${id}`);
    await page.getByRole('button', { name: 'Copy JSON' }).click();
    await page.getByRole('button', { name: 'Copying needs https' }).waitFor();
    admin.expectNoOffence();
    expect(await page.evaluate('typeof crypto.randomUUID')).toBe('undefined');
  });
});
