import { expect } from 'vitest';
import { entities } from '../../src/entities.ts';
import { HistoryRepository } from '../../src/notifications/history.repository.ts';
import type { HistoryQuery } from '../../src/notifications/history.sql.ts';
import type { HistoryFilter } from '../../src/notifications/notification.entity.ts';
import { NotificationRepository } from '../../src/notifications/notification.repository.ts';
import { StatsRepository } from '../../src/notifications/stats.repository.ts';
import { openDatabase, type Database } from '../../src/platform/database.ts';
import type { UserId, WorkspaceId } from '../../src/platform/ids.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { Secret } from '../../src/platform/secret.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { Explaining, type Explained } from '../support/explained.ts';
import { COMMON, fillHistory, RARE } from '../support/history-fill.ts';
import { report } from '../support/load.ts';
import { lookAtTheRest } from './other-plans.ts';

const WORKSPACE = 'large' as WorkspaceId;
const PAGE = 51;
/** A page of whole rows and the ways to them: some four a row, and more where several kinds and values are merged. */
const MOST_BUFFERS = 600;
/** Deep pages may lie beside other rows; they may not cost more with depth. */
const MOST_AT_DEPTH = 1.2;
const SPARE_BUFFERS = 10;

type Lookup = Partial<HistoryQuery>;

interface Case {
  readonly lookup: Lookup;
  /** The index that it has of its own. */
  readonly index?: string;
}

/** Ways to look, beside the filters that name one thing. */
const LOOKUPS: Readonly<Record<string, Case>> = {
  'no filter': { lookup: {}, index: 'notifications_still' },
  dates: { lookup: { filter: { createdUntil: new Date(Date.now() - 10 * 86_400_000) } }, index: 'notifications_still' },
  'a rare status': { lookup: { filter: { statuses: ['UNCONFIRMED'] } }, index: 'notifications_by_status' },
  'two statuses': { lookup: { filter: { statuses: ['FAILED', 'DELIVERED'] } }, index: 'notifications_by_status' },
  'two event types': {
    lookup: { filter: { eventTypes: [RARE.eventType, COMMON.eventType] } },
    index: 'notifications_by_event_type',
  },
  // Of what is theirs alone, a member's is looked through for a rare value: that is as much as they have.
  'two event types, as a member': {
    lookup: { onlyFor: 'nobody', filter: { eventTypes: [RARE.eventType, COMMON.eventType] } },
    index: 'notifications_by_event_type',
  },
  'two statuses, as a member': {
    lookup: { onlyFor: 'nobody', filter: { statuses: ['FAILED', 'UNCONFIRMED'] } },
    index: 'notifications_by_status',
  },
  'a rare priority': { lookup: { filter: { priority: 3 } }, index: 'notifications_by_priority' },
  'the common priority': { lookup: { filter: { priority: 1 } } },
  'a key': { lookup: { filter: { idempotencyKey: RARE.idempotencyKey } }, index: 'notifications_by_key' },
  'as a member': { lookup: { onlyFor: COMMON.selectedBy }, index: 'notifications_by_selector' },
  'as a member of nothing': { lookup: { onlyFor: 'nobody' }, index: 'notifications_by_identity' },
  'a channel, failed, as a member': {
    lookup: { onlyFor: 'nobody', filter: { channelId: RARE.channelId, statuses: ['FAILED'] } },
    index: 'notifications_by_channel',
  },
};

/** What names one thing, and the index that begins with it. */
export const OWN_INDEX: Readonly<Partial<Record<keyof HistoryFilter, string>>> = {
  channelId: 'notifications_by_channel',
  websiteId: 'notifications_by_website',
  requestedBy: 'notifications_by_requester',
  selectedBy: 'notifications_by_selector',
  identityId: 'notifications_by_identity',
  connectionId: 'notifications_by_identity',
  failureCode: 'notifications_by_failure',
};

const lookups = (): (readonly [string, Case])[] => [
  ...Object.entries(LOOKUPS),
  ...Object.entries(OWN_INDEX).flatMap(([name, index]) => {
    const key = name as keyof typeof RARE & keyof typeof COMMON;
    return [
      [`a rare ${name}`, { lookup: { filter: { [name]: RARE[key] } }, index }] as const,
      // What nearly all have is found as well along the whole history.
      [`a common ${name}`, { lookup: { filter: { [name]: COMMON[key] } } }] as const,
    ];
  }),
];

