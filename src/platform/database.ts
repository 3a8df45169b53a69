import { MikroORM, type EntityManager, type EntitySchema } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import pg, { type Pool, type PoolClient } from 'pg';
import type { Logger } from './logger.ts';
import type { Secret } from './secret.ts';
import type { Stoppable } from './lifecycle.ts';
import { LOCK_TIMEOUT } from './index-migration.ts';
import { migrations } from './migrations.ts';
import { TopLevelError } from './top-level-error.ts';

/** One SQL statement; with a name, Postgres parses it once per connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
}

/** Where statements run: the pool (each on its own), or one open transaction. */
export interface Sql {
  query<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Transaction extends Sql {
  /** Sent along with the statements before it, which are the last. It is waited for, and where one of them failed nothing is stored. */
  commit(): void;
}

/** Entities for the administrative side and plain statements for the hot paths, over one and the same pool. */
export interface Database extends Sql, Stoppable {
  readonly orm: MikroORM;
  /** A fork of its own, for one request, event or job. */
  em(): EntityManager;
  transaction<T>(work: (em: EntityManager) => Promise<T>): Promise<T>;
  sqlTransaction<T>(work: (sql: Transaction) => Promise<T>, plans?: Plans): Promise<T>;
  /**
   * Statements on one connection, of which those given at once are sent at once, and run in that order. With kept plans they
   * are one transaction, which ends with what `work` gives at once.
   */
  onOneConnection<T>(work: (sql: Sql) => Promise<T>, plans?: Plans): Promise<T>;
  /** One statement, with kept plans. */
  keptQuery<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
}

/**
 * `kept`: each named statement is planned once per connection, and what it reads it reads by an index; for statements that
 * know the keys of all they touch, of which planning would cost more than executing.
 */
export type Plans = 'fresh' | 'kept';

export interface DatabaseOptions {
  readonly url: Secret;
  readonly poolMax: number;
  readonly entities: readonly EntitySchema[];
  readonly logger: Logger;
  /**
   * After so long without an answer a connection is given up. A host that lost its power says nothing, and TCP alone would
   * wait for it a quarter of an hour. Left out where statements may take as long as they do.
   */
  readonly answerWithinMs?: number;
}

/** A connection on which nothing happens is found to be dead within twenty seconds: libuv asks ten times, a second apart. */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/**
 * A session that stays idle in a transaction holds back the status stream of everybody, so Postgres ends it.
 *
 * Plans are made anew for each execution: a kept one is from when its tables were nearly empty, reads whole tables or
 * the wrong index, and goes on to after a hundred thousand rows have come, until statistics are gathered. That costs a
 * millisecond for the longest statement. Compiling costs more than any of them.
 *
 * Said once a connection is there, not while connecting: pgbouncer refuses a client that brings settings along.
 */
export const SESSION = [
  'idle_in_transaction_session_timeout = 15000',
  `timezone = 'UTC'`,
  'jit = off',
  'plan_cache_mode = force_custom_plan',
]
  .map((setting) => `set ${setting}`)
  .concat(LOCK_TIMEOUT)
  .join('; ');

const ENDED_AFTER_MS = 5000;

/**
 * A statement that nobody waits for any more is ended where it runs, or those that are begun instead pile up beside it. Not
 * sooner: a commit that is ended while it waits for a synchronous standby answers as if the standby had it.
 */
const sessionFor = (answerWithinMs: number | undefined): string =>
  answerWithinMs === undefined ? SESSION : `${SESSION}; set statement_timeout = ${answerWithinMs + ENDED_AFTER_MS}`;

/** What Postgres itself answers while it starts: whoever gets it tries again. */
const CANNOT_CONNECT_NOW = '57P03';

/**
 * An address that follows the primary may lead to a standby for a moment, and a connection that began there would stay there:
 * it reads, so nothing takes it for broken, and stores nothing. A primary becomes a standby by a restart only, which none
 * survives but one to a pooler: whatever is refused as read-only there gives up its connection.
 */
const setUp = async (client: pg.Client, session: string): Promise<void> => {
  const results: unknown = await client.query(`${session}; select pg_is_in_recovery() as "isStandby"`);
  const last = (results as pg.QueryResult<{ isStandby: boolean }>[]).at(-1);
  if (!last?.rows[0]?.isStandby) return;
  const message = 'This Postgres is a standby, which stores nothing: DATABASE_URL must lead to the primary.';
  throw Object.assign(new Error(message), { code: CANNOT_CONNECT_NOW });
};

/**
 * A kept plan may be from when its tables were empty: it must not read them from end to end when they no longer are, nor all
 * that a bitmap finds where the first of it would do.
 */
const BEGIN: Readonly<Record<Plans, string>> = {
  fresh: 'begin',
  kept: 'begin; set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off; set local enable_bitmapscan = off',
};
const DEADLOCK_TRIES = 4;
const RETRYABLE_CODES = new Set(['40P01', '40001']);
const LOCK_NOT_AVAILABLE = '55P03';
const READ_ONLY_TRANSACTION = '25006';
/** What statements are refused with after one that failed. */
export const TRANSACTION_IS_ABORTED = '25P02';
const CHARACTER_NOT_IN_REPERTOIRE = '22021';

const run = async <Row>(client: Pool | PoolClient, { name, text }: Statement, values: readonly unknown[]) => {
  // MikroORM's pool keeps timestamps as text; the statements of the hot paths want pg's own Date.
  const named = name === undefined ? { text } : { name, text };
  const result = await client.query({ ...named, values: [...values], types: pg.types });
  return result.rows as Row[];
};

/**
 * MikroORM writes values into the text of a statement, which ends at a NUL for Postgres: its answer is one of a broken
 * connection, "try again", where the value is at fault. As a parameter it would be refused with this code.
 */
const refuseNul = (text: string, values: readonly unknown[]): string => {
  const all: unknown[] = values.flat(3);
  if (!all.some((value) => typeof value === 'string' && value.includes('\0'))) return text;
  throw Object.assign(new Error('A value holds NUL, which Postgres stores in no text.'), {
    code: CHARACTER_NOT_IN_REPERTOIRE,
  });
};

/** Statements each on its own, over the connections of a pool. */
export const sqlOf = (pool: Pool): Sql => ({ query: (statement, values = []) => run(pool, statement, values) });

/** One whose connection is gone has been taken out of the pool by then, which refuses to hear of it a second time. */
const giveBack = (client: PoolClient, broken = false): void => {
  try {
    client.release(broken);
  } catch {
    // Nothing is left to be given back.
  }
};

/**
 * The ORM gives a connection back after a commit or a rollback that was answered, and never where the connection broke in
 * the middle of a transaction: the pool would wait for it for ever, one place poorer each time. Who notices by itself has
 * given it back by the next turn of the event loop.
 */
const takeBackBroken = (pool: Pool): void => {
  pool.on('connect', (client) => client.once('end', () => setImmediate(giveBack, client, true)));
};

export const onOneConnection = async <T>(
  pool: Pool,
  work: (sql: Sql) => Promise<T>,
  plans: Plans = 'fresh',
): Promise<T> => {
  const client = await pool.connect();
  const sql: Sql = { query: (statement, values = []) => run(client, statement, values) };
  if (plans === 'kept') return sentWhole(client, async () => work(sql));
  try {
    return await work(sql);
  } finally {
    giveBack(client);
  }
};

/** A process that freezes within a transaction that is sent whole leaves none open, whose locks would hold up all others. */
const sentWhole = async <T>(client: PoolClient, work: () => Promise<T>): Promise<T> => {
  const [begun, done, committed] = await Promise.allSettled([client.query(BEGIN.kept), work(), client.query('commit')]);
  giveBack(client, committed.status === 'rejected');
  // The first that was not answered knows why: those after it are told that the connection is gone.
  if (begun.status === 'rejected') throw begun.reason;
  if (done.status === 'rejected') throw done.reason;
  if (committed.status === 'rejected') throw committed.reason;
  return done.value;
};

const inTransaction = async <T>(pool: Pool, work: (sql: Transaction) => Promise<T>, plans: Plans): Promise<T> => {
  const client = await pool.connect();
  let broken = false;
  let committed: Promise<unknown> | undefined;
  let first: unknown;
  // Sent along with what follows it. Where it fails the connection is gone, and so is what follows.
  const begun = client.query(BEGIN[plans]);
  try {
    const query = <Row extends object>(statement: Statement, values: readonly unknown[] = []) =>
      run<Row>(client, statement, values).catch((error: unknown) => {
        first ??= error;
        throw error;
      });
    const commit = (): void => {
      committed = client.query('commit');
      // Heard below, or not at all where a statement before it failed: that is what is told then.
      committed.catch(() => {});
    };
    const [answer] = await Promise.all([work({ query, commit }), begun]);
    await (committed ?? client.query('commit'));
    return answer;
  } catch (error) {
    broken = (error as { code?: string }).code === READ_ONLY_TRANSACTION;
    await client.query('rollback').catch(() => {
      broken = true;
    });
    // Of statements that were sent together those after the one at fault are refused as well, and may be heard of sooner.
    throw (error as { code?: string }).code === TRANSACTION_IS_ABORTED ? first : error;
  } finally {
    // A connection that cannot even roll back is not given to the next one.
    giveBack(client, broken);
  }
};

/** Nothing was stored, and the same may succeed in a moment. */
const tooBusy = (cause: unknown): TopLevelError => {
  const message = 'Others hold what this needs for too long; nothing of it was stored. Repeat it in a moment.';
  return Object.assign(new TopLevelError('SERVICE_UNAVAILABLE', message, { retryable: true }), { cause });
};

const retryingDeadlocks = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (code === LOCK_NOT_AVAILABLE) throw tooBusy(error);
      if (!RETRYABLE_CODES.has(code)) throw error;
      if (tries >= DEADLOCK_TRIES) throw tooBusy(error);
    }
  }
};

