import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../src/live/cursor.policy.ts';
import type { Caller, GraphQLFailure } from '../support/caller.ts';
import type { StatusFeed } from '../support/status-feed.ts';
import { moveToAnotherCluster } from '../support/log-epochs.ts';
import { LogWriter } from '../support/log-writer.ts';
import { World } from '../support/world.ts';

const WORKSPACE = 'retention';
const DAY_MS = 86_400_000;

let world: World;
let admin: Caller;
let writer: LogWriter;
beforeAll(async () => {
  // The history ends before the reach of a cursor would.
  world = await World.start({ env: { HELIOGRAPH_ROLE: 'api', HISTORY_DAYS: '2', STATUS_LOG_DAYS: '7' } });
  admin = await world.as('ana', { [WORKSPACE]: 'ADMIN' });
  writer = new LogWriter(world.database, WORKSPACE);
});
afterAll(() => world.stop());

const cursorOfNow = (): Promise<string> => world.cursorOfNow(admin, WORKSPACE);

/** The same place in the log, as of so long ago. */
const aged = (cursor: string, ageMs: number): string =>
  encodeCursor({ ...decodeCursor(cursor), atMs: Date.now() - ageMs });

const refusal = async (feed: StatusFeed): Promise<unknown> =>
  feed.until(() => false).catch((errors: GraphQLFailure[]) => errors.map(({ extensions }) => extensions.code));

test('a cursor from before the history begins is CURSOR_EXPIRED, whether or not anything was deleted since', async () => {
  const old = aged(await cursorOfNow(), 2 * DAY_MS + 60_000);
  await writer.write(4);
  expect(await refusal(world.follow(admin, { workspaceId: WORKSPACE, after: old }))).toEqual(['CURSOR_EXPIRED']);
  await world.database.query('delete from notifications where workspace_id = $1', [WORKSPACE]);
  expect(await refusal(world.follow(admin, { workspaceId: WORKSPACE, after: old }))).toEqual(['CURSOR_EXPIRED']);
});

test('a cursor that is just younger goes on with everything that came after it', async () => {
  const young = aged(await cursorOfNow(), 2 * DAY_MS - 60_000);
  await writer.write(4);
  const feed = world.follow(admin, { workspaceId: WORKSPACE, after: young });
  await feed.until((changes) => changes.length === 4);
  const marks = (await writer.logged()).map(({ mark }) => mark);
  expect(feed.changes.map(({ notification, to }) => `${notification.id} ${to}`)).toEqual(marks);
  feed.stop();
});

test('who was there all the time is told when the log begins anew on another cluster, though nothing happens there', async () => {
  const start = await cursorOfNow();
  const feed = world.follow(admin, { workspaceId: WORKSPACE, after: start });
  await writer.write(1);
  await feed.until((changes) => changes.length === 1);
  await moveToAnotherCluster(world.database);
  expect(await refusal(feed)).toEqual(['CURSOR_EXPIRED']);
  expect(feed.changes).toHaveLength(1);
  const fresh = world.follow(admin, { workspaceId: WORKSPACE, after: await cursorOfNow() });
  await writer.write(1);
  await fresh.until((changes) => changes.length === 1);
  fresh.stop();
});
