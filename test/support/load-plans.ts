import pg from 'pg';
import { CLAIM } from '../../src/delivery/claim.sql.ts';
import { BREAKER_FAILURES, BREAKER_SECONDS } from '../../src/delivery/pace.policy.ts';
import { entities } from '../../src/entities.ts';
import { openDatabase, type Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { Secret } from '../../src/platform/secret.ts';
import type { TestDatabase } from './database.ts';
import { explainedOf, type Explained, type Explanation } from './explained.ts';

class Undo extends Error {}

const ROWS = 50;
const VALUES = [50, 10, ROWS, 1, 10, [], [], [], 0, 0, BREAKER_FAILURES, BREAKER_SECONDS, 2, null]
  .map((value) => (value === null ? 'null' : Array.isArray(value) ? `'{}'` : pg.escapeLiteral(`${value}`)))
  .join(', ');

/**
 * A claim as a worker has it: prepared while next to nothing is there, and asked later what it costs. Nothing of what
 * it does stays.
 */
export class KeptClaim {
  /** A connection that rests for half a minute is closed, and what was prepared goes with it. */
  readonly #keeping: NodeJS.Timeout;

  private constructor(private readonly session: Database) {
    this.#keeping = setInterval(() => void this.session.query({ text: 'select 1' }), 10_000);
  }

  static async prepare(database: TestDatabase): Promise<KeptClaim> {
    const logger = createLogger({ level: 'silent', role: 'test' });
    const session = await openDatabase({ url: new Secret(database.url), poolMax: 1, entities, logger });
    await session.query({ text: `prepare kept_claim as ${CLAIM}` });
    const kept = new KeptClaim(session);
    await kept.explain();
    return kept;
  }

  async explain(): Promise<Explained> {
    let found: Explanation | undefined;
    await this.session
      .sqlTransaction(async (sql) => {
        [found] = await sql.query({ text: `explain (analyze, buffers, format json) execute kept_claim(${VALUES})` });
        throw new Undo();
      }, 'kept')
      .catch((error: unknown) => {
        if (!(error instanceof Undo)) throw error;
      });
    return explainedOf(found);
  }

  close(): Promise<void> {
    clearInterval(this.#keeping);
    return this.session.stop();
  }
}
