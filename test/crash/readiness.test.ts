import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { MovingAddress } from '../support/moving-address.ts';
import { World } from '../support/world.ts';

let database: TestDatabase;
let databasePort: number;
let address: MovingAddress;
let world: World;
/** Processes of role `all`, `api` and `delivery`, which reach the database by an address that can fail them. */
let urls: { all: string; api: string; delivery: string };

beforeAll(async () => {
  database = await createTestDatabase();
  databasePort = Number(new URL(database.url).port);
  address = await MovingAddress.start(databasePort);
  const url = Object.assign(new URL(database.url), { port: `${address.port}`, hostname: '127.0.0.1' }).href;
  world = await World.start({ database: { ...database, url } });
  const api = await world.addServer({ HELIOGRAPH_ROLE: 'api' });
  urls = { all: world.url, api, delivery: await world.addServer({ HELIOGRAPH_ROLE: 'delivery' }) };
});
afterAll(async () => {
  await world.stop();
  address.stop();
});

const PATIENTLY = { interval: 100, timeout: 30_000 };
const UNSEEN = 'it could not be looked at; the log says why';

const probe = async (url: string, path: '/livez' | '/readyz') => {
  const response = await fetch(`${url}${path}`);
  const { checks = {} } = (await response.json()) as { checks?: Record<string, string> };
  return { status: response.status, checks };
};
const readinessOf = (url: string) => probe(url, '/readyz');

const expectAllAlive = async (): Promise<void> => {
  const alive = await Promise.all(Object.values(urls).map((url) => probe(url, '/livez')));
  expect(alive.map(({ status }) => status)).toEqual([200, 200, 200]);
};
const untilAllReady = async (): Promise<void> => {
  for (const url of Object.values(urls)) {
    await expect.poll(async () => (await readinessOf(url)).status, PATIENTLY).toBe(200);
  }
};

/** Part of each test: a process whose database is back is ready. */
const bringBack = async (): Promise<void> => {
  address.moveTo(databasePort);
  await untilAllReady();
};

describe('a process whose database', () => {
  afterEach(bringBack);

  test('is lost is alive and not ready, says so without telling where it is, and is ready once it is back', async () => {
    address.cut();
    for (const url of Object.values(urls)) {
      expect(await readinessOf(url)).toMatchObject({
        status: 503,
        checks: { stopping: 'ok', database: UNSEEN, migrations: UNSEEN },
      });
    }
    await expectAllAlive();
    for (const { lines } of world.servers) {
      // The answer may be here before the line is. What it says depends on what was on its way when the connection was cut.
      await expect
        .poll(() => lines.filter((line) => line.includes('"check":"database"')).join('\n'))
        .toMatch(/Connection terminated|ECONNRESET|EPIPE|has encountered a connection error/);
    }
  });

  test('does not answer is alive, and says in time for a probe that it is not ready', async () => {
    address.silence();
    for (const url of Object.values(urls)) {
      const { status, checks } = await readinessOf(url);
      expect({ status, database: checks['database'] }).toEqual({ status: 503, database: 'no answer within 2 s' });
    }
    await expectAllAlive();
  });

  test(
    'keeps its claims waiting is alive and not ready where it delivers, and ready where it does not',
    { timeout: 60_000 },
    async () => {
      const holder = new pg.Client({ connectionString: database.url });
      await holder.connect();
      try {
        // No more than that: a transaction with an id of its own would hold up the streams of the whole cluster.
        await holder.query('begin; lock table delivery_teams in exclusive mode');
        const stuck = 'the delivery loop has had no answer from the database';
        for (const url of [urls.all, urls.delivery]) {
          await expect.poll(async () => (await readinessOf(url)).checks['delivery'], PATIENTLY).toBe(stuck);
          expect(await readinessOf(url)).toMatchObject({ status: 503, checks: { database: 'ok', migrations: 'ok' } });
        }
        expect((await readinessOf(urls.api)).status).toBe(200);
        await expectAllAlive();
      } finally {
        await holder.end();
      }
    },
  );
});
