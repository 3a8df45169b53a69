import type { Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { AdminBrowser, hasChromium } from '../support/admin-browser.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;
let admin: AdminBrowser;

interface Frame {
  readonly id?: string;
  readonly type: string;
  readonly payload?: { readonly query?: string; readonly variables?: { readonly notificationId?: string } };
}

const refusal = (id: string, code: string): string =>
  JSON.stringify({ id, type: 'error', payload: [{ message: 'Not now.', extensions: { code } }] });

/** A page whose first subscriptions to deliveries, or to those of the opened notification, are refused with that code. */
const openRefused = async (path: string, code: string, times: number, notificationId?: string): Promise<Page> => {
  const token = await world.token('admin-of-refused', { refused: 'ADMIN' });
  const page = await admin.newPage();
  let left = times;
  const meet = (socket: WebSocketRoute): void => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const { id, type, payload } = JSON.parse(String(message)) as Frame;
      const isDeliveries = type === 'subscribe' && payload?.query?.includes('deliveryStatusChanged') === true;
      const isMeant = isDeliveries && payload.variables?.notificationId === notificationId;
      if (!isMeant || left === 0) return server.send(message);
      left -= 1;
      return socket.send(refusal(id ?? '', code));
    });
  };
  await page.routeWebSocket(/\/graphql$/, meet);
  await page.goto(`${world.url}/admin/w/refused${path}#token=${token}`);
  return page;
};

describe.runIf(hasChromium)('a stream that was refused', () => {
  beforeAll(async () => {
    world = await World.start({ env: UNPACED });
    desk = await openDesk(world, 'refused');
    await accepted(desk.admin, desk.message({ text: 'the first one' }));
    admin = await AdminBrowser.open(world);
  });
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test('because its cursor is too old is followed from a new one: the overview', async () => {
    const page = await openRefused('', 'CURSOR_EXPIRED', 1);
    const latest = page.getByRole('list', { name: 'Latest' });
    await latest.getByText('the first one').waitFor();
    await accepted(desk.admin, desk.message({ text: 'after the overview lost its place' }));
    await latest.getByText('after the overview lost its place').waitFor();
  });

  test('because its cursor is too old is followed from a new one: an opened notification', async () => {
    const { id } = await accepted(
      desk.admin,
      desk.message({ text: 'waits for its time', scheduledFor: '2090-01-01T00:00:00Z' }),
    );
    const page = await openRefused(`/notifications?n=${id}`, 'CURSOR_EXPIRED', 1, id);
    const drawer = page.getByRole('dialog', { name: 'Notification' });
    await drawer.getByText('Queued').first().waitFor();
    await world.database.query(`update notifications set due_at = now() where id = $1`, [id]);
    await accepted(desk.admin, desk.message({ text: 'wakes the queue' }));
    // The list's stream changes the status; only its own brings its story.
    await drawer.getByLabel('What happened').getByText('Delivered').waitFor();
  });

  test('because the server was busy is said, tried again, and misses nothing', async () => {
    const page = await openRefused('', 'SERVICE_UNAVAILABLE', 2);
    await page.getByText('Offline.').waitFor();
    await accepted(desk.admin, desk.message({ text: 'while it was refused' }));
    await page.getByRole('list', { name: 'Latest' }).getByText('while it was refused').waitFor();
    await page.getByText('Offline.').waitFor({ state: 'detached' });
  });
});
