import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SelectIdentityDocument } from '../generated/graphql.ts';
import { AdminBrowser, asks, focused, hasChromium, hold, refuse } from '../support/admin-browser.ts';
import { joinAsPerson, openDesk, UNPACED } from '../support/desk.ts';
import { accepted, install, World } from '../support/world.ts';

let world: World;
let admin: AdminBrowser;

/** What the API answers where the identity does not see the channel. */
const CHANNEL_REFUSED = {
  data: {
    selectIdentity: {
      __typename: 'SelectIdentityPayload',
      selection: null,
      userErrors: [
        {
          __typename: 'SimpleUserError',
          code: 'CHANNEL_NOT_FOUND',
          message: '',
          remedy: '',
          field: ['input', 'defaultChannelId'],
        },
      ],
    },
  },
};

const LATER = { scheduledFor: '2090-01-01T00:00:00Z' };

const openDialog = async (page: Page, button: string | RegExp): Promise<Locator> => {
  await page.getByRole('button', { name: button }).first().click();
  return page.getByRole('dialog', { name: /^Disconnect/ });
};

describe.runIf(hasChromium)('a connection and those who post through it', () => {
  beforeAll(async () => {
    world = await World.start({ env: UNPACED });
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test("what waits by another person's authorization is counted, and can keep it", async () => {
    const desk = await openDesk(world, 'others');
    const ben = await joinAsPerson(world, desk, 'ben', await world.slack.somebodyOf('T0ACME'));
    const later = desk.message({ ...LATER, sender: { identityId: ben.identity.id } });
    await accepted(ben.caller, later);
    await accepted(desk.admin, desk.message(LATER));
    const page = await admin.visit({ workspaceId: 'others', path: '/connections' });
    const dialog = await openDialog(page, /^Disconnect .+ …$/);
    await dialog.getByText('1 notification is').waitFor();
    await dialog.getByRole('button', { name: 'Disconnect and cancel 1' }).waitFor();
    await dialog.getByLabel(/^keeps it connected/).check();
    await dialog.getByRole('button', { name: 'Disconnect', exact: true }).click();
    await dialog.getByText('QUEUED_NOTIFICATIONS').waitFor();
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await dialog.waitFor({ state: 'detached' });
    const again = await openDialog(page, /^Disconnect .+ …$/);
    await again.getByText('1 notification is').waitFor();
    expect(await again.getByText('QUEUED_NOTIFICATIONS').count()).toBe(0);
    await again.getByRole('button', { name: 'Disconnect and cancel 1' }).click();
    await again.waitFor({ state: 'detached' });
    await expect.poll(() => focused(page)).toBe('Connections');
  });

  test('that could not be read are no connections that are well: the overview says so, and reads them again by itself', async () => {
    await openDesk(world, 'unread');
    const page = await admin.visit({ workspaceId: 'unread', path: '/identity' });
    await page.getByRole('heading', { name: 'Identity', level: 1 }).waitFor();
    const restore = await refuse(page, 'Connections');
    await page.reload();
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    const trouble = page.getByRole('alert').filter({ hasText: 'The server is busy' });
    await trouble.waitFor();
    await restore();
    await trouble.waitFor({ state: 'detached' });
    await page.getByText('Nothing was sent yet.').waitFor();
  });

  test('what was refused is told to whoever has closed the question by then', async () => {
    await openDesk(world, 'closed');
    const page = await admin.visit({ workspaceId: 'closed', path: '/connections' });
    const dialog = await openDialog(page, 'Disconnect …');
    await refuse(page, 'Disconnect');
    const release = await hold(page, 'Disconnect');
    await dialog.getByRole('button', { name: 'Disconnect', exact: true }).click();
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await dialog.waitFor({ state: 'detached' });
    release();
    await page.getByRole('alert').filter({ hasText: '“Disconnect Acme” did not work' }).waitFor();
  });

  test('a count that failed is no count of nothing: it is said, and counted again', async () => {
    const desk = await openDesk(world, 'uncounted');
    await accepted(desk.admin, desk.message(LATER));
    const page = await admin.visit({ workspaceId: 'uncounted', path: '/connections' });
    await page.route('**/graphql', (route) =>
      asks(route, 'QueuedCount')
        ? route.fulfill({ json: { errors: [{ message: 'slow', extensions: { code: 'SERVICE_UNAVAILABLE' } }] } })
        : route.continue(),
    );
    const dialog = await openDialog(page, 'Disconnect …');
    await dialog.getByText('The server is busy').waitFor();
    expect(await dialog.getByText('0 notifications').count()).toBe(0);
    await dialog.getByLabel(/^keeps it connected/).waitFor();
    await page.unroute('**/graphql');
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await dialog.getByText('1 notification is').waitFor();
    await dialog.getByRole('button', { name: 'Disconnect and cancel 1' }).click();
    await page.getByRole('heading', { name: 'No Slack is connected yet' }).waitFor();
    await expect.poll(() => focused(page)).toBe('Connections');
  });

  test('what a person did not grant is told with what is lost without it', async () => {
    const desk = await openDesk(world, 'scopes');
    const ben = await world.as('ben', { scopes: 'MEMBER' });
    const input = { workspaceId: 'scopes', intent: 'PERSONAL', connectionId: desk.connection.id } as const;
    // Somebody else than in the other tests: what one person grants a team adds up.
    await install(ben, input, { team: 'T0ACME', user: 'U0ACME005', user_scopes: 'chat:write,channels:read' });
    const page = await admin.visit({ workspaceId: 'scopes', path: '/connections' });
    await page.getByText(/scopes? (was|were) not granted/).waitFor();
    await page.getByText('groups:read', { exact: true }).last().waitFor();
  });

  test('what keeps failing for a person leads to what failed, and only an authorization that ended is asked for anew', async () => {
    const desk = await openDesk(world, 'failing');
    const ben = await joinAsPerson(world, desk, 'ben', await world.slack.somebodyOf('T0ACME'));
    await world.database.query(
      `insert into repeated_failures (connection_id, authorization_id, channel_id, failures_in_a_row, failing_since,
         failed_at, persistent_since, failure_code)
       values ($1, $2, 'C0ACME0001', 5, now(), now(), now(), 'NOT_IN_CHANNEL')`,
      [desk.connection.id, ben.authorizationId],
    );
    const page = await admin.visit({ workspaceId: 'failing', userId: 'ben', role: 'MEMBER' });
    const again = page.getByRole('button', { name: 'Authorize again' });
    const whatFailed = page.getByRole('link', { name: 'See what failed' });
    for (const screen of ['Overview', 'Connections']) {
      await page.getByRole('link', { name: new RegExp(`^${screen}`) }).click();
      await page.getByRole('heading', { name: screen, level: 1 }).waitFor();
      await whatFailed.waitFor();
      expect(await again.count()).toBe(0);
    }
    await world.database.query(
      `update repeated_failures set failure_code = 'MISSING_SCOPE' where authorization_id = $1`,
      [ben.authorizationId],
    );
    await page.reload();
    await again.waitFor();
    expect(await whatFailed.count()).toBe(0);
  });

  test('a selection is cleared, and had back, by a second try where the first did not reach the server', async () => {
    const desk = await openDesk(world, 'clearing');
    const choice = { workspaceId: 'clearing', kind: 'WORKSPACE_BOT', connectionId: desk.connection.id } as const;
    await desk.admin.run(SelectIdentityDocument, { input: { ...choice, defaultChannelId: 'C0ACME0001' } });
    const page = await admin.visit({ workspaceId: 'clearing', path: '/identity' });
    const bot = page.getByRole('heading', { name: 'You post as heliograph' });
    await bot.waitFor();
    const trouble = page.getByRole('alert').filter({ hasText: 'The server is busy' });
    const again = trouble.getByRole('button', { name: 'Try again' });
    const restoreClear = await refuse(page, 'ClearIdentity');
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await again.waitFor();
    await restoreClear();
    await again.click();
    await bot.waitFor({ state: 'detached' });
    const restoreSelect = await refuse(page, 'SelectIdentity');
    await page.getByRole('button', { name: 'Undo' }).click();
    await again.waitFor();
    await restoreSelect();
    await again.click();
    await bot.waitFor();
    expect(await page.getByLabel('Default channel').inputValue()).toBe('general');
    await trouble.waitFor({ state: 'detached' });
  });

  test('more people who could not be read are said, and read when asked again', async () => {
    const desk = await openDesk(world, 'people');
    await joinAsPerson(world, desk, 'ben', await world.slack.somebodyOf('T0ACME'));
    const page = await admin.visit({ workspaceId: 'people' });
    // More than a page of them would take many trips to Slack.
    await page.route('**/graphql', async (route) => {
      if (!asks(route, 'Authorizations')) return route.fallback();
      const after = route.request().postDataJSON()?.variables?.after;
      const answer = await route.fetch();
      const json = await answer.json();
      json.data.connection.authorizations.pageInfo = { hasNextPage: after === undefined, endCursor: null };
      return route.fulfill({ response: answer, json });
    });
    await page.getByRole('link', { name: 'Connections', exact: true }).click();
    const more = page.getByRole('button', { name: 'Show more' });
    await more.waitFor();
    const restore = await refuse(page, 'Authorizations');
    await more.click();
    const trouble = page.getByRole('alert').filter({ hasText: 'The server is busy' });
    await trouble.waitFor();
    expect(await trouble.count()).toBe(1);
    await restore();
    await trouble.getByRole('button', { name: 'Try again' }).click();
    await trouble.waitFor({ state: 'detached' });
    await more.waitFor({ state: 'detached' });
  });

  test('a claim whose answer was lost is presented again by a click', async () => {
    const page = await admin.visit({ workspaceId: 'claims', path: '/connections' });
    await page.route('**/graphql', (route) => (asks(route, 'CompleteSlackInstall') ? route.abort() : route.continue()));
    await page.getByRole('button', { name: 'Connect Slack' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('The server cannot be reached').waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Acme is connected').waitFor();
  });

  test('another choice of who one posts as keeps the default channel that it sees too, and can be undone', async () => {
    const desk = await openDesk(world, 'choices');
    const user = await world.slack.somebodyOf('T0ACME');
    await joinAsPerson(world, desk, 'admin-of-choices', user, 'ADMIN');
    const choice = { workspaceId: 'choices', kind: 'WORKSPACE_BOT', connectionId: desk.connection.id } as const;
    await desk.admin.run(SelectIdentityDocument, { input: { ...choice, defaultChannelId: 'C0ACME0001' } });
    const page = await admin.visit({ workspaceId: 'choices', path: '/identity' });
    const bot = page.getByRole('heading', { name: 'You post as heliograph' });
    await bot.waitFor();
    await page.getByRole('button', { name: /^Post as/ }).click();
    await bot.waitFor({ state: 'detached' });
    await expect.poll(() => page.getByLabel('Default channel').first().inputValue()).toBe('general');
    await page.getByRole('button', { name: 'Undo' }).click();
    await bot.waitFor();
    await expect.poll(() => page.getByLabel('Default channel').first().inputValue()).toBe('general');
  });

  /** Somebody who posts as the bot into #general and could post as themself, whom #general was looked up for in vain. */
  const openUnsure = async (workspaceId: string, answer: object): Promise<Page> => {
    const desk = await openDesk(world, workspaceId);
    const user = await world.slack.somebodyOf('T0ACME');
    await joinAsPerson(world, desk, `admin-of-${workspaceId}`, user, 'ADMIN');
    const choice = { workspaceId, kind: 'WORKSPACE_BOT', connectionId: desk.connection.id } as const;
    await desk.admin.run(SelectIdentityDocument, { input: { ...choice, defaultChannelId: 'C0ACME0001' } });
    const page = await admin.visit({ workspaceId, path: '/identity' });
    await page.getByRole('heading', { name: 'You post as heliograph' }).waitFor();
    await page.route('**/graphql', (route) =>
      asks(route, 'Channel') ? route.fulfill({ json: answer }) : route.fallback(),
    );
    return page;
  };

  test('another choice is not made while nobody can tell what becomes of the default channel', async () => {
    const error = { message: 'slow', extensions: { code: 'SERVICE_UNAVAILABLE' } };
    const page = await openUnsure('unsure', { errors: [error] });
    await page.getByRole('button', { name: /^Post as/ }).click();
    await page.getByText('The server is busy').waitFor();
    await page.getByRole('heading', { name: 'You post as heliograph' }).waitFor();
    expect(await page.getByLabel('Default channel').inputValue()).toBe('general');
  });

  test('another choice keeps the default channel that the server takes, whatever can be looked up', async () => {
    const page = await openUnsure('unseen', { data: { channel: null } });
    const bot = page.getByRole('heading', { name: 'You post as heliograph' });
    await page.getByRole('button', { name: /^Post as/ }).click();
    await bot.waitFor({ state: 'detached' });
    await expect.poll(() => page.getByLabel('Default channel').inputValue()).toBe('general');
    expect(await page.getByText('is not seen by').count()).toBe(0);
  });

  test('another choice goes without the default channel that the server refuses, and says so', async () => {
    const page = await openUnsure('refusing', { data: { channel: null } });
    await page.route('**/graphql', (route) =>
      asks(route, 'SelectIdentity') && route.request().postData()?.includes('defaultChannelId":"') === true
        ? route.fulfill({ json: CHANNEL_REFUSED })
        : route.fallback(),
    );
    await page.getByRole('button', { name: /^Post as/ }).click();
    await page.getByText(/#general is not seen by/).waitFor();
    await page.getByRole('heading', { name: 'You post as heliograph' }).waitFor({ state: 'detached' });
    expect(await page.getByText('CHANNEL_NOT_FOUND').count()).toBe(0);
  });

  test('another choice is made once by two clicks', async () => {
    const page = await openUnsure('twice', { data: { channel: null } });
    const release = await hold(page, 'Channel');
    let chosen = 0;
    page.on('request', (request) => (chosen += asks(request, 'SelectIdentity') ? 1 : 0));
    const button = page.getByRole('button', { name: /^Post as/ });
    await button.click();
    expect(await button.isDisabled()).toBe(true);
    await button.click({ force: true });
    release();
    await page.getByRole('heading', { name: 'You post as heliograph' }).waitFor({ state: 'detached' });
    expect(chosen).toBe(1);
  });
});
