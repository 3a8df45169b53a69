import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { DELIVERY_STATUSES, INITIAL, MOVES, type DeliveryStatus } from './notification.states.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const needsFailure = (status: DeliveryStatus): boolean => ['FAILED', 'CANCELED', 'UNCONFIRMED'].includes(status);
const failureOf = (status: DeliveryStatus): string | null => (needsFailure(status) ? 'INTERNAL' : null);

const begin = async (status: DeliveryStatus): Promise<string> => {
  const id = randomUUID();
  await database.query(
    `insert into notifications (id, workspace_id, status, priority, text, requested_by, failure_code, expires_at)
     values ($1, 'w', $2, 1, 'x', 'ana', $3, now() + interval '1 day')`,
    [id, status, failureOf(status)],
  );
  return id;
};

const move = (id: string, to: DeliveryStatus): Promise<object[]> =>
  database.query('update notifications set status = $2, failure_code = $3 where id = $1', [id, to, failureOf(to)]);

/** The shortest way from a beginning to a status. */
const wayTo = (status: DeliveryStatus): DeliveryStatus[] => {
  const ways: DeliveryStatus[][] = INITIAL.map((first) => [first]);
  for (const way of ways) {
    const last = way.at(-1) as DeliveryStatus;
    if (last === status) return way;
    ways.push(...MOVES[last].filter((next) => !way.includes(next)).map((next) => [...way, next]));
  }
  throw new Error(`There is no way to ${status}.`);
};

const reach = async (status: DeliveryStatus): Promise<string> => {
  const [first, ...rest] = wayTo(status);
  const id = await begin(first as DeliveryStatus);
  for (const next of rest) await move(id, next);
  return id;
};

const logOf = (id: string): Promise<{ from: string | null; to: string; stamp: string; seq: string }[]> =>
  database.query(
    `select from_status as "from", to_status as "to", stamp::text, seq::text from status_log log
     where notification_id = $1 order by log.epoch, log.stamp, log.seq`,
    [id],
  );

const PAIRS = DELIVERY_STATUSES.flatMap((from) => DELIVERY_STATUSES.map((to) => [from, to] as const));

test('the moves in code are the moves in the database', async () => {
  const rows = await database.query<{ from: string; to: string }>(
    `select "from", "to" from unnest($1::text[]) as "from" cross join unnest($1::text[]) as "to" where is_status_move("from", "to")`,
    [DELIVERY_STATUSES],
  );
  const inCode = PAIRS.filter(([from, to]) => MOVES[from].includes(to)).map(([from, to]) => `${from} ${to}`);
  expect(rows.map(({ from, to }) => `${from} ${to}`).sort()).toEqual(inCode.sort());
});

describe('each pair of statuses', () => {
  const attempt = async (from: DeliveryStatus, to: DeliveryStatus) => {
    const id = await reach(from);
    const before = await logOf(id);
    expect(before.map((row) => row.to)).toEqual(wayTo(from));
    const moved = move(id, to);
    return { moved, added: async () => (await logOf(id)).slice(before.length) };
  };
  const isLegal = ([from, to]: (typeof PAIRS)[number]): boolean => MOVES[from].includes(to);

  test.each(PAIRS.filter(isLegal))('%s → %s is a move, with one row in the log', async (from, to) => {
    const { moved, added } = await attempt(from, to);
    await moved;
    expect(await added()).toMatchObject([{ from, to }]);
  });

  const illegal = PAIRS.filter((pair) => !isLegal(pair) && pair[0] !== pair[1]);
  test.each(illegal)('%s → %s is refused by the database, and leaves no row in the log', async (from, to) => {
    const { moved, added } = await attempt(from, to);
    await expect(moved).rejects.toThrow(`a notification cannot move from ${from} to ${to}`);
    expect(await added()).toEqual([]);
  });

  test.each(DELIVERY_STATUSES)('%s → itself is no change and no row in the log', async (status) => {
    const { moved, added } = await attempt(status, status);
    await moved;
    expect(await added()).toEqual([]);
  });
});

test.each(DELIVERY_STATUSES)('a notification begins as %s only where that is a beginning', async (status) => {
  if (INITIAL.includes(status)) {
    const id = await begin(status);
    expect(await logOf(id)).toMatchObject([{ from: null, to: status }]);
  } else {
    await expect(begin(status)).rejects.toThrow(`a notification cannot begin as ${status}`);
  }
});

const AT_REST: readonly DeliveryStatus[] = ['DELIVERED', 'FAILED', 'CANCELED', 'UNCONFIRMED'];

test('from every beginning something comes to rest, and what is at rest moves only by a person or a late answer', () => {
  for (const status of DELIVERY_STATUSES) {
    const leaves = MOVES[status];
    if (AT_REST.includes(status) && status !== 'UNCONFIRMED') expect(leaves).toEqual([]);
    else expect(leaves.some((next) => AT_REST.includes(next))).toBe(true);
  }
  expect(MOVES.UNCONFIRMED).toEqual(['DELIVERED', 'FAILED']);
});

test('several moves in one statement’s transaction are logged in their order, with one stamp', async () => {
  const id = randomUUID();
  await database.query(`do $$ begin
    insert into notifications (id, workspace_id, status, priority, text, requested_by, expires_at)
      values ('${id}', 'w', 'QUEUED', 1, 'x', 'ana', now());
    update notifications set status = 'SENDING' where id = '${id}';
    update notifications set status = 'DELIVERED' where id = '${id}';
  end $$`);
  const log = await logOf(id);
  expect(log.map(({ to }) => to)).toEqual(['QUEUED', 'SENDING', 'DELIVERED']);
  expect(new Set(log.map(({ stamp }) => stamp)).size).toBe(1);
});

test('a change of anything but the status leaves the log alone', async () => {
  const id = await begin('QUEUED');
  await database.query(`update notifications set text = 'y', status = 'QUEUED', tries = 1 where id = $1`, [id]);
  expect(await logOf(id)).toHaveLength(1);
});

test('a failure is given exactly where something failed', async () => {
  const id = await begin('QUEUED');
  const without = database.query(`update notifications set status = 'FAILED' where id = $1`, [id]);
  await expect(without).rejects.toThrow('notifications_check');
  const with_ = database.query(`update notifications set failure_code = 'INTERNAL' where id = $1`, [id]);
  await expect(with_).rejects.toThrow('notifications_check');
});
