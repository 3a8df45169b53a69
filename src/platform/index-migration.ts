import { Migration } from '@mikro-orm/migrations';

/** A lock that is not had within this time is an error to retry rather than a pile of waiters. */
export const LOCK_TIMEOUT = 'set lock_timeout = 10000';

/** Outside a transaction, each statement for itself: only so can indexes be made and taken away while others write. */
export abstract class IndexMigration extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  /**
   * As long as it takes. It waits for each transaction that is open, a backup's too, and holds up nobody; broken off, it
   * would leave an index that costs every write and holds nothing, and have to begin anew.
   */
  protected whileOthersWrite(statement: string): void {
    this.addSql('set lock_timeout = 0');
    this.addSql(statement);
    this.addSql(LOCK_TIMEOUT);
  }
}
