import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SelectIdentityDocument } from '../generated/graphql.ts';
import { AdminBrowser, hasChromium, overflowOf } from '../support/admin-browser.ts';
import { atRest } from '../support/chromium.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';

const FIRST_ROUTE_LIMIT_BYTES = 300_000;

let world: World;
let desk: Desk;
let admin: AdminBrowser;
let failedId: string;

/** Each screen, and the words that say it is there. */
const SCREENS = (): readonly (readonly [path: string, ready: string])[] => [
  ['', 'Latest'],
  ['/notifications', 'a message to look at'],
  [`/notifications?n=${failedId}`, 'As Slack shows it'],
  ['/compose', 'Ready to send'],
  ['/connections', 'People who post as themselves'],
  ['/identity', 'You post as'],
  ['/event-types', 'audit_complete'],
  ['/event-types/new', 'Sample context'],
];

const seriousOf = async (page: Page): Promise<string[]> => {
  // Without the legacy mode axe opens a page of its own for each run; there is no frame here that would need one.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ''}`).join(' | ')}`);
};

const show = async (page: Page, where: string, ready: string): Promise<void> => {
  await page.goto(`${world.url}/admin/w/looks${where}`);
  await page.getByText(ready).first().waitFor();
  await atRest(page);
};

/** A server that lets nobody follow anything. */
const refuseStreams = (socket: WebSocketRoute): void =>
  socket.onMessage((message) => {
    const { id, type } = JSON.parse(String(message)) as { id?: string; type: string };
    const payload = [{ message: 'Not now.', extensions: { code: 'FORBIDDEN' } }];
    if (type === 'connection_init') socket.send(JSON.stringify({ type: 'connection_ack' }));
    if (type === 'subscribe') socket.send(JSON.stringify({ id, type: 'error', payload }));
  });

describe.runIf(hasChromium)('every screen', () => {
  beforeAll(async () => {
    world = await World.start({ env: UNPACED });
    desk = await openDesk(world, 'looks');
    const choice = { workspaceId: 'looks', kind: 'WORKSPACE_BOT', connectionId: desk.connection.id } as const;
    await desk.admin.run(SelectIdentityDocument, { input: { ...choice, defaultChannelId: 'C0ACME0001' } });
    const feed = await world.followFromNow(desk.admin, 'looks');
    await world.slack.fault({
      match: { method: 'chat.postMessage', textIncludes: 'refused' },
      fault: { type: 'error', error: 'restricted_action' },
    });
    failedId = (await accepted(desk.admin, desk.message({ text: `refused ${'far-too-long-a-word'.repeat(9)}` }))).id;
    const { id } = await accepted(desk.admin, desk.message({ text: 'a message to look at' }));
    await accepted(desk.admin, desk.message({ text: 'tomorrow', scheduledFor: '2090-01-01T00:00:00Z' }));
    await feed.untilAtRest(failedId);
    await feed.untilAtRest(id);
    feed.stop();
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test.each([
    ['light', false, false],
    ['dark', true, false],
    ['light and 375 px wide', false, true],
    ['dark and 375 px wide', true, true],
  ])('has no serious accessibility finding and does not scroll sideways: %s', async (_name, dark, narrow) => {
    const page = await admin.visit({ workspaceId: 'looks', dark, narrow });
    for (const [where, ready] of SCREENS()) {
      await show(page, where, ready);
      expect({ where, serious: await seriousOf(page), overflow: await overflowOf(page) }).toEqual({
        where,
        serious: [],
        overflow: 0,
      });
    }
    expect(await page.evaluate('document.documentElement.dataset.mantineColorScheme')).toBe(dark ? 'dark' : 'light');
    admin.expectNoOffence();
  });

  test.each([
    ['light', false],
    ['dark', true],
  ])('a notice over it has none either: %s', async (_name, dark) => {
    const page = await admin.visit({ workspaceId: 'looks', dark });
    await page.routeWebSocket(/\/graphql$/, refuseStreams);
    await page.reload();
    await page.getByRole('alert').filter({ hasText: 'Live updates have ended' }).waitFor();
    await atRest(page);
    expect(await seriousOf(page)).toEqual([]);
  });

  test('the narrow menu leads everywhere', async () => {
    const page = await admin.visit({ workspaceId: 'looks', narrow: true });
    await page.getByRole('button', { name: 'Screens' }).click();
    await page.getByRole('link', { name: 'Notifications', exact: true }).click();
    await page.getByRole('heading', { name: 'Notifications' }).waitFor();
    await page.getByRole('button', { name: 'Screens' }).click();
    await page.getByRole('link', { name: 'Identity' }).click();
    await page.getByText('You post as').waitFor();
  });

  test('the colours that were chosen stay', async () => {
    const page = await admin.visit({ workspaceId: 'looks' });
    await page.getByRole('button', { name: 'Dark colours' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Light colours' }).waitFor();
  });

  test('the first route is small, and comes compressed', async () => {
    const page = await admin.newPage();
    const names: string[] = [];
    page.on('response', (response) => {
      const name = new URL(response.url()).pathname;
      if (!name.startsWith('/admin/assets/')) return;
      names.push(path.basename(name));
      expect({ name, encoding: response.headers()['content-encoding'] }).toEqual({ name, encoding: 'gzip' });
    });
    const token = await world.token('admin-of-looks', { looks: 'ADMIN' });
    await page.goto(`${world.url}/admin/w/looks#token=${token}`);
    await page.getByText('Latest').waitFor();
    const assets = path.resolve(import.meta.dirname, '../../dist/admin/assets');
    const bytes = names.reduce((sum, name) => sum + statSync(path.join(assets, `${name}.gz`)).size, 0);
    expect(names.length).toBeGreaterThan(1);
    expect(bytes).toBeLessThanOrEqual(FIRST_ROUTE_LIMIT_BYTES);
    const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
    expect(scripts.filter((name) => readFileSync(path.join(assets, name), 'utf8').includes('https://fonts'))).toEqual(
      [],
    );
  });
});
