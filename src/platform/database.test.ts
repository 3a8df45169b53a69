import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../../test/support/database.ts';
import { MovingAddress } from '../../test/support/moving-address.ts';
import { openDatabase, type Database, type Transaction } from './database.ts';
import { createLogger } from './logger.ts';
import { RateLimitEntity } from './rate-limit.entity.ts';
import { Secret } from './secret.ts';

const ONE = { name: 'one', text: 'select 1 as one' };

const sentWhole = (sql: Transaction): Promise<unknown> => {
  const one = sql.query(ONE);
  sql.commit();
  return one;
};

const logger = createLogger({ level: 'silent', role: 'test' });

/** A database of one connection, behind an address that can vanish. */
const openMoving = async () => {
  const testDatabase = await createTestDatabase();
  onTestFinished(() => testDatabase.drop());
  const url = new URL(testDatabase.url);
  const address = await MovingAddress.start(Number(url.port));
  onTestFinished(() => address.stop());
  const moving = new Secret(Object.assign(url, { hostname: '127.0.0.1', port: `${address.port}` }).href);
  const database = await openDatabase({
    url: moving,
    poolMax: 1,
    entities: [RateLimitEntity],
    logger,
    answerWithinMs: 1500,
  });
  onTestFinished(() => database.stop());
  const ask = () => database.query<{ one: number }>(ONE);
  expect(await ask()).toEqual([{ one: 1 }]);
  return { testDatabase, address, database, ask };
};

test.each<[string, (database: Database) => Promise<unknown>]>([
  ['statement', (database) => database.query(ONE)],
  ['statement with a kept plan', (database) => database.keptQuery(ONE, [])],
  ['transaction', (database) => database.sqlTransaction((sql) => sql.query(ONE))],
  ['transaction that is sent whole', (database) => database.sqlTransaction(sentWhole, 'kept')],
  ['transaction of the ORM', (database) => database.transaction((em) => em.execute(ONE.text))],
])(
  'a %s without an answer gives up its connection in time, and the next one is answered by another',
  async (_, ask) => {
    const { address, database } = await openMoving();
    address.takeOver();
    await expect(ask(database)).rejects.toThrow('Query read timeout');
    expect(await database.query(ONE)).toEqual([{ one: 1 }]);
  },
);

test.each(['vanishes', 'breaks'])(
  'a connection that %s in a transaction of the ORM leaves its place in the pool',
  async (how) => {
    const { testDatabase, address, database, ask } = await openMoving();
    const port = Number(new URL(testDatabase.url).port);
    const lose = () => (how === 'vanishes' ? address.takeOver() : address.moveTo(port));
    const transaction = database.transaction(async (em) => {
      await em.execute('select 1');
      lose();
      await em.execute('select 1');
    });
    await expect(transaction).rejects.toThrow();
    expect(await ask()).toEqual([{ one: 1 }]);
  },
);

test('a statement that nobody waits for any more is ended by Postgres', async () => {
  const { testDatabase, database } = await openMoving();
  await expect(database.query({ text: 'select pg_sleep(60)' })).rejects.toThrow();
  const running = `select from pg_stat_activity where datname = current_database() and state = 'active' and query like '%pg_sleep(60)'`;
  await expect.poll(() => testDatabase.query(running)).toEqual([]);
});
