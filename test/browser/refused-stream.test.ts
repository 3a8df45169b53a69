import type { Page, WebSocketRoute } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest';
import { AdminBrowser, asks, hasChromium } from '../support/admin-browser.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';

let world: World;
let desk: Desk;
let admin: AdminBrowser;

interface Frame {
  readonly id?: string;
  readonly type: string;
  readonly payload?: {
    readonly query?: string;
    readonly variables?: { readonly notificationId?: string; readonly after?: string };
  };
}

const BUSY = { errors: [{ message: 'slow', extensions: { code: 'SERVICE_UNAVAILABLE' } }] };

const refusal = (id: string, code: string): string =>
  JSON.stringify({ id, type: 'error', payload: [{ message: 'Not now.', extensions: { code } }] });

interface Refused {
  readonly path?: string;
  readonly code: string;
  /** How often; without it, for as long as it asks from the place that it first asked from. */
  readonly times?: number;
  /** Instead of the stream of all deliveries, that of the opened notification. */
  readonly notificationId?: string;
  readonly prepare?: (page: Page) => Promise<void>;
  /** Once it is refused no more. */
  readonly onFollowed?: () => void;
}

/** A page whose subscription to deliveries is refused with that code. */
const openRefused = async ({ path = '', code, times, notificationId, ...on }: Refused): Promise<Page> => {
  const token = await world.token('admin-of-refused', { refused: 'ADMIN' });
  const page = await admin.newPage();
  let refused = 0;
  let place: string | undefined;
  const meet = (socket: WebSocketRoute): void => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const { id, type, payload } = JSON.parse(String(message)) as Frame;
      const isDeliveries = type === 'subscribe' && payload?.query?.includes('deliveryStatusChanged') === true;
      if (!isDeliveries || payload.variables?.notificationId !== notificationId) return server.send(message);
      const { after } = payload.variables ?? {};
      place ??= after;
      if (times === undefined ? after !== place : refused === times) {
        on.onFollowed?.();
        return server.send(message);
      }
      refused += 1;
      return socket.send(refusal(id ?? '', code));
    });
  };
  await page.routeWebSocket(/\/graphql$/, meet);
  await on.prepare?.(page);
  await page.goto(`${world.url}/admin/w/refused${path}#token=${token}`);
  return page;
};

/** That operation fails, but for its first `after` times, for so many times. */
const fails = async (page: Page, operation: string, after: number, times: number): Promise<void> => {
  let asked = 0;
  await page.route('**/graphql', async (route) => {
    if (asks(route, operation)) asked += 1;
    const isMeant = asks(route, operation) && asked > after && asked <= after + times;
    return isMeant ? route.fulfill({ json: BUSY }) : route.fallback();
  });
};

describe.runIf(hasChromium)('a stream that was refused', () => {
  beforeAll(async () => {
    world = await World.start({ env: UNPACED });
    desk = await openDesk(world, 'refused');
    await accepted(desk.admin, desk.message({ text: 'the first one' }));
    admin = await AdminBrowser.open(world);
  });
  afterEach(() => admin.expectNoOffence());
  afterAll(async () => {
    await admin?.close();
    await world?.stop();
  });

  test('because its cursor is too old is followed from a new one: the overview', async () => {
    const page = await openRefused({ code: 'CURSOR_EXPIRED', times: 1 });
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
    const page = await openRefused({
      path: `/notifications?n=${id}`,
      code: 'CURSOR_EXPIRED',
      times: 1,
      notificationId: id,
    });
    const drawer = page.getByRole('dialog', { name: 'Notification' });
    await drawer.getByText('Queued').first().waitFor();
    await world.database.query(`update notifications set due_at = now() where id = $1`, [id]);
    await accepted(desk.admin, desk.message({ text: 'wakes the queue' }));
    // The list's stream changes the status; only its own brings its story.
    await drawer.getByLabel('What happened').getByText('Delivered').waitFor();
  });

  test('because its cursor is too old is followed from a new one although today cannot be counted', async () => {
    const followed = Promise.withResolvers<void>();
    const page = await openRefused({
      code: 'CURSOR_EXPIRED',
      prepare: (opened) => fails(opened, 'Stats', 0, 1_000),
      onFollowed: followed.resolve,
    });
    await page.getByRole('list', { name: 'Latest' }).waitFor();
    await accepted(desk.admin, desk.message({ text: 'moves the place on' }));
    await followed.promise;
    await accepted(desk.admin, desk.message({ text: 'while nothing was counted' }));
    await page.getByRole('list', { name: 'Latest' }).getByText('while nothing was counted').waitFor();
  });

  test('because its cursor is too old is followed although the list could not be read anew at once', async () => {
    const followed = Promise.withResolvers<void>();
    const page = await openRefused({
      path: '/notifications',
      code: 'CURSOR_EXPIRED',
      times: 2,
      prepare: (opened) => fails(opened, 'NotificationHistory', 1, 1),
      onFollowed: followed.resolve,
    });
    await followed.promise;
    await page.getByRole('list', { name: 'Notifications' }).waitFor();
    await accepted(desk.admin, desk.message({ text: 'after the list lost its place' }));
    await page.getByRole('button', { name: '1 new' }).waitFor();
  });

  test('for good is told, instead of showing for ever what is no longer true', async () => {
    const page = await openRefused({ code: 'FORBIDDEN', times: 1 });
    const notice = page.getByRole('alert').filter({ hasText: 'Live updates have ended' });
    await notice.getByText('Not now. Reload the page').waitFor();
  });

  test('because the server was busy is said, tried again, and misses nothing', async () => {
    const page = await openRefused({ code: 'SERVICE_UNAVAILABLE', times: 2 });
    await page.getByText('Offline.').waitFor();
    await accepted(desk.admin, desk.message({ text: 'while it was refused' }));
    await page.getByRole('list', { name: 'Latest' }).getByText('while it was refused').waitFor();
    await page.getByText('Offline.').waitFor({ state: 'detached' });
  });
});
