import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BeginSlackInstallDocument, NotificationDocument, SelectIdentityDocument } from '../generated/graphql.ts';
import { AdminBrowser, hasChromium, overflowOf } from '../support/admin-browser.ts';
import { atRest } from '../support/chromium.ts';
import { joinAsPerson, openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, RETURN_TO, World } from '../support/world.ts';

const AXE = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const FIRST_ROUTE_LIMIT_BYTES = 300_000;
/** Many screens in one test. */
const LONG = { timeout: 120_000 };

let world: World;
let desk: Desk;
let admin: AdminBrowser;
let failedId: string;
/** Where the simulated Slack shows a message, as its permalink says. */
let postedAt: string;
let looks: ReturnType<typeof lookAtMoments> | undefined;

/** Each screen, and the words that say it is there. */
const SCREENS = (): readonly (readonly [path: string, ready: string])[] => [
  ['', 'Latest'],
  ['/notifications', 'a message to look at'],
  [`/notifications?n=${failedId}`, 'As Slack shows it'],
  ['/compose', 'Ready to send'],
  ['/connections', 'People who post as themselves'],
  ['/identity', 'You post as'],
  ['/event-types', 'audit_complete'],
  ['/event-types/+new', 'Sample context'],
];

const WIDE = { width: 1280, height: 860 };
const NARROW = { width: 375, height: 720 };

/** All of a screen once it is loaded: that takes longer than looking. */
const LOOKS = [
  ['light', 'light', WIDE],
  ['dark', 'dark', WIDE],
  ['dark and 375 px wide', 'dark', NARROW],
  ['light and 375 px wide', 'light', NARROW],
] as const;

/** What is there before anything is, and what only a click opens; the narrow menu last, since the page stays narrow. */
const MOMENTS: readonly (readonly [name: string, open: (page: Page) => Promise<void>])[] = [
  ['signing in', async (page) => at(page, `${world.url}/admin/w/looks`, 'Sign in to Heliograph')],
  [
    'the first steps',
    async (page) => {
      const token = await world.token('admin-of-looks', { looks: 'ADMIN', empty: 'ADMIN' });
      await at(page, `${world.url}/admin/w/empty#token=${token}`, 'Three steps to the first message');
    },
  ],
  ['no notifications', async (page) => at(page, `${world.url}/admin/w/empty/notifications`, 'Nothing was sent yet')],
  ['no connections', async (page) => at(page, `${world.url}/admin/w/empty/connections`, 'No Slack is connected yet')],
  ['no identities', async (page) => at(page, `${world.url}/admin/w/empty/identity`, 'There is nobody to post as yet')],
  ['nobody to write as', async (page) => at(page, `${world.url}/admin/w/empty/compose`, 'Connect a Slack team first')],
  [
    'disconnecting',
    async (page) => {
      await show(page, '/connections', 'People who post as themselves');
      await page.getByRole('button', { name: 'Disconnect …' }).first().click();
      await page.getByRole('dialog', { name: 'Disconnect Acme?' }).getByText('1 notification is').waitFor();
    },
  ],
  ['just connected', async (page) => show(page, '/identity?connected=Acme', 'Acme is connected')],
  [
    'resending',
    async (page) => {
      await show(page, `/notifications?n=${failedId}`, 'As Slack shows it');
      await page.getByRole('button', { name: 'Resend', exact: true }).click();
      await page.getByRole('dialog', { name: 'Resend this' }).getByLabel('Why?').waitFor();
    },
  ],
  [
    'picking a channel',
    async (page) => {
      await show(page, '/compose', 'Ready to send');
      await page.getByLabel('Channel', { exact: true }).click();
      await page.getByRole('option', { name: /^general/ }).waitFor();
    },
  ],
  [
    'consenting in the simulated Slack',
    async (page) => {
      const input = { workspaceId: 'looks', intent: 'WORKSPACE', returnTo: RETURN_TO } as const;
      const { beginSlackInstall } = await desk.admin.run(BeginSlackInstallDocument, { input });
      await at(page, beginSlackInstall.authorizeUrl ?? '', 'is requesting permission');
      await page.getByText('Details: grant fewer permissions').click();
    },
  ],
  ['messages in the simulated Slack', async (page) => at(page, postedAt, 'a message to look at')],
  ['channels of the simulated Slack', async (page) => at(page, `${world.slack.url}/client/T0ACME`, 'Direct messages')],
  [
    'the narrow menu',
    async (page) => {
      await page.setViewportSize(NARROW);
      await show(page, '', 'Latest');
      await page.getByRole('button', { name: 'Screens' }).click();
      await page.getByRole('link', { name: 'Event types' }).waitFor();
    },
  ],
];