interface Search {
  readonly words: readonly string[];
  readonly lookup?: Lookup;
  /** Whether the index of words is asked as well, since the newest neither fill a page nor are all. */
  readonly goesFar: boolean;
}

const SEARCHES: Readonly<Record<string, Search>> = {
  'a rare word': { words: [RARE.word], goesFar: true },
  'a word of every text': { words: [COMMON.word], goesFar: false },
  'a word of nobody': { words: ['nowhere'], goesFar: true },
  'a common word with a rare one': { words: [COMMON.word, RARE.word], goesFar: true },
  'a word of every text in a rare channel': {
    words: [COMMON.word],
    lookup: { filter: { channelId: RARE.channelId } },
    goesFar: false,
  },
  'a word of every text as a member who sees nothing': {
    words: [COMMON.word],
    lookup: { onlyFor: 'nobody', filter: { eventTypes: [RARE.eventType] } },
    goesFar: false,
  },
};

/** Hours by kinds: a delivery time is one of some ninety steps, and a page holds about one hour of them. */
const MOST_OF_COUNTS = 3 * 31 * 24;

const isOurs = (table: string): boolean => table.startsWith('notification');

const expectAtMost = (name: string, buffers: number, most: number): void =>
  expect(buffers, `pages read for ${name}`).toBeLessThanOrEqual(most);

/** Asks a large history in every way, and judges what each asks of Postgres. */
class LargeHistory {
  readonly figures: Record<string, string> = {};
  readonly #explaining: Explaining;
  readonly #history = new HistoryRepository();

  constructor(
    readonly database: Database,
    private readonly middle: NonNullable<HistoryQuery['after']>,
  ) {
    this.#explaining = new Explaining(database);
  }

  /** Once for the pages that are read for the first time. */
  async statements(lookup: Lookup): Promise<Explained[]> {
    const nothing = { onlyFor: undefined, filter: {}, words: undefined, after: undefined };
    const query = { ...nothing, workspaceId: WORKSPACE, limit: PAGE, ...lookup };
    const page = this.#history.page(query);
    this.#explaining.plans = page.plans;
    await this.#explaining.of(() => page.read(this.#explaining));
    return this.#explaining.of(() => page.read(this.#explaining));
  }

  async judgePage(name: string, lookup: Lookup, index: string | undefined): Promise<void> {
    const [first] = await this.statements(lookup);
    const [deep] = await this.statements({ ...lookup, after: this.middle });
    if (!first || !deep) throw new Error('A page asked nothing.');
    this.figures[name] = `${first.buffers} and ${deep.buffers} pages`;
    for (const explained of [first, deep]) {
      expect({ name, whole: explained.wholeTables.filter(isOurs) }).toEqual({ name, whole: [] });
      expectAtMost(name, explained.buffers, MOST_BUFFERS);
    }
    if (index !== undefined)
      expect({ name, indexes: first.indexes }).toEqual({ name, indexes: expect.arrayContaining([index]) });
    expectAtMost(name, deep.buffers, first.buffers * MOST_AT_DEPTH + SPARE_BUFFERS);
  }

  /** The walk along the newest, and what the index of words adds where that did not fill a page. */
  async judgeSearch(name: string, { words, lookup, goesFar }: Search): Promise<void> {
    const statements = await this.statements({ ...lookup, words });
    this.figures[name] = statements.map(({ buffers, ms }) => `${buffers} pages, ${ms.toFixed(1)} ms`).join(' and ');
    const whole = statements.flatMap(({ wholeTables }) => wholeTables.filter(isOurs));
    expect({ name, whole, goesFar: statements.length > 1 }).toEqual({ name, whole: [], goesFar });
    const last = statements.at(-1);
    expect(last?.indexes.includes('notification_words_search')).toBe(goesFar);
    expectAtMost(name, last?.buffers ?? Infinity, 2 * MOST_BUFFERS);
  }

