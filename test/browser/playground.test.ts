import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { AdminBrowser, hasChromium } from '../support/admin-browser.ts';
import { World } from '../support/world.ts';

/** Its editor is a large program. */
const LIMIT = { timeout: 60_000 };

let world: World;
let admin: AdminBrowser;

describe.runIf(hasChromium)('the playground', () => {
  beforeAll(async () => {
    world = await World.start();
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test('that is opened from the account menu is signed in as well, and answers', LIMIT, async () => {
    const page = await admin.visit({ workspaceId: 'play', userId: 'ada' });
    await page.getByRole('button', { name: 'Account of ada' }).click();
    const item = page.getByRole('menuitem', { name: 'GraphQL playground' });
    const [playground] = await Promise.all([page.context().waitForEvent('page'), item.click()]);
    await playground.getByText(/^(ada · admin of play|Paste a token to begin)$/).waitFor();
    expect(await playground.getByText('Paste a token to begin').count()).toBe(0);
    const answer = playground.getByRole('region', { name: 'Result Window' }).getByText('"ada"');
    // The button is there before the editor, which it runs nothing without.
    await vi.waitFor(
      async () => {
        await playground.getByRole('button', { name: /^Execute query/ }).click({ timeout: 5000 });
        await answer.waitFor({ timeout: 5000 });
      },
      { timeout: 45_000 },
    );
  });

  test('says of a text that is no token that it is none, wherever it came from', LIMIT, async () => {
    const page = await admin.newPage();
    const token = await world.token('ben', { play: 'ADMIN' });
    const cut = `Bearer ${token.slice(0, 20)}…`;
    const use = async (text: string): Promise<void> => {
      await page.getByLabel('Bearer token').fill(text);
      await page.getByRole('button', { name: 'Use', exact: true }).click();
    };
    await page.goto(`${world.url}/playground/#token=${encodeURIComponent(cut)}`);
    await page.getByText('This is no token').waitFor();
    await use(` Bearer ${token} `);
    await page.getByText('ben · admin of play').waitFor();
    await use(cut);
    await page.getByText('This is no token').waitFor();
    admin.expectNoOffence();
  });
});
