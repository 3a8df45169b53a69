import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdminBrowser, asks, hasChromium, hold, refuse } from '../support/admin-browser.ts';
import { startServer } from '../support/processes.ts';
import { World } from '../support/world.ts';

/** Trusted by default, as the admin's own origin is. */
const HOST = 'http://localhost:3000';
const STRANGER = 'http://stranger.test';
const DAY_MS = 86_400_000;

let world: World;
let admin: AdminBrowser;

/** The host's part, as docs/admin.md has it; the page counts how often it was asked. */
const hostPage = (url: string): string => `<!doctype html><title>host</title><script>
  let asked = 0;
  let admin;
  const openAdmin = () => { admin = window.open('${url}/admin/w/hosted/connections'); };
  window.addEventListener('message', async ({ origin, source, data }) => {
    if (origin !== '${url}' || source !== admin || data?.type !== 'heliograph:ready') return;
    asked += 1;
    admin.postMessage({ type: 'heliograph:token', token: await freshToken() }, '${url}');
  });
</script><button onclick="openAdmin()">Open the admin</button>`;

/** A page of that origin, and the admin that it opened. */
const openFrom = async (origin: string, freshToken: () => Promise<string>): Promise<{ host: Page; opened: Page }> => {
  const host = await admin.newPage();
  await host.route(`${origin}/**`, (route) => route.fulfill({ contentType: 'text/html', body: hostPage(world.url) }));
  await host.exposeFunction('freshToken', freshToken);
  await host.goto(`${origin}/`);
  const popup = host.waitForEvent('popup');
  await host.getByRole('button', { name: 'Open the admin' }).click();
  return { host, opened: await popup };
};

const restart = async (env: Record<string, string> = {}): Promise<void> => {
  await world.servers[0]?.stop();
  world.servers[0] = await startServer({ ...world.env, PORT: new URL(world.url).port, ...env });
};

/** By a server that believes none of the tokens that were issued: sooner, and at a better known time, than by an expiry. */
const endSession = async (page: Page): Promise<void> => {
  await restart({ AUTH_JWT_SECRET: 'another-secret-of-at-least-32-characters' });
  await page.getByText('Your session has ended').waitFor();
};

const believeAgain = (): Promise<void> => restart();