/** What a click has opened: it must not close by itself between two looks at it. */
const LAYERS = '[role=dialog], [role=listbox]';

/** By the protocol itself: Playwright's own evaluation would have it compiled anew, which takes longer than looking. */
const putAxeInto = async (page: Page): Promise<void> => {
  if (await page.evaluate<boolean>(`'axe' in window`)) return;
  const protocol = await page.context().newCDPSession(page);
  await protocol.send('Runtime.evaluate', { expression: AXE });
  await protocol.detach();
};

const seriousOf = async (page: Page): Promise<string[]> => {
  await putAxeInto(page);
  // What passes is not described: that takes as long as looking.
  const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ['violations'] })`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ''}`).join(' | ')}`);
};

const at = async (page: Page, url: string, ready: string): Promise<void> => {
  await page.goto(url);
  await page.getByText(ready).filter({ visible: true }).first().waitFor();
  await atRest(page);
};

const show = (page: Page, where: string, ready: string): Promise<void> =>
  at(page, `${world.url}/admin/w/looks${where}`, ready);

const lookAt = async (page: Page, moment: string) => {
  await atRest(page);
  const layers = await page.locator(LAYERS).filter({ visible: true }).count();
  return { moment, layers, serious: await seriousOf(page), overflow: await overflowOf(page) };
};

/** Each moment is come to once, and looked at twice. */
const lookAtMoments = async () => {
  const page = await admin.newPage({ colorScheme: 'light', viewport: WIDE });
  const light = [];
  const dark = [];
  for (const [moment, open] of MOMENTS) {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(WIDE);
    await open(page);
    light.push(await lookAt(page, moment));
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize(NARROW);
    await page.locator('html:not([data-mantine-color-scheme=light])').waitFor();
    dark.push(await lookAt(page, moment));
  }
  return { light, 'dark and 375 px wide': dark };
};

/** Names as long as Slack has them, and without a place to break at, wherever a name is shown. */
const lengthenNames = async (authorizationId: string): Promise<void> => {
  const person = 'firstname.middlename.lastname@company.example.com';
  await world.database.query('update authorizations set slack_user_name = $1 where id = $2', [person, authorizationId]);
  await world.database.query('update notifications set posted_as = $1, channel_name = $2 where id = $3', [
    person,
    'a_channel_whose_name_has_as_many_characters_as_slack_lets_it_have_which_is_80___',
    failedId,
  ]);
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
    const somebody = await world.slack.somebodyOf('T0ACME');
    const { authorizationId } = await joinAsPerson(world, desk, 'admin-of-looks', somebody, 'ADMIN');
    const choice = { workspaceId: 'looks', kind: 'PERSONAL_USER', connectionId: desk.connection.id } as const;
    const input = { ...choice, authorizationId, defaultChannelId: 'C0ACME0001' };
    await desk.admin.run(SelectIdentityDocument, { input });
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
    await lengthenNames(authorizationId);
    const { notification } = await desk.admin.run(NotificationDocument, { id });
    postedAt = notification?.permalink ?? '';
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test(
    'none has a serious accessibility finding or scrolls sideways, light and dark, wide and narrow',
    LONG,
    async () => {
      const page = await admin.visit({ workspaceId: 'looks' });
      const looked = [];
      for (const [where, ready] of SCREENS()) {
        await page.setViewportSize(WIDE);
        await show(page, where, ready);
        for (const [look, colorScheme, size] of LOOKS) {
          await page.setViewportSize(size);
          await page.emulateMedia({ colorScheme });
          await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
          await atRest(page);
          looked.push({ where, look, serious: await seriousOf(page), overflow: await overflowOf(page) });
        }
      }
      expect(looked).toEqual(
        SCREENS().flatMap(([where]) => LOOKS.map(([look]) => ({ where, look, serious: [], overflow: 0 }))),
      );
      admin.expectNoOffence();
    },
  );

  test.each(['light', 'dark and 375 px wide'] as const)(
    'what is empty, or opened by a click, has none either and does not scroll sideways: %s',
    LONG,
    async (name) => {
      const looked = await (looks ??= lookAtMoments());
      expect(looked[name]).toEqual(
        looked.light.map(({ moment, layers }) => ({ moment, layers, serious: [], overflow: 0 })),
      );
      expect(looked[name].map(({ moment }) => moment)).toEqual(MOMENTS.map(([moment]) => moment));
      admin.expectNoOffence();
    },
  );

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
