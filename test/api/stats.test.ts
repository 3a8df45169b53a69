import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CountsRepository } from '../../src/notifications/counts.repository.ts';
import { entities } from '../../src/entities.ts';
import { openDatabase, type Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { Secret } from '../../src/platform/secret.ts';
import { DeliveryStatsDocument, ResolveUnconfirmedDocument, type DeliveryStatsQuery } from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import { openDesk, UNPACED } from '../support/desk.ts';
import { percentile } from '../support/load.ts';
import { isVisibleTo, makeRandomHistory, type HistoricRow, type RandomHistory } from '../support/random-history.ts';
import { chanceOf } from '../support/seeded.ts';
import { accepted, World } from '../support/world.ts';

type Stats = DeliveryStatsQuery['deliveryStats'];

const HOUR_MS = 3_600_000;
const hourOf = (time: Date): string => new Date(Math.floor(time.getTime() / HOUR_MS) * HOUR_MS).toISOString();

const statsOf = async (caller: Caller, workspaceId: string, since: Date, until?: Date): Promise<Stats> =>
  (
    await caller.run(DeliveryStatsDocument, {
      workspaceId,
      since: since.toISOString(),
      until: until?.toISOString() ?? null,
    })
  ).deliveryStats;

const tally = (keys: readonly string[]): Map<string, number> =>
  new Map([...Map.groupBy(keys, (key) => key)].map(([key, same]) => [key, same.length]));

/** The counts as plainly as they can be made: from the rows themselves. */
const countsFrom = (rows: readonly HistoricRow[]) => ({
  total: rows.length,
  byStatus: tally(rows.map(({ status }) => status)),
  byFailure: tally(rows.flatMap(({ status, failure_code: code }) => (status === 'FAILED' && code ? [code] : []))),
  perHour: [...Map.groupBy(rows, ({ created_at: created }) => hourOf(created))]
    .map(([hour, same]) => {
      const count = (status: string) => same.filter((row) => row.status === status).length;
      return { hour, delivered: count('DELIVERED'), failed: count('FAILED'), unconfirmed: count('UNCONFIRMED') };
    })
    .toSorted((a, b) => a.hour.localeCompare(b.hour)),
});

const countsOf = ({ total, byStatus, byFailure, perHour }: Stats) => ({
  total,
  byStatus: new Map(byStatus.map(({ status, count }) => [status as string, count])),
  byFailure: new Map(byFailure.map(({ code, count }) => [code as string, count])),
  perHour,
});

const deliveryTimes = (rows: readonly HistoricRow[]): number[] =>
  rows.flatMap((row) => {
    if (row.status !== 'DELIVERED' || !row.delivered_at) return [];
    return [row.delivered_at.getTime() - Math.max(row.created_at.getTime(), row.scheduled_for?.getTime() ?? 0)];
  });

const isWaiting = (row: HistoricRow): boolean =>
  ['QUEUED', 'SENDING', 'RETRYING'].includes(row.status) && (row.scheduled_for?.getTime() ?? 0) <= Date.now();

const oldestWaiting = (rows: readonly HistoricRow[]): string | null => {
  const times = rows
    .filter(isWaiting)
    .map((row) => Math.max(row.created_at.getTime(), row.scheduled_for?.getTime() ?? 0));
  return times.length === 0 ? null : new Date(Math.min(...times)).toISOString();
};

const expectWithin5Percent = (found: Stats['deliveryTimeMs'], times: readonly number[]): void => {
  if (times.length === 0) return expect(found).toBeNull();
  for (const [name, share] of [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const) {
    const exact = percentile(times, share);
    // A millisecond: the answer is in whole ones, rounded, and the dates that this is made from are cut off to whole ones.
    expect(Math.abs((found?.[name] ?? 0) - exact), `${name} of ${times.length}`).toBeLessThanOrEqual(exact * 0.05 + 1);
  }
};

describe('statistics of any span are those of its rows, for every viewer', () => {
  const chance = chanceOf('statistics');
  let world: World;
  let history: RandomHistory;
  let database: Database;
  beforeAll(async () => {
    world = await World.start({ env: { HELIOGRAPH_ROLE: 'api' }, simulator: { seed: chance.seed } });
    history = await makeRandomHistory(world, chance, 'random', 80);
    await makeRandomHistory(world, chance, 'beside', 20);
    const logger = createLogger({ level: 'silent', role: 'test' });
    database = await openDatabase({ url: new Secret(world.database.url), poolMax: 2, entities, logger });
  });
  afterAll(async () => {
    await database.stop();
    await world.stop();
  });

  const compare = async (caller: Caller, since: Date, until: Date): Promise<void> => {
    const from = Math.floor(since.getTime() / HOUR_MS) * HOUR_MS;
    const to = Math.ceil(until.getTime() / HOUR_MS) * HOUR_MS;
    const visible = history.rows.filter((row) => isVisibleTo(caller, history.members.includes(caller), row));
    const rows = visible.filter((row) => row.created_at.getTime() >= from && row.created_at.getTime() < to);
    const stats = await statsOf(caller, 'random', since, until);
    const context = `${caller.userId} ${since.toISOString()} ${until.toISOString()}`;
    const found = { ...countsOf(stats), oldestWaitingSince: stats.oldestWaitingSince };
    expect({ context, found }).toEqual({
      context,
      found: { ...countsFrom(rows), oldestWaitingSince: oldestWaiting(visible) },
    });
    expectWithin5Percent(stats.deliveryTimeMs, deliveryTimes(rows));
  };

  const compareAll = async (): Promise<void> => {
    const now = Date.now();
    const callers = [history.admin, history.service, ...history.members];
    for (const caller of callers) await compare(caller, new Date(now - 90 * HOUR_MS), new Date(now));
    for (let round = 0; round < 25; round += 1) {
      const since = now - chance.next() * 60 * HOUR_MS;
      await compare(chance.pick(callers), new Date(since), new Date(since + chance.next() * 20 * HOUR_MS));
    }
  };

  const changes = async (): Promise<number> =>
    (await world.database.query<{ count: number }>('select count(*)::int as count from notification_count_changes'))[0]
      ?.count ?? 0;

  test('before anything is added up', async () => {
    expect(await changes()).toBeGreaterThan(500);
    await compareAll();
  });

  test('while it is added up', async () => {
    const counts = new CountsRepository(database);
    while ((await counts.addUp(chance.between(200, 600))) > 0) {
      const caller = chance.pick([history.admin, ...history.members]);
      await compare(caller, new Date(Date.now() - 90 * HOUR_MS), new Date());
    }
  });

  test('when all is added up, and nothing is left that counts nothing', async () => {
    expect(await changes()).toBe(0);
    await compareAll();
    expect(await world.database.query('select from notification_counts where count <= 0')).toEqual([]);
  });

  test('counting all anew gives the same', async () => {
    const counts = () =>
      world.database.query(
        'select * from notification_counts order by workspace_id, audience, hour, status, failure_code, delivery_ms',
      );
    const before = await counts();
    await world.database.query('select recount_notifications()');
    expect(await counts()).toEqual(before);
    expect(before.length).toBeGreaterThan(100);
  });
});

test('a step of delivery times stands for what is within 5 % of it, and none is too long to be counted', async () => {
  const chance = chanceOf('steps of delivery times');
  const world = await World.start({ env: { HELIOGRAPH_ROLE: 'api' } });
  try {
    const times = Array.from({ length: 5000 }, () => Math.exp(chance.next() * 21));
    const rows = await world.database.query<{ ms: number; step: number }>(
      'select ms, delivery_time_step(ms) as step from unnest($1::float8[]) as given(ms)',
      [times],
    );
    const error = ({ ms, step }: { ms: number; step: number }): number =>
      Math.abs(step - Math.round(ms)) / Math.round(ms);
    expect(Math.max(...rows.filter(({ ms }) => ms >= 0.5).map(error))).toBeLessThan(0.05);
    const edges = await world.database.query<{ step: number }>(
      `select delivery_time_step(ms) as step from unnest(array[-5, 0, 0.4, 1e300]::float8[]) as given(ms)`,
    );
    expect(edges.map(({ step }) => step)).toEqual([0, 0, 0, 2 ** 31 - 1]);
  } finally {
    await world.stop();
  }
});

/** Counts and rows of one and the same moment. */
const ROWS = `select status, coalesce(failure_code, '') as failure_code, count(*)::int as count
  from notifications group by 1, 2 order by 1, 2`;
const COUNTS = `select status, failure_code, sum(count)::int as count from (
    select audience, status, failure_code, count from notification_counts
    union all select audience, status, failure_code, change from notification_count_changes
  ) counted where audience in ('BOT', 'PERSON') group by 1, 2 having sum(count) <> 0 order by 1, 2`;

test('statistics are exact at every moment while two processes deliver and add up', { timeout: 60_000 }, async () => {
  const world = await World.start({ env: UNPACED, servers: 2 });
  const client = new pg.Client({ connectionString: world.database.url });
  try {
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 5 });
    await client.connect();
    const desk = await openDesk(world, 'busy');
    const feed = await world.followFromNow(desk.admin, 'busy');
    let sent = 0;
    const sending = Promise.all(
      Array.from({ length: 8 }, async (_, sender) => {
        for (let count = 0; count < 25; count += 1) {
          const channelId = count % 10 === 0 ? 'C0NOWHERE' : `C0ACME000${1 + (sender % 2) * 2}`;
          const { id } = await accepted(desk.admin, desk.message({ text: `${sender} ${count}`, channelId }));
          if (count % 5 === 0) await feed.untilAtRest(id);
          sent += 1;
        }
      }),
    );
    let looks = 0;
    const done = new AbortController();
    void sending.finally(() => done.abort()).catch(() => undefined);
    for (; !done.signal.aborted; looks += 1) {
      await client.query('begin isolation level repeatable read');
      const { rows } = await client.query(ROWS);
      expect((await client.query(COUNTS)).rows).toEqual(rows);
      await client.query('commit');
      const seen = feed.changes.length;
      // At each change: looking without a pause would take the processes' time from them.
      await Promise.race([feed.until((changes) => changes.length > seen), sending]);
    }
    await sending;
    expect(looks).toBeGreaterThan(10);
    expect(sent).toBe(200);
  } finally {
    await client.end();
    await world.stop();
  }
});

