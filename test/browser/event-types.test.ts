import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SaveEventTypeDocument } from '../generated/graphql.ts';
import { AdminBrowser, focused, hasChromium, hold, refuse } from '../support/admin-browser.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { World } from '../support/world.ts';

let world: World;
let desk: Desk;
let admin: AdminBrowser;

describe.runIf(hasChromium)('an event type', () => {
  beforeAll(async () => {
    world = await World.start();
    desk = await openDesk(world, 'types');
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test('is written beside its preview, saved, tested in Slack, deleted and had back by a second try', async () => {
    const page = await admin.visit({ workspaceId: 'types', path: '/event-types/+new' });
    await page.getByText('The audit of example.com found 3 issues.').waitFor();
    await page.getByRole('textbox', { name: 'Template' }).fill('{{ website }} went {{ direction }}.');
    await page.getByText('The fallback is used').waitFor();
    await page.locator('code', { hasText: /^direction$/ }).waitFor();
    await page.getByLabel('Sample context').fill('{ "website": "example.com", "direction": "down" }');
    await page.getByText('example.com went down.').waitFor();
    await page.getByLabel(/^Key/).fill('uptime.changed');
    await page.getByLabel(/^Title/).fill('Uptime changed');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.waitForURL(/event-types\/uptime.changed$/);
    await page.getByLabel(/^Channel, as/).click();
    await page.keyboard.type('general');
    await page.locator('[data-combobox-selected]', { hasText: 'general' }).click();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByRole('link', { name: 'See it' }).waitFor();
    await page.getByRole('status').filter({ hasText: 'Delivered' }).waitFor();
    await expect
      .poll(async () => (await world.slack.ledger()).map(({ text }) => text))
      .toEqual([expect.stringContaining('went down.')]);
    await page.getByRole('textbox', { name: 'Template' }).fill('{{ website }} fell.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Uptime changed is as it was.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Template' }).inputValue()).toBe(
      '{{ website }} went {{ direction }}.',
    );
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Delete' }).click();
    const restore = await refuse(page, 'SaveEventType');
    await page.getByRole('button', { name: 'Undo' }).click();
    const failed = page.getByRole('alert').filter({ hasText: 'The server is busy' });
    await failed.waitFor();
    await restore();
    await failed.getByRole('button', { name: 'Try again' }).click();
    await page.waitForURL(/event-types\/uptime.changed$/);
    await page.getByRole('heading', { name: 'Uptime changed' }).waitFor();
    admin.expectNoOffence();
  });

  test('tells whoever has gone on that it was not saved, and still has what they typed', async () => {
    const page = await admin.visit({ workspaceId: 'types', path: '/event-types/uptime.changed' });
    await page.getByRole('textbox', { name: 'Title' }).fill('Up or down');
    await refuse(page, 'SaveEventType');
    const release = await hold(page, 'SaveEventType');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'Compose' }).click();
    await page.getByRole('heading', { name: 'Compose' }).waitFor();
    release();
    const told = page.getByRole('alert').filter({ hasText: '“Save Up or down” did not work' });
    await told.getByText('The server is busy. Not now.').waitFor();
    expect(page.url()).toMatch(/compose$/);
    await page.getByRole('link', { name: 'Event types' }).click();
    await page.getByRole('link', { name: 'Uptime changed' }).click();
    await expect.poll(() => page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('Up or down');
    await page.getByRole('button', { name: 'Discard changes' }).click();
    admin.expectNoOffence();
  });

  test('is saved, deleted and had back without taking anybody from the one that they write by then', async () => {
    const texts = { template: 'Slow.', fallback: 'Slow.', priority: 'NORMAL', sampleContext: {} } as const;
    for (const key of ['first', 'second'])
      await desk.admin.run(SaveEventTypeDocument, {
        input: { workspaceId: 'types', key: `slow.${key}`, title: `The ${key}`, ...texts },
      });
    const page = await admin.visit({ workspaceId: 'types', path: '/event-types/slow.first' });
    const template = page.getByRole('textbox', { name: 'Template' });
    const goOn = async (words: string): Promise<void> => {
      await page.getByRole('link', { name: '← Event types' }).click();
      await page.getByRole('link', { name: 'The second' }).click();
      await page.getByRole('heading', { name: 'The second' }).waitFor();
      await template.fill(words);
    };
    const undo = async (done: string): Promise<void> => {
      await page.getByRole('alert').filter({ hasText: done }).getByRole('button', { name: 'Undo' }).click();
      const told = page.getByRole('alert').filter({ hasText: 'The first is as it was.' });
      await told.getByRole('button').click();
      await told.waitFor({ state: 'detached' });
    };
    await template.fill('Slower.');
    const save = await hold(page, 'SaveEventType');
    await page.getByRole('button', { name: 'Save' }).click();
    await goOn('while it was saved');
    save();
    await undo('The first is saved');
    expect(await template.inputValue()).toBe('while it was saved');
    await page.getByRole('link', { name: '← Event types' }).click();
    await page.getByRole('link', { name: 'The first' }).click();
    const remove = await hold(page, 'DeleteEventType');
    await page.getByRole('button', { name: 'Delete' }).click();
    await goOn('while it was deleted');
    remove();
    await undo('The first is deleted');
    expect(await template.inputValue()).toBe('while it was deleted');
    expect(page.url()).toMatch(/event-types\/slow.second$/);
    admin.expectNoOffence();
  });

  test('can have any key that the API takes', async () => {
    const texts = {
      title: 'News',
      template: 'News.',
      fallback: 'News.',
      priority: 'NORMAL',
      sampleContext: {},
    } as const;
    await desk.admin.run(SaveEventTypeDocument, { input: { workspaceId: 'types', key: 'new', ...texts } });
    const page = await admin.visit({ workspaceId: 'types', path: '/event-types' });
    await page.getByRole('link', { name: 'News' }).click();
    await page.getByRole('heading', { name: 'News' }).waitFor();
    await page.getByRole('button', { name: 'Delete' }).waitFor();
  });

  test('says where its template is wrong, and keeps what was typed', async () => {
    const page = await admin.visit({ workspaceId: 'types', path: '/event-types/audit_complete' });
    await page.getByRole('link', { name: 'Make one like it' }).click();
    await page.getByLabel(/^Key/).fill('audit.mine');
    await page.getByRole('textbox', { name: 'Template' }).fill('{{ website_name');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('INVALID_TEMPLATE').waitFor();
    expect(await page.getByRole('textbox', { name: 'Template' }).inputValue()).toBe('{{ website_name');
  });

  test('has what was typed and not saved until it is saved, discarded or its writer signs out', async () => {
    const texts = { template: 'Kept.', fallback: 'Kept.', priority: 'NORMAL', sampleContext: {} } as const;
    const input = { workspaceId: 'types', key: 'kept.type', title: 'Kept', ...texts };
    await desk.admin.run(SaveEventTypeDocument, { input });
    const page = await admin.visit({ workspaceId: 'types', path: '/event-types' });
    const template = page.getByRole('textbox', { name: 'Template' });
    const save = page.getByRole('button', { name: 'Save' });
    const discard = page.getByRole('button', { name: 'Discard changes' });
    const reload = async (): Promise<string> => {
      await page.reload();
      return template.inputValue();
    };
    await page.getByRole('link', { name: 'Kept' }).click();
    await template.fill('Typed.');
    expect(await reload()).toBe('Typed.');
    await page.goBack();
    await page.getByRole('link', { name: 'New event type' }).click();
    expect(await template.inputValue()).not.toBe('Typed.');
    await page.goBack();
    await page.goForward();
    await page.goBack();
    await page.getByRole('link', { name: 'Kept' }).click();
    expect(await template.inputValue()).toBe('Typed.');
    await save.click();
    await page.getByText('Kept is saved').waitFor();
    expect(await discard.count()).toBe(0);
    await desk.admin.run(SaveEventTypeDocument, { input });
    expect(await reload()).toBe('Kept.');
    await template.fill('Typed again.');
    await discard.click();
    expect([await template.inputValue(), await focused(page)]).toEqual(['Kept.', 'Kept']);
    expect(await save.isDisabled()).toBe(true);
    expect(await reload()).toBe('Kept.');
    await template.fill('Typed for the next person.');
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel(/^Token/).fill(await world.token('admin-of-types', { types: 'ADMIN' }));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Kept' }).waitFor();
    expect(await template.inputValue()).toBe('Kept.');
    admin.expectNoOffence();
  });

  test('shows no preview of what was typed before while its sample context is not legible', async () => {
    const page = await admin.visit({ workspaceId: 'types', path: '/event-types/+new' });
    const rendered = page.getByText('The audit of example.com found 3 issues.');
    await rendered.waitFor();
    await page.getByLabel('Sample context').fill('{ "website": ');
    await page.getByText('The sample context is not a JSON object').waitFor();
    await rendered.waitFor({ state: 'detached' });
    await page.getByLabel('Sample context').fill('{ "website": "example.org", "issues": 2 }');
    await page.getByText('The audit of example.org found 2 issues.').waitFor();
  });

  test('never takes the place of one that is there already', async () => {
    const page = await admin.visit({ workspaceId: 'types', path: '/event-types/+new' });
    await page.getByLabel(/^Key/).fill('uptime.changed');
    await page.getByText('There is an event type with this key already').waitFor();
    expect(await page.getByRole('button', { name: 'Create' }).isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'Open it' }).click();
    await page.getByRole('heading', { name: 'Uptime changed' }).waitFor();
  });
});