describe.runIf(hasChromium)('signed in by the product', () => {
  beforeAll(async () => {
    world = await World.start();
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  const tokenFor = (lifetime: string): Promise<string> => world.token('ada', { hosted: 'ADMIN' }, lifetime);

  test('a page that the server trusts hands over the token, and the next one before the first expires', async () => {
    const lifetimes = ['61s', '1h'];
    const { host, opened } = await openFrom(HOST, () => tokenFor(lifetimes.shift() ?? '1h'));
    await opened.getByRole('heading', { name: 'Connections' }).waitFor();
    await host.waitForFunction('asked === 2');
    await opened.getByRole('button', { name: 'Connect Slack' }).first().waitFor();
    expect(opened.url()).toBe(`${world.url}/admin/w/hosted/connections`);
  });

  test('so does a page of the admin’s own origin, where a product publishes both', async () => {
    const { opened } = await openFrom(world.url, () => tokenFor('1h'));
    await opened.getByRole('button', { name: 'Account of ada' }).waitFor();
  });

  test('any other page is not asked, and what it says is not believed', async () => {
    const { host, opened } = await openFrom(STRANGER, () => tokenFor('1h'));
    await opened.getByRole('heading', { name: 'Sign in to Heliograph' }).waitFor();
    const token = await tokenFor('1h');
    await host.evaluate(`admin.postMessage({ type: 'heliograph:token', token: '${token}' }, '${world.url}')`);
    // An answer after the message: the page has seen it.
    await opened.evaluate('new Promise((resolve) => setTimeout(resolve))');
    expect(await host.evaluate('asked')).toBe(0);
    expect(await opened.getByRole('heading', { name: 'Sign in to Heliograph' }).count()).toBe(1);
  });

  test('a sign-in link that is followed on the open page signs in, and leaves no token in the address', async () => {
    const page = await admin.newPage();
    const address = `${world.url}/admin/w/hosted/connections`;
    await page.goto(address);
    await page.getByRole('heading', { name: 'Sign in to Heliograph' }).waitFor();
    await page.goto(`${address}#token=${await tokenFor('1h')}`);
    await page.getByRole('heading', { name: 'Connections' }).waitFor();
    expect(page.url()).toBe(address);
    const bens = await world.token('ben', { hosted: 'MEMBER' });
    await page.goto(`${address}#token=${bens}`);
    await page.getByRole('button', { name: 'Account of ben' }).waitFor();
    await page.getByText('An admin of this workspace connects Slack.').waitFor();
    expect(page.url()).toBe(address);
  });

  test('a session goes on although the clock of the browser is an hour ahead', async () => {
    const page = await admin.newPage();
    await page.clock.setSystemTime(Date.now() + 3_600_000);
    await page.goto(`${world.url}/admin/w/hosted/connections#token=${await tokenFor('10m')}`);
    await page.getByRole('heading', { name: 'Connections' }).waitFor();
    await page.getByRole('link', { name: 'Identity' }).click();
    await page.getByRole('heading', { name: 'Identity', level: 1 }).waitFor();
    expect(await page.getByText('Your session has ended').count()).toBe(0);
  });

  test('the end of a token is asked about when it comes, however far away it is', async () => {
    const page = await admin.newPage();
    let asked = 0;
    page.on('request', (request) => (asked += asks(request, 'Viewer') ? 1 : 0));
    await page.clock.install();
    await page.goto(`${world.url}/admin/w/hosted/connections#token=${await tokenFor('40d')}`);
    await page.getByRole('heading', { name: 'Connections' }).waitFor();
    const atFirst = asked;
    await page.clock.fastForward(24 * DAY_MS);
    await page.getByRole('link', { name: 'Identity' }).click();
    await page.getByRole('heading', { name: 'Identity', level: 1 }).waitFor();
    expect(asked).toBe(atFirst);
    await page.clock.fastForward(17 * DAY_MS);
    await expect.poll(() => asked).toBeGreaterThan(atFirst);
  });

  test('what was being written is still there after the token has expired and another is given', async () => {
    const page = await admin.newPage();
    await page.goto(`${world.url}/admin/w/hosted/event-types/+new#token=${await tokenFor('1h')}`);
    await page.getByLabel(/^Title/).fill('Half a thought');
    await endSession(page);
    await believeAgain();
    expect(await page.getByLabel(/^Title/).isVisible()).toBe(false);
    await page.getByLabel(/^Token/).fill(await tokenFor('1h'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Sign in to Heliograph' }).waitFor({ state: 'detached' });
    expect(await page.getByLabel(/^Title/).inputValue()).toBe('Half a thought');
    await page.getByText('The server cannot be reached').waitFor({ state: 'detached' });
  });

  test('what was told before the token expired is not told again after another is given', async () => {
    const page = await admin.newPage();
    const after: unknown[] = [];
    const cursors: unknown[] = [];
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => {
        const { payload: asked } = JSON.parse(String(payload)) as {
          payload?: { query?: string; variables?: { after?: string } };
        };
        if (asked?.query?.includes('deliveryStatusChanged') === true) after.push(asked.variables?.after);
      });
      socket.on('framereceived', ({ payload }) => {
        const { payload: told } = JSON.parse(String(payload)) as {
          payload?: { data?: Record<string, { cursor: string }> };
        };
        const change = told?.data?.['deliveryStatusChanged'];
        if (change) cursors.push(change.cursor);
      });
    });
    await page.goto(`${world.url}/admin/w/hosted#token=${await tokenFor('1h')}`);
    await expect.poll(() => after.length).toBe(1);
    await world.database.query(
      `insert into notifications (id, workspace_id, status, priority, text, requested_by, failure_code, expires_at)
       values (gen_random_uuid(), 'hosted', 'FAILED', 1, 'told once', 'ada', 'CHANNEL_REQUIRED', now())`,
    );
    await expect.poll(() => cursors.length).toBe(1);
    await endSession(page);
    await believeAgain();
    await page.getByLabel(/^Token/).fill(await tokenFor('1h'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect.poll(() => after.at(-1)).toBe(cursors[0]);
    expect(cursors).toHaveLength(1);
  });

  test('a text that is no token is said to be none', async () => {
    const page = await admin.newPage();
    await page.goto(`${world.url}/admin`);
    await page.getByLabel(/^Token/).fill(`${(await tokenFor('1h')).slice(0, 20)}…`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This is no token').waitFor();
    await page.getByLabel(/^Token/).fill(await tokenFor('1h'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: /^Account of/ }).waitFor();
  });

  test('somebody else who signs in after it finds nothing of it', async () => {
    const page = await admin.newPage();
    await page.goto(`${world.url}/admin/w/hosted/event-types/+new#token=${await tokenFor('1h')}`);
    await page.getByLabel(/^Title/).fill('Half a thought');
    await endSession(page);
    await believeAgain();
    await page.getByLabel(/^Token/).fill(await world.token('ben', { hosted: 'ADMIN' }));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Account of ben' }).waitFor();
    await expect.poll(() => page.getByLabel(/^Title/).inputValue()).toBe('');
  });

  test.each([
    ['refused', 'SaveEventType'],
    ['done, and is being read', 'EventTypes'],
  ])('whoever signs in next hears nothing of what the one before had asked for: it is %s', async (what, operation) => {
    const page = await admin.newPage();
    await page.goto(`${world.url}/admin/w/hosted/event-types/+new#token=${await tokenFor('1h')}`);
    await page.getByText('The audit of example.com found 3 issues.').waitFor();
    await page.getByLabel(/^Key/).fill('by.ada');
    await page.getByLabel(/^Title/).fill('By ada');
    if (what === 'refused') await refuse(page, operation);
    const release = await hold(page, operation);
    const asked = page.waitForRequest((request) => asks(request, operation));
    await page.getByRole('button', { name: 'Create' }).click();
    await asked;
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Heliograph' }).waitFor();
    const answered = page.waitForResponse((response) => asks(response.request(), operation));
    release();
    await (await answered).finished();
    await page.getByLabel(/^Token/).fill(await world.token('ben', { hosted: 'ADMIN' }));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Account of ben' }).waitFor();
    expect(await page.getByText(/“Save By ada” did not work|By ada is saved/).count()).toBe(0);
  });

  test('a token that the server believes no more ends the session instead of being offline for ever', async () => {
    const page = await admin.newPage();
    await page.goto(`${world.url}/admin/w/hosted/connections#token=${await tokenFor('1h')}`);
    await page.getByRole('heading', { name: 'Connections' }).waitFor();
    await endSession(page);
  });
});