  async judgeRest(): Promise<void> {
    this.#explaining.plans = 'fresh';
    const rows = new NotificationRepository(this.#explaining as unknown as Database);
    const [queued] = await this.#explaining.of(() => rows.countQueued(WORKSPACE, 10_000));
    expect(queued?.wholeTables).toEqual([]);
    const stats = new StatsRepository();
    const until = new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000);
    const month = { workspaceId: WORKSPACE, since: new Date(until.getTime() - 31 * 86_400_000), until };
    for (const onlyFor of [undefined, COMMON.selectedBy as UserId]) {
      const ask = async () => {
        await stats.counts(this.#explaining, { ...month, onlyFor });
        await stats.oldestWaitingSince(this.#explaining, { ...month, onlyFor });
      };
      await this.#explaining.of(ask);
      const [counts, oldest] = await this.#explaining.of(ask);
      this.figures[onlyFor === undefined ? 'a month of statistics' : 'the same for a member'] =
        `${counts?.buffers} pages, ${counts?.ms.toFixed(1)} ms`;
      // The counts are read whole where a month is most of them: what bounds them is the hours, not the rows.
      for (const explained of [counts, oldest]) expect(explained?.wholeTables).not.toContain('notifications');
      expectAtMost('statistics', counts?.buffers ?? Infinity, MOST_OF_COUNTS);
    }
  }

  /** The counts of a month, and the same from the rows themselves. */
  async expectExactCounts(database: TestDatabase): Promise<void> {
    const until = new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000);
    const since = new Date(until.getTime() - 31 * 86_400_000);
    const { byStatus } = await new StatsRepository().counts(this.database, {
      workspaceId: WORKSPACE,
      onlyFor: undefined,
      since,
      until,
    });
    const rows = await database.query<{ status: string; failure: string | null; count: number }>(
      `select status, case when status = 'FAILED' then failure_code end as failure, count(*)::int as count
       from notifications where workspace_id = $1 group by 1, 2`,
      [WORKSPACE],
    );
    const counted = byStatus.map(({ status, failureCode = null, count }) => ({ status, failure: failureCode, count }));
    const inOrder = <T extends { failure: string | null; status: string }>(all: readonly T[]): T[] =>
      all.toSorted((a, b) => `${a.status} ${a.failure}`.localeCompare(`${b.status} ${b.failure}`));
    expect(inOrder(counted)).toEqual(inOrder(rows));
  }
}

/** Every way into a history of so many rows costs what its page holds, and nothing reads a table from end to end. */
export const lookThroughLargeHistory = async (
  name: string,
  rows: number,
  further: (database: TestDatabase, workspaceId: string) => Promise<void> = async () => {},
): Promise<void> => {
  const testDatabase = await createTestDatabase();
  const logger = createLogger({ level: 'silent', role: 'test' });
  const database = await openDatabase({ url: new Secret(testDatabase.url), poolMax: 1, entities, logger });
  try {
    const startedAt = performance.now();
    await fillHistory(testDatabase, { workspaceId: WORKSPACE, rows, rareEvery: rows / 10 });
    const [middle] = await testDatabase.query<{ createdUs: string; id: string }>(
      `select (extract(epoch from created_at) * 1000000)::bigint::text as "createdUs", id from notifications
       where workspace_id = $1 order by created_at desc, id desc offset $2 limit 1`,
      [WORKSPACE, Math.floor(rows / 2)],
    );
    if (!middle) throw new Error('Nothing was filled in.');
    const history = new LargeHistory(database, middle);
    history.figures['filled in'] = `${Math.round((performance.now() - startedAt) / 1000)} s`;
    for (const [lookup, { lookup: query, index }] of lookups()) await history.judgePage(lookup, query, index);
    for (const [search, wanted] of Object.entries(SEARCHES)) await history.judgeSearch(search, wanted);
    await history.judgeRest();
    await history.expectExactCounts(testDatabase);
    report(name, history.figures);
    await further({ ...testDatabase, drop: async () => {} }, WORKSPACE);
    // The last, since it clears some of it away.
    await lookAtTheRest(testDatabase, database, WORKSPACE);
  } finally {
    await database.stop();
    await testDatabase.drop();
  }
};
