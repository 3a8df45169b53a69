import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { isDataError } from './batcher.ts';
import type { Clock } from './clock.ts';
import { onOneConnection, SESSION, sqlOf, type Database, type Plans, type Sql } from './database.ts';
import type { Stoppable } from './lifecycle.ts';
import type { Logger } from './logger.ts';
import type { Secret } from './secret.ts';

/** Where what is only looked at is read. */
export interface Reads {
  /**
   * All of `work` reads one server, which has everything that was committed before the call, on one connection: what is
   * given at once is sent at once, and run in that order; with kept plans, all of it is. It may be run twice.
   */
  read<T>(work: (sql: Sql) => Promise<T>, plans?: Plans): Promise<T>;
}

export const readsOf = (primary: Database): Reads => ({ read: (work, plans) => primary.onOneConnection(work, plans) });

/** What came of asking the replica. */
export type ReplicaOutcome = 'answered' | 'behind' | 'failed';

export interface ReplicaOptions {
  readonly url: Secret;
  readonly poolMax: number;
  readonly primary: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called for every read. */
  readonly onRead: (outcome: ReplicaOutcome) => void;
}

/** How long a read waits for the replica to have what the primary has. */
const CATCH_UP_MS = 250;
const POLL_MS = 5;
/** A replica that was behind or failed is left alone for so long. */
const RETRY_MS = 5000;
const CONNECT_TIMEOUT_MS = 1000;
/** A statement that takes longer holds up what the replica replays, or goes to a machine that is no longer there. */
const STATEMENT_TIMEOUT_MS = 5000;

/** Before the first statement: the pool waits for what it returns, whatever its type says. */
const SET_UP = {
  onConnect: (client: pg.ClientBase) =>
    client.query(`${SESSION}; set default_transaction_read_only = on; set statement_timeout = ${STATEMENT_TIMEOUT_MS}`),
};

const WHICH = 'select system_identifier::text as system, current_database() as name from pg_control_system()';

/**
 * Reads a standby while it has all that the primary had when it was asked for; else the primary. Nobody waits for it twice:
 * it is tried again beside a read that the primary answers.
 */
export class Replica implements Reads, Stoppable {
  readonly #pool: pg.Pool;
  readonly #sql: Sql;
  #outcome: ReplicaOutcome | undefined;
  #triedAtMs = -Infinity;
  #trying: Promise<void> | undefined;

  constructor(private readonly options: ReplicaOptions) {
    this.#pool = new pg.Pool({
      connectionString: options.url.reveal(),
      max: options.poolMax,
      idleTimeoutMillis: 30_000,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS,
      application_name: 'heliograph',
      pipeline: true,
      ...SET_UP,
    });
    // What happens to a connection is found by the next read, or by the one that it has: unheard, it would end the process.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => client.on('error', () => {}));
    this.#sql = sqlOf(this.#pool);
  }

  async read<T>(work: (sql: Sql) => Promise<T>, plans?: Plans): Promise<T> {
    if (this.#outcome !== 'answered') {
      this.#tryAgain();
      this.options.onRead(this.#outcome ?? 'failed');
      return this.options.primary.onOneConnection(work, plans);
    }
    const end = await this.#endOfPrimary();
    try {
      if (await this.#hasReplayed(end)) {
        const answer = await onOneConnection(this.#pool, work, plans);
        this.options.onRead('answered');
        return answer;
      }
      this.#leave('behind');
    } catch (error) {
      // What the statement was given says nothing of who was asked.
      if (isDataError(error)) throw error;
      this.#leave('failed', error);
    }
    return this.options.primary.onOneConnection(work, plans);
  }

  /** Once it resolves, it is known whether there is a replica to read. */
  async start(): Promise<this> {
    this.#tryAgain();
    await this.#trying;
    return this;
  }

  async stop(): Promise<void> {
    await this.#trying;
    await this.#pool.end();
  }

  #tryAgain(): void {
    if (this.#trying || this.options.clock.monotonicMs() - this.#triedAtMs < RETRY_MS) return;
    this.#trying = this.look()
      .then(
        (outcome) => this.#note(outcome),
        (error: unknown) => this.#note('failed', error),
      )
      .finally(() => (this.#trying = undefined));
  }

  /** Whether it is a copy that has all that the primary has; an error says why it cannot be read. */
  async look(): Promise<'answered' | 'behind'> {
    const which = (sql: Sql) => sql.query<{ system: string; name: string }>({ text: WHICH });
    const [[ours], [its]] = await Promise.all([which(this.options.primary), which(this.#sql)]);
    if (ours?.system !== its?.system || ours?.name !== its?.name)
      throw new Error('DATABASE_REPLICA_URL is not a copy of the database of DATABASE_URL.');
    return (await this.#hasReplayed(await this.#endOfPrimary())) ? 'answered' : 'behind';
  }

  /** All that is committed lies before it. */
  async #endOfPrimary(): Promise<string> {
    const [row] = await this.options.primary.query<{ lsn: string }>({
      name: 'primary_end',
      text: 'select pg_current_wal_flush_lsn()::text as lsn',
    });
    if (!row) throw new Error('The primary did not say how far it has written.');
    return row.lsn;
  }

  async #hasReplayed(end: string): Promise<boolean> {
    const { clock } = this.options;
    const deadlineMs = clock.monotonicMs() + CATCH_UP_MS;
    for (;;) {
      const [row] = await this.#sql.query<{ isStandby: boolean; isThere: boolean | null }>(
        {
          name: 'replica_end',
          text: `select pg_is_in_recovery() as "isStandby", pg_last_wal_replay_lsn() >= $1::pg_lsn as "isThere"`,
        },
        [end],
      );
      // One that was promoted goes its own way, with transaction ids of its own.
      if (!row?.isStandby) throw new Error('DATABASE_REPLICA_URL is not a standby.');
      if (row.isThere) return true;
      if (clock.monotonicMs() >= deadlineMs) return false;
      await pause(POLL_MS);
    }
  }

  #leave(outcome: ReplicaOutcome, error?: unknown): void {
    this.#note(outcome, error);
    this.options.onRead(outcome);
  }

  /** Says what has changed, once. */
  #note(outcome: ReplicaOutcome, error?: unknown): void {
    this.#triedAtMs = this.options.clock.monotonicMs();
    if (outcome === this.#outcome) return;
    this.#outcome = outcome;
    const { logger } = this.options;
    if (outcome === 'answered') logger.info('History and statistics are read from the replica.');
    else logger.warn({ outcome, err: error }, 'History and statistics are read from the primary, not the replica.');
  }
}
