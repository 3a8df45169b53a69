import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { AdminBrowser, asks, hasChromium } from '../support/admin-browser.ts';
import { joinAsPerson, openDesk } from '../support/desk.ts';
import { World } from '../support/world.ts';

/** Its editor is a large program. */
const LIMIT = { timeout: 60_000 };

let world: World;
let admin: AdminBrowser;

/** Runs what is in the editor until this is in its answer. */
const execute = async (page: Page, expected: string): Promise<void> => {
  const answer = page.getByRole('region', { name: 'Result Window' }).getByText(expected).first();
  // The button is there before the editor, which it runs nothing without.
  await vi.waitFor(
    async () => {
      await page.getByRole('button', { name: /^Execute query/ }).click({ timeout: 5000 });
      await answer.waitFor({ timeout: 5000 });
    },
    { timeout: 45_000 },
  );
};

/** A step of the walk, opened and executed. */
const run = (page: Page, step: string): Promise<unknown> =>
  vi.waitFor(
    async () => {
      await page.getByRole('region', { name: 'Walkthrough' }).getByRole('button', { name: step }).first().click();
      const answered = page.waitForResponse((response) => asks(response.request(), step), { timeout: 5000 });
      await Promise.all([answered, page.getByRole('button', { name: /^Execute query/ }).click({ timeout: 5000 })]);
    },
    { timeout: 45_000 },
  );

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
    await execute(playground, '"ada"');
  });

  test(
    'that knows of two connections fills in the bot and the person of the one that it speaks of',
    LIMIT,
    async () => {
      const acme = await openDesk(world, 'two');
      const globex = await openDesk(world, 'two', 'T0GLOBEX');
      const [inGlobex, inAcme] = [
        await joinAsPerson(world, globex, 'cleo', 'U0GLBX001'),
        await joinAsPerson(world, acme, 'cleo', 'U0ACME002'),
      ];
      const page = await admin.newPage();
      await page.goto(`${world.url}/playground/#token=${await world.token('cleo', { two: 'ADMIN' })}`);
      const remembered = async (): Promise<unknown> =>
        JSON.parse((await page.evaluate<string | null>("sessionStorage.getItem('heliograph.walk')")) ?? '{}');
      await expect.poll(remembered).toMatchObject({ workspaceId: 'two' });
      await run(page, 'Connections');
      await run(page, 'Identities');
      await expect.poll(remembered).toMatchObject({
        connectionId: globex.connection.id,
        botIdentityId: globex.bot.id,
        personIdentityId: inGlobex.identity.id,
      });
      await page.evaluate(
        `sessionStorage.setItem('heliograph.walk', JSON.stringify({ workspaceId: 'two', connectionId: '${acme.connection.id}' }))`,
      );
      await page.reload();
      await run(page, 'Identities');
      await expect.poll(remembered).toMatchObject({ botIdentityId: acme.bot.id, personIdentityId: inAcme.identity.id });
    },
  );

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
