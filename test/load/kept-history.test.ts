import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entities } from '../../src/entities.ts';
import { HistoryRepository } from '../../src/notifications/history.repository.ts';
import { historyPage } from '../../src/notifications/history.sql.ts';
import type { HistoryFilter } from '../../src/notifications/notification.entity.ts';
import { openDatabase, type Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { Secret } from '../../src/platform/secret.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { Explaining, type Explained } from '../support/explained.ts';
import { COMMON, fillHistory, RARE } from '../support/history-fill.ts';
import { OWN_INDEX } from './history-plans.ts';

const WORKSPACE = 'kept';
const ROWS = 20_000;
/** A page of whole rows, and the ways to them: some four a row. */
const PAGE_BUFFERS = 320;
/** Ten rows, or none. */
const FEW_BUFFERS = 80;

/** What a page may be asked for alone, and the index that it is found by. */
const KEPT: Readonly<Partial<Record<keyof HistoryFilter, string>>> = {
  ...OWN_INDEX,
  statuses: 'notifications_by_status',
  eventTypes: 'notifications_by_event_type',
  idempotencyKey: 'notifications_by_key',
};
const RARELY: HistoryFilter = { ...RARE, statuses: ['UNCONFIRMED'], eventTypes: [RARE.eventType] };
/** Keys are what all have of their own. */
const COMMONLY: HistoryFilter = {
  ...COMMON,
  idempotencyKey: RARE.idempotencyKey,
  statuses: ['DELIVERED'],
  eventTypes: [COMMON.eventType],
};

/** With and without each of the others: enough for more kinds of rows than are kept. */
const COLUMNS = ['id', 'text', 'status', 'channelId', 'postedAs', 'attemptCount', 'createdAt'] as const;

let stored: TestDatabase;
let database: Database;
let explaining: Explaining;

const page = async (
  filter: HistoryFilter,
  after?: { createdUs: string; id: string },
  onlyFor?: string,
): Promise<Explained> => {
  const history = new HistoryRepository();
  const query = { workspaceId: WORKSPACE, onlyFor, filter, words: undefined, after, limit: 51 };
  const reading = history.page(query);
  explaining.plans = reading.plans;
  const [explained] = await explaining.of(() => reading.read(explaining));
  if (!explained) throw new Error('A page asked nothing.');
  return explained;
};

const only = (values: HistoryFilter, name: string): HistoryFilter => ({ [name]: values[name as keyof HistoryFilter] });

/** Each page that may be asked for, of what is common and of what is rare, near and deep. */
const judge = async (when: string): Promise<void> => {
  const deep = { createdUs: `${(Date.now() - 15 * 86_400_000) * 1000}`, id: COMMON.identityId };
  for (const after of [undefined, deep]) {
    for (const viewer of [undefined, COMMON.selectedBy, 'nobody']) {
      const { buffers } = await page({}, after, viewer);
      expect({ when, viewer, buffers }).toMatchObject({
        buffers: expect.toSatisfy((read: number) => read <= PAGE_BUFFERS),
      });
    }
    for (const [name, index] of Object.entries(KEPT)) {
      const common = await page(only(COMMONLY, name), after);
      const rare = await page(only(RARELY, name), after);
      for (const [explained, most] of [
        [common, PAGE_BUFFERS],
        [rare, FEW_BUFFERS],
      ] as const) {
        const { buffers, indexes } = explained;
        expect({ when, name, deep: !!after, buffers, indexes }).toMatchObject({
          buffers: expect.toSatisfy((read: number) => read <= most),
          indexes: expect.arrayContaining([index]),
        });
      }
    }
  }
};

describe('the plan of a page of the history, kept since there was none', () => {
  beforeAll(async () => {
    stored = await createTestDatabase();
    await stored.query('alter table notifications set (autovacuum_enabled = false)');
    const logger = createLogger({ level: 'silent', role: 'test' });
    database = await openDatabase({ url: new Secret(stored.url), poolMax: 1, entities, logger });
    explaining = new Explaining(database);
    await judge('empty');
  });
  afterAll(async () => {
    await database?.stop();
    await stored?.drop();
  });

  test('is as good for many rows of which Postgres knows nothing yet', async () => {
    await fillHistory(stored, { workspaceId: WORKSPACE, rows: ROWS, rareEvery: ROWS / 10, isUnnoticed: true });
    await judge('unnoticed');
    const [used] = await database.query<{ kept: number; fresh: number }>({
      text: `select sum(generic_plans)::int as kept, sum(custom_plans)::int as fresh from pg_prepared_statements where name like 'history%'`,
    });
    expect(used).toEqual({ kept: expect.toSatisfy((kept: number) => kept > 0), fresh: 0 });
  });

  test('is kept for as many kinds of rows as there may be, and then for whole rows', async () => {
    const history = new HistoryRepository();
    const query = {
      workspaceId: WORKSPACE,
      onlyFor: undefined,
      filter: {},
      words: undefined,
      after: undefined,
      limit: 1,
    };
    const prepared = async (): Promise<number> => {
      const [row] = await database.query<{ count: number }>({
        text: `select count(*)::int as count from pg_prepared_statements where name like 'history%'`,
      });
      return row?.count ?? 0;
    };
    const before = await prepared();
    const [whole] = await database.keptQuery<object>(historyPage(query), historyPage(query).values);
    for (let kind = 0; kind < 60; kind += 1) {
      const columns = COLUMNS.filter((_column, at) => at === 0 || (kind & (1 << (at - 1))) !== 0);
      const page = history.page({ ...query, columns });
      const [row] = await database.onOneConnection((sql) => page.read(sql), page.plans);
      expect(Object.keys(row ?? {}).length).toBe(kind < 40 ? columns.length + 1 : Object.keys(whole ?? {}).length);
    }
    expect(await prepared()).toBe(before + 40);
  });

  test('is as good for a value that is rare where Postgres has seen one only', async () => {
    await stored.query(`delete from notifications where channel_id = '${RARE.channelId}'`);
    await stored.query('analyze notifications');
    await judge('of one value');
  });
});
