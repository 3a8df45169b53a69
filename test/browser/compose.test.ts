import type { Page, WebSocketRoute } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { SelectIdentityDocument } from '../generated/graphql.ts';
import { AdminBrowser, asks, focused, hasChromium, hold, refuse } from '../support/admin-browser.ts';
import { joinAsPerson, openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, send as submit, World } from '../support/world.ts';

let world: World;
let writing: Desk;
let admin: AdminBrowser;

const UNAUTHENTICATED = { errors: [{ message: 'Not now.', extensions: { code: 'UNAUTHENTICATED' } }] };

/** A desk whose admin has chosen the bot and #general. */
const openReadyDesk = async (workspaceId: string, team?: string): Promise<Desk> => {
  const desk = await openDesk(world, workspaceId, team);
  const choice = { workspaceId, kind: 'WORKSPACE_BOT', connectionId: desk.connection.id } as const;
  await desk.admin.run(SelectIdentityDocument, { input: choice });
  return desk;
};

const write = async (page: Page, text: string): Promise<void> => {
  await page.getByLabel('Text', { exact: true }).fill(text);
};

const openFurther = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Priority, time, thread' }).click();
};

const send = (page: Page): Promise<void> => page.getByRole('button', { name: 'Send', exact: true }).click();

describe.runIf(hasChromium)('a message that is written', () => {
  beforeAll(async () => {
    world = await World.start({ env: UNPACED });
    writing = await openDesk(world, 'writing');
    const choice = { workspaceId: 'writing', kind: 'WORKSPACE_BOT', connectionId: writing.connection.id } as const;
    await writing.admin.run(SelectIdentityDocument, { input: { ...choice, defaultChannelId: 'C0ACME0001' } });
    admin = await AdminBrowser.open(world);
  });
  afterEach(() => admin.expectNoOffence());
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  const open = async (): Promise<Page> => {
    const page = await admin.visit({ workspaceId: 'writing', path: '/compose' });
    await page.getByText('Ready to send').waitFor();
    return page;
  };

  test('is kept where its time is none, which is said at the field', async () => {
    const page = await open();
    await write(page, 'half a message');
    await openFurther(page);
    const time = page.getByLabel('Send at');
    await time.fill('202610-12-31T10:30');
    await page.getByText('This is no time that a message can be sent at.').waitFor();
    expect(await page.getByLabel('Text', { exact: true }).inputValue()).toBe('half a message');
    expect(await page.getByRole('button', { name: 'Schedule' }).isDisabled()).toBe(true);
    expect(await time.getAttribute('max')).toBe('9999-12-31T23:59');
  });

  test('says in which time zone its time is, and that it goes then', async () => {
    const page = await open();
    await openFurther(page);
    await page.getByText(await page.evaluate<string>('Intl.DateTimeFormat().resolvedOptions().timeZone')).waitFor();
    await page.getByLabel('Send at').fill('2090-01-01T10:30');
    await page.getByText(/^It is to go at Jan 1, 2090, 10:30/).waitFor();
    expect(await page.getByText('Others are before it').count()).toBe(0);
  });

  test('loses its refusal with the correction, and is looked at anew', async () => {
    const page = await open();
    await openFurther(page);
    await page.getByLabel('Reply in the thread of').fill('nonsense');
    await send(page);
    const refusal = page.getByRole('alert').filter({ hasText: 'INVALID_' }).first();
    await refusal.waitFor();
    await page.getByLabel('Reply in the thread of').fill('');
    await refusal.waitFor({ state: 'detached' });
    await page.getByText('Ready to send').waitFor();
  });

  test('cannot be changed while it is being sent, and is told of all the same', async () => {
    const page = await open();
    const release = await hold(page, 'SendNotification');
    await send(page);
    const text = page.getByLabel('Text', { exact: true });
    await expect.poll(() => text.isDisabled()).toBe(true);
    expect(await page.getByLabel('Channel', { exact: true }).isDisabled()).toBe(true);
    release();
    await page.getByRole('status').filter({ hasText: 'It is there' }).waitFor();
    expect(await text.isEnabled()).toBe(true);
  });

  test('is told of where its writer has gone on, be it refused or accepted, and takes nothing else along', async () => {
    const page = await open();
    const sendAndLeave = async (text: string, next: string): Promise<void> => {
      await write(page, text);
      const release = await hold(page, 'SendNotification');
      await send(page);
      await page.getByRole('link', { name: 'Connections' }).click();
      await page.getByRole('heading', { name: 'Connections' }).waitFor();
      await page.getByRole('link', { name: 'Compose' }).click();
      await write(page, next);
      release();
    };
    const accept = await refuse(page, 'SendNotification');
    await sendAndLeave('refused', 'another');
    await page.getByRole('alert').filter({ hasText: '“Send” did not work' }).waitFor();
    await accept();
    await sendAndLeave('accepted', 'the next one');
    await page.getByRole('alert').filter({ hasText: 'Your message is accepted' }).waitFor();
    await page.reload();
    await expect.poll(() => page.getByLabel('Text', { exact: true }).inputValue()).toBe('the next one');
  });

  test('loses the trouble that its sending had, once it is changed', async () => {
    const page = await open();
    await page.route('**/graphql', (route) => (asks(route, 'SendNotification') ? route.abort() : route.continue()));
    await send(page);
    const trouble = page.getByRole('alert').filter({ hasText: 'The server cannot be reached' });
    await trouble.waitFor();
    await write(page, 'another one');
    await trouble.waitFor({ state: 'detached' });
    await page.getByText('Ready to send').waitFor();
  });

  test('is not called ready by what was found for the words before', async () => {
    const page = await open();
    const release = await hold(page, 'Preflight');
    await write(page, 'other words');
    await page.getByText('Looking whether it can arrive').waitFor();
    expect(await page.getByText('Ready to send').count()).toBe(0);
    release();
    await page.getByText('Ready to send').waitFor();
  });

  test('has its fate announced, and the focus goes there', async () => {
    const page = await open();
    await send(page);
    await page.getByRole('status').filter({ hasText: 'It is there' }).waitFor();
    await expect.poll(() => focused(page)).toBe('It is there');
  });

  test('runs in the direction of its own words', async () => {
    const page = await open();
    await write(page, 'שלום');
    expect(await page.getByLabel('Text', { exact: true }).getAttribute('dir')).toBe('auto');
    const shown = page.locator('div[dir=auto]').filter({ hasText: 'שלום' });
    await shown.waitFor();
  });

  test('outlives that the page is left, as for Slack to reconnect, and is gone once it was sent', async () => {
    const page = await open();
    const text = page.getByLabel('Text', { exact: true });
    await write(page, 'half a message');
    await page.goto('about:blank');
    await page.goBack();
    await expect.poll(() => text.inputValue()).toBe('half a message');
    await send(page);
    await page.getByRole('status').filter({ hasText: 'It is there' }).waitFor();
    await page.reload();
    await page.getByText('Ready to send').waitFor();
    expect(await text.inputValue()).toMatch(/^Hello from/);
  });

  test('is gone with whoever signs out', async () => {
    const page = await open();
    await write(page, 'for nobody else');
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Heliograph' }).waitFor();
    expect(await page.evaluate<string>('JSON.stringify(sessionStorage)')).toBe('{}');
  });

  test('is still there after a session that expired while the page was left', async () => {
    const page = await open();
    await write(page, 'half a message');
    await page.route('**/graphql', (route) => route.fulfill({ status: 401, json: UNAUTHENTICATED }));
    await page.reload();
    await page.getByText('Your session has ended').waitFor();
    await page.unroute('**/graphql');
    await page.getByLabel(/^Token/).fill(await world.token('admin-of-writing', { writing: 'ADMIN' }));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect.poll(() => page.getByLabel('Text', { exact: true }).inputValue()).toBe('half a message');
  });

  test('is sent by the same key after an answer that was lost, also where nothing of it was changed', async () => {
    const page = await open();
    const keys: string[] = [];
    await page.route('**/graphql', (route) => {
      if (!asks(route, 'SendNotification')) return route.fallback();
      keys.push(route.request().postDataJSON().variables.input.idempotencyKey as string);
      return route.abort();
    });
    await send(page);
    await page.getByText('The server cannot be reached').waitFor();
    await page.reload();
    await page.getByText('Ready to send').waitFor();
    await send(page);
    await page.getByText('The server cannot be reached').waitFor();
    expect(keys.length).toBeGreaterThan(1);
    expect(new Set(keys).size).toBe(1);
  });

  test('keeps its channel and sender, whatever its writer selects elsewhere meanwhile', async () => {
    const page = await open();
    const channel = page.getByLabel('Channel', { exact: true });
    const { connection } = writing;
    const select = (defaultChannelId: string) => {
      const choice = { workspaceId: 'writing', kind: 'WORKSPACE_BOT', connectionId: connection.id } as const;
      return writing.admin.run(SelectIdentityDocument, { input: { ...choice, defaultChannelId } });
    };
    await select('C0ACME0002');
    onTestFinished(() => select('C0ACME0001').then(() => undefined));
    const readAnew = page.waitForResponse((answer) => asks(answer.request(), 'Selection'));
    await joinAsPerson(world, writing, 'ben', await world.slack.somebodyOf('T0ACME'));
    await (await readAnew).finished();
    await write(page, 'to whom it was begun for');
    await page.getByText('Ready to send').waitFor();
    expect(await channel.inputValue()).toContain('general');
    await page.reload();
    await send(page);
    await page.getByRole('status').filter({ hasText: 'It is there' }).waitFor();
    const sent = (await world.slack.ledger()).find(({ text }) => text.includes('to whom it was begun for'));
    expect(sent?.channel).toBe('C0ACME0001');
  });

  test('again is not taken for unsent when the line was down', async () => {
    const { id } = await accepted(writing.admin, writing.message({ text: 'once more' }));
    const page = await admin.visit({ workspaceId: 'writing' });
    const sockets: WebSocketRoute[] = [];
    await page.routeWebSocket(/\/graphql$/, (socket) => {
      socket.connectToServer();
      sockets.push(socket);
    });
    await refuse(page, 'Channel');
    await page.goto(`${world.url}/admin/w/writing/compose?again=${id}`);
    await page.getByLabel('Channel', { exact: true }).click();
    await page.getByRole('option', { name: /^general/ }).click();
    await send(page);
    const fate = page.getByRole('status').filter({ hasText: 'It is there' });
    await fate.waitFor();
    const readAnew = page.waitForResponse((answer) => asks(answer.request(), 'Channel'));
    const offline = page.getByText('Offline.');
    const seen = offline.waitFor();
    for (const socket of sockets) await socket.close({ code: 4000 });
    await seen;
    await (await readAnew).finished();
    await offline.waitFor({ state: 'detached' });
    expect(await fate.count()).toBe(1);
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  });

  test('that Slack refused is written again with the same words', async () => {
    const desk = await openReadyDesk('again', 'T0GLOBEX');
    const feed = await world.followFromNow(desk.admin, 'again');
    await world.slack.fault({
      match: { method: 'chat.postMessage', textIncludes: 'far too odd' },
      fault: { type: 'error', error: 'no_text' },
    });
    const channelId = await world.slack.channel({ team: 'T0GLOBEX', name: 'odd-ones' });
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'odd' } }];
    const odd = { text: 'far too odd', channelId, priority: 'HIGH', threadTs: '1732630000.000100', blocks } as const;
    const { id } = await accepted(desk.admin, desk.message(odd));
    await feed.untilAtRest(id);
    feed.stop();
    const page = await admin.visit({ workspaceId: 'again', path: `/notifications?n=${id}` });
    await page.getByRole('link', { name: 'Write it again' }).click();
    await expect.poll(() => page.getByLabel('Text', { exact: true }).inputValue()).toBe('far too odd');
    await expect.poll(() => page.getByLabel('Channel', { exact: true }).inputValue()).not.toBe('');
    await page.getByText('only its text is taken along').waitFor();
    // What is taken along besides is in sight; a thread is one of its channel.
    const thread = page.getByLabel('Reply in the thread of');
    await expect.poll(() => thread.inputValue()).toBe('1732630000.000100');
    expect(await thread.isVisible()).toBe(true);
    await page.getByLabel('Channel', { exact: true }).click();
    await page.getByRole('option', { name: /^general/ }).click();
    await expect.poll(() => thread.inputValue()).toBe('');
  });

  test('can be written where nobody can be posted as now, and each problem is told with its remedy', async () => {
    const [channelId = ''] = await world.slack.addTeam('T0BROKEN', 1);
    const desk = await openDesk(world, 'broken', 'T0BROKEN');
    await world.slack.revoke({ team: 'T0BROKEN' });
    // Where the check of the install found it out before, it is refused.
    await submit(desk.admin, desk.message({ text: 'finds it out', channelId }));
    const ended = `select from connection_status_log
      where to_status = 'NEEDS_REAUTHORIZATION' and workspace_id = 'broken'`;
    await expect.poll(() => world.database.query(ended)).toHaveLength(1);
    const page = await admin.visit({ workspaceId: 'broken', path: '/compose' });
    await page.getByRole('button', { name: /^Reconnect/ }).waitFor();
    await page.getByText('CONNECTION_NEEDS_REAUTHORIZATION').waitFor();
    expect(await page.getByText('There is nobody to post as yet').count()).toBe(0);
    await write(page, 'half a message');
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  });
});
