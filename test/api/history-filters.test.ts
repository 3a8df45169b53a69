import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  HistoryIdsDocument,
  type NotificationFilter,
  type HistoryIdsQuery,
  type Priority,
} from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import {
  CHANNELS,
  EVENT_TYPES,
  isVisibleTo,
  makeRandomHistory,
  VOCABULARY,
  WEBSITES,
  type HistoricRow,
  type RandomHistory,
} from '../support/random-history.ts';
import { chanceOf, type Chance } from '../support/seeded.ts';
import { World } from '../support/world.ts';

const chance = chanceOf('history filters');
const EACH = 70;
const QUERIES = 100;

let world: World;
let history: RandomHistory;
beforeAll(async () => {
  world = await World.start({ env: { HELIOGRAPH_ROLE: 'api' }, simulator: { seed: chance.seed } });
  history = await makeRandomHistory(world, chance, 'random', EACH);
  // Another workspace with the same words, channels and people.
  await makeRandomHistory(world, chance, 'beside', 20);
});
afterAll(() => world.stop());

const RANKS: readonly Priority[] = ['LOW', 'NORMAL', 'HIGH', 'URGENT'];
const millis = (time: unknown): number => new Date(time as string).getTime();
const words = (search: string): string[] => search.toLowerCase().split(' ');

/** Each filter said once more, as plainly as it can be. */
const HOLDS: {
  [Name in keyof Required<NotificationFilter>]: (
    row: HistoricRow,
    given: NonNullable<NotificationFilter[Name]>,
  ) => boolean;
} = {
  statuses: (row, given) => given.includes(row.status),
  eventTypes: (row, given) => row.event_type !== null && given.includes(row.event_type),
  channelId: (row, given) => row.channel_id === given,
  identityId: (row, given) => row.identity_id === given,
  connectionId: (row, given) => row.connection_id === given,
  websiteId: (row, given) => row.website_id === given,
  requestedBy: (row, given) => row.requested_by === given,
  selectedBy: (row, given) => row.selected_by === given,
  priority: (row, given) => RANKS[row.priority] === given,
  failureCode: (row, given) => row.failure_code === given,
  createdSince: (row, given) => row.created_at.getTime() >= millis(given),
  createdUntil: (row, given) => row.created_at.getTime() < millis(given),
  search: (row, given) => words(given).every((word) => row.words.includes(word)),
  idempotencyKey: (row, given) => row.idempotency_key === given,
};
const NAMES = Object.keys(HOLDS) as (keyof NotificationFilter)[];

/** A value that some rows have, and now and then one that none has. */
const valueFor = (name: keyof NotificationFilter, { rows }: RandomHistory, random: Chance): unknown => {
  const row = random.pick(rows);
  const several = <T>(values: readonly T[]): T[] =>
    Array.from({ length: random.between(0, 3) }, () => random.pick(values));
  switch (name) {
    case 'statuses':
      return several(rows).map(({ status }) => status);
    case 'eventTypes':
      return several([...EVENT_TYPES, 'none']);
    case 'channelId':
      return random.pick([...CHANNELS, 'C0NONE']);
    case 'identityId':
      return row.identity_id ?? 'none';
    case 'connectionId':
      return row.connection_id ?? 'none';
    case 'websiteId':
      return random.pick([...WEBSITES, 'none']);
    case 'requestedBy':
      return row.requested_by;
    case 'selectedBy':
      return row.selected_by ?? 'nobody';
    case 'priority':
      return random.pick(RANKS);
    case 'failureCode':
      return row.failure_code ?? 'INTERNAL';
    case 'createdSince':
    case 'createdUntil':
      return row.created_at.toISOString();
    case 'search':
      return random.next() < 0.2
        ? random.pick(row.words)
        : several(VOCABULARY).concat(random.pick(VOCABULARY)).join(' ');
    case 'idempotencyKey':
      return row.idempotency_key ?? 'no-such-key';
  }
};

const expected = (caller: Caller, filter: NotificationFilter): string[] => {
  const given = NAMES.filter((name) => filter[name] !== undefined);
  return history.rows
    .filter((row) => isVisibleTo(caller, history.members.includes(caller), row))
    .filter((row) => given.every((name) => HOLDS[name](row, filter[name] as never)))
    .map(({ id }) => id);
};

