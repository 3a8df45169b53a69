import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../src/access/viewer.ts';
import { HistoryIdsDocument, type NotificationFilter } from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import { COMMON, fillHistory, RARE } from '../support/history-fill.ts';
import { World } from '../support/world.ts';

const workspaceId = 'searched';
/** So many newest are looked through before the index of words is asked. */
const WALK = 2000;
const ROWS = 3 * WALK;
const PAGE = 100;

interface Row {
  readonly id: string;
  readonly created_at: Date;
  readonly words: readonly string[] | null;
  readonly channel_id: string;
  readonly event_type: string | null;
  readonly failure_code: string | null;
  readonly identity_kind: string;
  readonly requested_by: string;
  readonly selected_by: string | null;
}

let world: World;
/** Newest first. */
let rows: readonly Row[];
beforeAll(async () => {
  world = await World.start({ env: { HELIOGRAPH_ROLE: 'api' } });
  await fillHistory(world.database, { workspaceId, rows: ROWS, rareEvery: ROWS / 10 });
  rows = await world.database.query<Row>(
    `select n.*, w.words from notifications n left join notification_words w on w.notification_id = n.id
     order by n.created_at desc, n.id desc`,
  );
});
afterAll(() => world.stop());

const found = async (caller: Caller, filter: NotificationFilter): Promise<string[]> => {
  const { notificationHistory } = await caller.run(HistoryIdsDocument, { workspaceId, filter, first: PAGE });
  return notificationHistory.nodes.map(({ id }) => id);
};

const FILTERS: readonly (readonly [NotificationFilter, (row: Row) => boolean])[] = [
  [{}, () => true],
  [{ channelId: RARE.channelId }, (row) => row.channel_id === RARE.channelId],
  [{ channelId: COMMON.channelId }, (row) => row.channel_id === COMMON.channelId],
  [{ channelId: 'C0CHANNEL3' }, (row) => row.channel_id === 'C0CHANNEL3'],
  [{ eventTypes: [RARE.eventType] }, (row) => row.event_type === RARE.eventType],
  [{ requestedBy: COMMON.requestedBy }, (row) => row.requested_by === COMMON.requestedBy],
  [{ failureCode: COMMON.failureCode }, (row) => row.failure_code === COMMON.failureCode],
];

const WORDS = [RARE.word, COMMON.word, 'even', 'yesteryear', 'site7', 'nowhere'];

test.each<[string, Role, string]>([
  ['an admin', 'ADMIN', 'ana'],
  ['a member', 'MEMBER', 'nobody'],
  ['who requested what is rare', 'MEMBER', RARE.requestedBy],
])('%s finds all that they may see, whether it is among the newest or not', async (_who, role, userId) => {
  const caller = await world.as(userId, { [workspaceId]: role });
  const isVisible = (row: Row): boolean =>
    role === 'ADMIN' || row.identity_kind === 'WORKSPACE_BOT' || [row.requested_by, row.selected_by].includes(userId);
  for (const [filter, holds] of FILTERS)
    for (const search of WORDS) {
      const wanted = rows.filter((row) => row.words?.includes(search) && isVisible(row) && holds(row));
      const ids = wanted.slice(0, PAGE).map(({ id }) => id);
      const context = { ...filter, search };
      expect({ context, ids: await found(caller, context) }).toEqual({ context, ids });
    }
});

test.each([WALK - 1, WALK, WALK + 1, WALK + 2])('the last of %i is found', async (place) => {
  const caller = await world.as('ana', { [workspaceId]: 'ADMIN' });
  const last = rows[place - 1];
  const search = last?.words?.find((word) => word.startsWith('ref')) ?? '';
  const createdSince = last?.created_at.toISOString() ?? null;
  expect(await found(caller, { search, createdSince })).toEqual([last?.id]);
});
