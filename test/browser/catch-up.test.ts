import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SaveEventTypeDocument } from '../generated/graphql.ts';
import { AdminBrowser, hasChromium } from '../support/admin-browser.ts';
import { joinAsPerson, openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { startServer } from '../support/processes.ts';
import { World } from '../support/world.ts';

let world: World;
let desk: Desk;
let admin: AdminBrowser;

const goAway = async (page: Page): Promise<void> => {
  await world.servers[0]?.stop();
  await page.getByText('Offline.').waitFor();
};
const comeBack = async (page: Page): Promise<void> => {
  world.servers[0] = await startServer({ ...world.env, PORT: new URL(world.url).port });
  await page.getByText('Offline.').waitFor({ state: 'detached' });
};

describe.runIf(hasChromium)('what somebody else changes', () => {
  beforeAll(async () => {
    world = await World.start({ env: UNPACED });
    desk = await openDesk(world, 'shared');
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test('a person who authorizes and a team that is connected appear on the open page', async () => {
    const page = await admin.visit({ workspaceId: 'shared', path: '/connections' });
    await page.getByRole('heading', { name: 'People who post as themselves' }).waitFor();
    await joinAsPerson(world, desk, 'ben', await world.slack.somebodyOf('T0ACME'));
    await page.getByText('ben · authorized').waitFor();
    await openDesk(world, 'shared', 'T0GLOBEX');
    await page.getByText('T0GLOBEX').waitFor();
    admin.expectNoOffence();
  });

  test('what changed while the server was away is shown once it is back', { timeout: 60_000 }, async () => {
    const page = await admin.visit({ workspaceId: 'shared', path: '/event-types' });
    await page.getByRole('heading', { name: 'Event types' }).waitFor();
    await goAway(page);
    const elsewhere = await world.as('admin-of-shared', { shared: 'ADMIN' }, await world.addServer());
    const { saveEventType } = await elsewhere.run(SaveEventTypeDocument, {
      input: {
        workspaceId: 'shared',
        key: 'made.elsewhere',
        title: 'Made elsewhere',
        template: 'An audit has finished.',
        fallback: 'An audit has finished.',
        priority: 'NORMAL',
        sampleContext: {},
      },
    });
    expect(saveEventType.userErrors).toEqual([]);
    await comeBack(page);
    await page.getByText('Made elsewhere').first().waitFor();
  });
});