export const openDatabase = async (options: DatabaseOptions): Promise<Database> => {
  const { url, poolMax, entities, logger, answerWithinMs } = options;
  const orm = await MikroORM.init({
    clientUrl: url.reveal(),
    entities: [...entities],
    extensions: [Migrator],
    pool: { min: 0, max: poolMax, idleTimeoutMillis: 30_000 },
    driverOptions: {
      // The ORM takes host, port, user, password and name of a URL only: TLS, options and sockets are for the driver.
      connectionString: url.reveal(),
      application_name: 'heliograph',
      // Statements that are given at once are sent at once, and run in that order.
      pipeline: true,
      connectionTimeoutMillis: 10_000,
      ...KEEP_ALIVE,
      ...(answerWithinMs === undefined ? {} : { query_timeout: answerWithinMs }),
      onConnect: (client: pg.Client) => setUp(client, sessionFor(answerWithinMs)),
    },
    migrations: {
      migrationsList: migrations,
      tableName: 'heliograph_migrations',
      snapshot: false,
      transactional: true,
      // Each for itself: one that makes an index while others write cannot be part of a transaction.
      allOrNothing: false,
    },
    logger: (message) => logger.debug({ component: 'orm' }, message),
    debug: false,
    forceUtcTimezone: true,
    ensureDatabase: false,
    onQuery: refuseNul,
  });
  const pool = await orm.em.getConnection().getNativeClient();
  takeBackBroken(pool);
  return {
    orm,
    em: () => orm.em.fork(),
    transaction: (work) => retryingDeadlocks(() => orm.em.fork().transactional(work)),
    ...sqlOf(pool),
    sqlTransaction: <T>(work: (sql: Transaction) => Promise<T>, plans: Plans = 'fresh') =>
      retryingDeadlocks(() => inTransaction(pool, work, plans)),
    onOneConnection: (work, plans) => onOneConnection(pool, work, plans),
    keptQuery: <Row extends object>(statement: Statement, values: readonly unknown[]) =>
      retryingDeadlocks(() => onOneConnection(pool, (sql) => sql.query<Row>(statement, values), 'kept')),
    stop: async () => {
      await orm.close(true);
      // It leaves open what no entity manager has used.
      if (!pool.ended) await pool.end();
    },
  };
};