describe('bad spans and late changes', () => {
  let world: World;
  let member: Caller;
  beforeAll(async () => {
    world = await World.start();
    member = await world.as('ann', { stats: 'MEMBER' });
  });
  afterAll(() => world.stop());

  test.each([
    ['reversed', '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['in the future', '2999-01-02T00:00:00Z', null],
  ])('a span that is %s is BAD_USER_INPUT', async (_name, since, until) => {
    expect(await member.failureCodes(DeliveryStatsDocument, { workspaceId: 'stats', since, until })).toEqual([
      'BAD_USER_INPUT',
    ]);
  });

  test.each([
    ['of exactly 400 days', () => new Date(Date.now() - 400 * 24 * HOUR_MS), undefined],
    ['since for ever', () => new Date('0001-01-01T00:00:00Z'), undefined],
    ['of all times', () => new Date('0001-01-01T00:00:00Z'), new Date('9999-12-31T23:59:59Z')],
    ['of the future', () => new Date('9998-01-01T00:00:00Z'), new Date('9999-12-31T23:59:59Z')],
  ])('a span %s is answered', async (_name, since, until) => {
    expect(await statsOf(member, 'stats', since(), until)).toMatchObject({ total: 0, perHour: [] });
  });

  test('of a history of years all is counted, and its hours are told for as many as there is room', async () => {
    const viewer = await world.as('ada', { years: 'ADMIN' });
    await world.database.query(
      `insert into notifications (id, workspace_id, status, priority, text, requested_by, failure_code, expires_at, created_at)
       select gen_random_uuid(), 'years', 'FAILED', 1, 'x', 'ada', 'CHANNEL_REQUIRED', now(), now() - make_interval(hours => n * 10000)
       from generate_series(0, 3) n`,
    );
    const since = new Date(Date.now() - 40_000 * HOUR_MS).toISOString();
    const ask = (fields: string) =>
      viewer.send<{ deliveryStats: Stats }>(`{ deliveryStats(workspaceId: "years", since: "${since}") { ${fields} } }`);
    expect((await ask('total')).data?.deliveryStats.total).toBe(4);
    const { errors } = await ask('total perHour { hour failed }');
    expect(errors).toMatchObject([{ path: ['deliveryStats', 'perHour'], extensions: { code: 'BAD_USER_INPUT' } }]);
    const recent = await statsOf(viewer, 'years', new Date(Date.now() - 9_999 * HOUR_MS));
    expect(recent.perHour).toHaveLength(1);
  });

  test('nothing was sent: nothing is counted', async () => {
    const none = { deliveryTimeMs: null, oldestWaitingSince: null, perHour: [] };
    const stats = await statsOf(member, 'stats', new Date(Date.now() - HOUR_MS));
    expect(stats).toEqual({ total: 0, byStatus: [], byFailure: [], ...none });
  });

  test('what a person resolves is counted anew, without until up to now', async () => {
    const desk = await openDesk(world, 'resolved');
    const scheduledFor = '2090-01-01T00:00:00Z';
    const { id } = await accepted(desk.admin, desk.message({ scheduledFor }));
    const since = new Date(Date.now() - HOUR_MS);
    const statuses = async () => (await statsOf(desk.admin, 'resolved', since)).byStatus;
    expect(await statuses()).toEqual([{ status: 'QUEUED', count: 1 }]);
    expect((await statsOf(desk.admin, 'resolved', since)).oldestWaitingSince).toBeNull();
    await world.database.query(
      `update notifications set status = 'SENDING', due_at = null, wait_reason = null where id = $1`,
      [id],
    );
    await world.database.query(
      `update notifications set status = 'UNCONFIRMED', failure_code = 'OUTCOME_UNKNOWN', finished_at = now() where id = $1`,
      [id],
    );
    expect(await statuses()).toEqual([{ status: 'UNCONFIRMED', count: 1 }]);
    await desk.admin.run(ResolveUnconfirmedDocument, { input: { id, messageIsThere: true } });
    expect(await statuses()).toEqual([{ status: 'DELIVERED', count: 1 }]);
    await world.database.query('delete from notifications where id = $1', [id]);
    expect(await statuses()).toEqual([]);
  });
});