/** Every page of it. */
const listed = async (caller: Caller, filter: NotificationFilter, first: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let after: string | null = null; ;) {
    const page: Page = await pageOf(caller, filter, first, after);
    ids.push(...page.nodes.map(({ id }) => id));
    if (!page.pageInfo.hasNextPage) return ids;
    expect(page.nodes).toHaveLength(first);
    after = page.pageInfo.endCursor ?? null;
  }
};

type Page = HistoryIdsQuery['notificationHistory'];

const pageOf = async (
  caller: Caller,
  filter: NotificationFilter,
  first: number,
  after: string | null,
): Promise<Page> => {
  const variables = { workspaceId: history.workspaceId, filter, first, after };
  return (await caller.run(HistoryIdsDocument, variables)).notificationHistory;
};

const callers = (): Caller[] => [history.admin, history.service, ...history.members];

test('the history that is asked for has something of everything', () => {
  expect(new Set(history.rows.map(({ status }) => status)).size).toBe(7);
  expect(new Set(history.rows.map(({ identity_kind }) => identity_kind)).size).toBe(3);
  expect(new Set(history.rows.map(({ connection_id }) => connection_id)).size).toBe(3);
  expect(new Set(history.rows.map(({ failure_code }) => failure_code)).size).toBeGreaterThan(4);
});

describe('each filter by itself gives every viewer exactly what it should', () => {
  test.each(NAMES)('%s', async (name) => {
    for (const caller of callers()) {
      const filter = { [name]: valueFor(name, history, chance) };
      const context = `${caller.userId} ${JSON.stringify(filter)}`;
      const wanted = expected(caller, filter);
      expect({ context, found: await listed(caller, filter, 100) }).toEqual({ context, found: wanted });
    }
  });

  test('none', async () => {
    for (const caller of callers()) expect(await listed(caller, {}, 37)).toEqual(expected(caller, {}));
  });
});

test('any filters together, in pages of any size, give every viewer exactly what they should', async () => {
  let hits = 0;
  for (let query = 0; query < QUERIES; query += 1) {
    const caller = chance.pick(callers());
    const share = chance.pick([0.1, 0.2, 0.4]);
    const names = NAMES.filter(() => chance.next() < share);
    const filter: NotificationFilter = Object.fromEntries(names.map((name) => [name, valueFor(name, history, chance)]));
    const context = `${caller.userId} ${JSON.stringify(filter)}`;
    const wanted = expected(caller, filter);
    const found = await listed(caller, filter, chance.between(7, 100));
    expect({ context, found }).toEqual({ context, found: wanted });
    hits += wanted.length > 0 ? 1 : 0;
  }
  // Most combinations exclude each other; it must not be all.
  expect(hits).toBeGreaterThan(QUERIES / 10);
});

describe('search', () => {
  const texts = async (search: string): Promise<number> => (await listed(history.admin, { search }, 100)).length;

  test('in any case, with whatever stands between the words', async () => {
    const plain = await texts('audit complete');
    expect(plain).toBeGreaterThan(0);
    expect(await texts('  COMPLETE — <Audit|…>\n')).toBe(plain);
    expect(await texts('audit complete audit')).toBe(plain);
  });

  test('blank is no condition; what has no word in it finds nothing', async () => {
    expect(await texts('')).toBe(history.rows.length);
    expect(await texts(' \n')).toBe(history.rows.length);
    expect(await texts('—!…')).toBe(0);
  });

  test('a part of a word is not the word', async () => {
    expect(await texts('audit')).toBeGreaterThan(0);
    expect(await texts('audi')).toBe(0);
    expect(await texts('udit')).toBe(0);
  });

  test('more than 1,000 characters are BAD_USER_INPUT', async () => {
    const variables = { workspaceId: history.workspaceId, filter: { search: 'x'.repeat(1001) } };
    expect(await history.admin.failureCodes(HistoryIdsDocument, variables)).toEqual(['BAD_USER_INPUT']);
  });

  test('a cursor of one search is not one of another', async () => {
    const ask = (search: string, after: string | null) =>
      history.admin.send<{ notificationHistory: { pageInfo: { endCursor: string } } }>(HistoryIdsDocument.toString(), {
        workspaceId: history.workspaceId,
        filter: { search },
        first: 1,
        after,
      });
    const { data } = await ask('audit', null);
    const cursor = data?.notificationHistory.pageInfo.endCursor ?? null;
    expect((await ask('audit', cursor)).errors).toBeUndefined();
    expect((await ask('complete', cursor)).errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
  });
});
