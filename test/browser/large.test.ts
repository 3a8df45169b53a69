import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdminBrowser, hasChromium } from '../support/admin-browser.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { World } from '../support/world.ts';

const CHANNELS = 20_000;
const NOTIFICATIONS = 100_000;
const TEAM = 'T0LARGE';

let world: World;
let desk: Desk;
let admin: AdminBrowser;

const insertNotifications = (): Promise<unknown> =>
  world.database.query(`do $$ begin
    perform set_config('session_replication_role', 'replica', true);
    insert into notifications (id, workspace_id, status, priority, text, requested_by, posted_as, team_id, channel_id,
      channel_name, identity_id, created_at, expires_at, finished_at)
    select gen_random_uuid(), 'large', 'DELIVERED', 1, 'number ' || number, 'admin-of-large', 'heliograph', '${TEAM}',
      'C0LARGE0001', 'somewhere', '${desk.bot.id}', now() - number * interval '1 second', now(), now()
    from generate_series(1, ${NOTIFICATIONS}) as number;
    analyze notifications;
  end $$`);

/** The bot's listing in the hands of a process that has come this far: Slack's limits would make it take a minute. */
const insertListing = (ids: readonly string[]): Promise<unknown> =>
  world.database.query(
    `with directory as (
      insert into channel_directories (credential_id, requested_at, syncing_until, generation, run_types, run_pages,
        run_conversations)
      select credential_id, now() - interval '1 minute', now() + interval '1 hour', 1, array['PUBLIC'], 1, ${CHANNELS}
      from connections where id = $1 returning credential_id
    )
    insert into channels (credential_id, id, name, type, is_archived, is_member, is_shared, is_read_only, generation)
    select credential_id, id, 'channel-' || number, 'PUBLIC', false, true, false, false, 1
    from directory, unnest($2::text[]) with ordinality as listed (id, number)`,
    [desk.connection.id, [...ids]],
  );

const completeListing = (): Promise<unknown> =>
  world.database.query(
    `update channel_directories set requested_at = null, syncing_until = null, run_pages = 0, run_conversations = 0,
      synced_at = now(), synced_types = array['PUBLIC', 'PRIVATE', 'GROUP_DM', 'DM'], synced_conversations = ${CHANNELS}`,
  );

describe.runIf(hasChromium)('what is large', () => {
  beforeAll(async () => {
    world = await World.start();
    const ids = await world.slack.addTeam(TEAM, CHANNELS);
    desk = await openDesk(world, 'large', TEAM);
    await insertNotifications();
    await insertListing(ids);
    await world.database.query('analyze channels');
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test(
    `the list of ${NOTIFICATIONS} notifications loads pages, and only what is seen is drawn`,
    { timeout: 60_000 },
    async () => {
      const page = await admin.visit({ workspaceId: 'large', path: '/notifications' });
      for (let pages = 1; pages <= 10; pages += 1) {
        await page.getByText(`number ${pages * 50}`, { exact: true }).waitFor({ state: 'attached' });
        expect(await page.getByRole('listitem').count()).toBe(pages * 50);
        await page.getByRole('button', { name: 'Show older' }).click();
      }
      const layouts = await page.evaluate<number>(`(() => {
      const rows = [...document.querySelectorAll('li')];
      return rows.filter((row) => row.firstElementChild.checkVisibility({ contentVisibilityAuto: true })).length;
    })()`);
      expect(layouts).toBeGreaterThan(0);
      expect(layouts).toBeLessThan(200);
      await page.getByText('number 7', { exact: true }).click();
      await page.getByRole('dialog', { name: 'Notification' }).getByText('number 7').first().waitFor();
      admin.expectNoOffence();
    },
  );

  test(
    `the picker finds one of ${CHANNELS} channels, and says when the list is complete`,
    { timeout: 60_000 },
    async () => {
      const page = await admin.visit({ workspaceId: 'large', path: '/identity' });
      await page.getByRole('button', { name: /^Post as/ }).click();
      await page.getByText('more will appear').waitFor();
      await completeListing();
      await page.getByText('The list is complete').waitFor();
      const [last] = await world.database.query<{ name: string }>(
        'select name from channels order by name desc limit 1',
      );
      const name = last?.name ?? '';
      await page.keyboard.type(name);
      const option = page.locator('[data-combobox-selected]', { hasText: name });
      await option.getByText(/can post|needs an invite/).waitFor();
      expect(await page.getByRole('option').count()).toBeLessThanOrEqual(51);
      await page.keyboard.press('Enter');
      await page.getByText(`Messages go to #${name} by default.`).waitFor();
    },
  );
});
