import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SaveEventTypeDocument } from '../generated/graphql.ts';
import { AdminBrowser, hasChromium } from '../support/admin-browser.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';

/** As products name their customers, with what has a meaning in an address. */
const WORKSPACE = 'org:42/a b';

let world: World;
let desk: Desk;
let admin: AdminBrowser;

describe.runIf(hasChromium)('an address of the admin', () => {
  beforeAll(async () => {
    world = await World.start({ env: UNPACED });
    desk = await openDesk(world, WORKSPACE);
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test('holds whatever workspace and event type the API takes', async () => {
    const texts = { title: 'Order paid', template: 'Paid.', fallback: 'Paid.', priority: 'NORMAL' } as const;
    const input = { workspaceId: WORKSPACE, key: 'order:paid', sampleContext: {}, ...texts };
    await desk.admin.run(SaveEventTypeDocument, { input });
    const page = await admin.newPage();
    await page.goto(`${world.url}/admin#token=${await world.token('ada', { [WORKSPACE]: 'ADMIN' })}`);
    await page
      .getByText(`Workspace ${WORKSPACE}`)
      .or(page.getByTitle(`Workspace ${WORKSPACE}`))
      .first()
      .waitFor();
    await page.getByText('Nothing was sent yet.').waitFor();
    await page.getByRole('link', { name: 'Event types' }).click();
    await page.getByRole('link', { name: 'Order paid' }).click();
    await page.getByRole('heading', { name: 'Order paid' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Order paid' }).waitFor();
    // On one line, as it is not shown: what is saved is saved all the same.
    await page.getByLabel('Sample context').fill('{"order":7}');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Order paid is saved').waitFor();
    await expect.poll(() => page.getByLabel('Sample context').inputValue()).toBe('{\n  "order": 7\n}');
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    admin.expectNoOffence();
  });

  test('that leads nowhere says so in the heading and the title of its page', async () => {
    const page = await admin.visit({ workspaceId: 'lost', path: '/no-such-screen' });
    await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
    expect(await page.title()).toBe('There is no such page · Heliograph');
  });

  test('of a workspace that the token does not name leads to those that it does, and to another token', async () => {
    const page = await admin.newPage();
    const token = await world.token('ben', { [WORKSPACE]: 'MEMBER' });
    await page.goto(`${world.url}/admin/w/elsewhere/notifications#token=${token}`);
    await page.getByRole('heading', { name: 'No role in this workspace' }).waitFor();
    await page.getByRole('link', { name: `Open ${WORKSPACE}` }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.goto(`${world.url}/admin/w/elsewhere`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Heliograph' }).waitFor();
  });

  test('is shown anew for another token of the same person, with what they may do by that', async () => {
    const page = await admin.newPage();
    const address = `${world.url}/admin/w/${encodeURIComponent(WORKSPACE)}/event-types`;
    await page.goto(`${address}#token=${await world.token('eve', { [WORKSPACE]: 'MEMBER' })}`);
    await page.getByRole('link', { name: 'Order paid' }).waitFor();
    expect(await page.getByRole('link', { name: 'New event type' }).count()).toBe(0);
    await page.goto(`${address}#token=${await world.token('eve', { [WORKSPACE]: 'ADMIN' }, '2h')}`);
    await page.getByRole('link', { name: 'New event type' }).waitFor();
  });

  test('that is left takes along no offer to act as whoever left it', async () => {
    const { id } = await accepted(
      desk.admin,
      desk.message({ scheduledFor: '2090-01-01T00:00:00Z', text: 'too early' }),
    );
    const page = await admin.newPage();
    const address = `${world.url}/admin/w/${encodeURIComponent(WORKSPACE)}/notifications`;
    await page.goto(`${address}?n=${id}#token=${await world.token('ada', { [WORKSPACE]: 'ADMIN' })}`);
    await page.getByRole('dialog', { name: 'Notification' }).getByRole('button', { name: 'Cancel it' }).click();
    await page.getByRole('button', { name: 'Send it now' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Heliograph' }).waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Send it now' }).count()).toBe(0);
  });
});
