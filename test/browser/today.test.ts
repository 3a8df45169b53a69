import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdminBrowser, asks, hasChromium, refuse } from '../support/admin-browser.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Of yesterday: one day in every zone that is tested, whenever the test runs. */
const NOON = new Date(Date.now() - DAY_MS).setUTCHours(12, 0, 0, 0);

let world: World;
let desk: Desk;
let admin: AdminBrowser;

const openOverview = async (timezoneId: string, at = NOON): Promise<Page> => {
  const token = await world.token('admin-of-today', { today: 'ADMIN' });
  const page = await admin.newPage({ timezoneId });
  await page.clock.install({ time: at });
  await page.goto(`${world.url}/admin/w/today#token=${token}`);
  return page;
};

/** One change, which the overview is read again for. */
const changeOnce = async (text: string): Promise<void> => {
  await accepted(desk.admin, desk.message({ text, scheduledFor: '2090-01-01T00:00:00Z' }));
};

/** Where the day begins with that hour. */
const zoneOf = (hour: number): string => {
  const hours = new Date(hour).getUTCHours();
  if (hours === 0) return 'Etc/UTC';
  // These names count westwards.
  return hours <= 12 ? `Etc/GMT+${hours}` : `Etc/GMT-${24 - hours}`;
};

describe.runIf(hasChromium)('today, as the overview has it,', () => {
  beforeAll(async () => {
    world = await World.start({ env: UNPACED });
    desk = await openDesk(world, 'today');
    const feed = await world.followFromNow(desk.admin, 'today');
    const { id } = await accepted(desk.admin, desk.message({ text: 'of today' }));
    await feed.untilAtRest(id);
    feed.stop();
    const sentAt = new Date(NOON - 60_000).toISOString();
    await world.database.query(`update notifications set created_at = $1 where id = $2`, [sentAt, id]);
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test('is another day after midnight, without a reload', { timeout: 40_000 }, async () => {
    const page = await openOverview('Etc/UTC', NOON - DAY_MS);
    await page.getByRole('img', { name: /^Today per hour/ }).waitFor();
    const midnight = new Date(new Date(NOON).setUTCHours(0, 0, 0, 0)).toISOString();
    const asked = page.waitForRequest((request) => request.postDataJSON()?.variables?.since === midnight);
    await page.clock.fastForward(DAY_MS);
    await asked;
    await page.locator(`a[href*="statuses=FAILED&createdSince=${midnight.slice(0, 16)}"]`).waitFor();
    await page.getByRole('img', { name: /^Today per hour: 1 delivered/ }).waitFor();
  });

  test.each(['Asia/Kolkata', 'Asia/Kathmandu', 'America/St_Johns'])(
    'counts what was sent where hours are not those of UTC: %s',
    async (timezoneId) => {
      const page = await openOverview(timezoneId);
      await page.getByRole('img', { name: /^Today per hour: 1 delivered.*at most 1 in an hour/ }).waitFor();
    },
  );

  test('leads to what it has counted, in an address that means the same in every zone', async () => {
    // In the hour of UTC in which the day begins in India, and before it does.
    const [sentAt, later] = [new Date(NOON - DAY_MS).setUTCHours(18, 10), new Date(NOON - DAY_MS).setUTCHours(18, 15)];
    const date = new Date(sentAt).toISOString().slice(0, 10);
    await world.database.query(`update notifications set created_at = $1`, [new Date(sentAt).toISOString()]);
    const page = await openOverview('Asia/Kolkata');
    await page.locator('a[href*="statuses=DELIVERED"]').filter({ hasText: '1' }).click();
    await page.getByText('of today').waitFor();
    await page.getByRole('button', { name: 'Filters' }).click();
    const since = page.getByLabel('Sent since');
    expect(await since.inputValue()).toBe(`${date}T23:30`);
    await since.fill(`${date}T23:45`);
    await since.press('Enter');
    await page.getByText('Nothing fits these filters').waitFor();
    const address = new URL(page.url());
    expect(address.searchParams.get('createdSince')).toBe(new Date(later).toISOString());
    const elsewhere = await openOverview('America/New_York');
    await elsewhere.goto(page.url());
    await elsewhere.getByText('Nothing fits these filters').waitFor();
    await elsewhere.getByRole('button', { name: 'Filters' }).click();
    expect(await elsewhere.getByLabel('Sent since').inputValue()).toMatch(/T1[34]:15$/);
  });

  test('is empty, and no error, where the browser is ahead at midnight', async () => {
    const midnight = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;
    const page = await openOverview(zoneOf(midnight), midnight + 1_000);
    await page.getByRole('img', { name: /^Today per hour: 0 delivered/ }).waitFor();
  });

  test('stays in sight while it cannot be read, and is read again without being asked for', async () => {
    const page = await openOverview('Etc/UTC');
    const chart = page.getByRole('img', { name: /^Today per hour/ });
    const latest = page.getByRole('list', { name: 'Latest' });
    const troubles = page.getByRole('alert').filter({ hasText: 'The server is busy' });
    await chart.waitFor();
    await latest.waitFor();
    const answerStats = await refuse(page, 'Stats');
    const answerLatest = await refuse(page, 'LatestNotifications');
    await changeOnce('while nothing can be read');
    await troubles.nth(1).waitFor();
    expect([await chart.count(), await latest.getByText('of today').count()]).toEqual([1, 1]);
    await answerStats();
    await answerLatest();
    await latest.getByText('while nothing can be read').waitFor();
    await troubles.first().waitFor({ state: 'detached' });
  });

  test('is read again where a question is never answered', async () => {
    const page = await openOverview('Etc/UTC');
    await page.getByRole('img', { name: /^Today per hour/ }).waitFor();
    const asked = Promise.withResolvers<void>();
    const askedAgain = Promise.withResolvers<void>();
    let questions = 0;
    await page.route('**/graphql', async (route) => {
      if (!asks(route, 'Stats')) return route.fallback();
      questions += 1;
      if (questions === 1) return asked.resolve();
      askedAgain.resolve();
      return route.fallback();
    });
    await changeOnce('of which no count was answered');
    await asked.promise;
    await page.clock.fastForward(40_000);
    await askedAgain.promise;
  });
});
