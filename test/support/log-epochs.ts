import { expect } from 'vitest';
import type { TestDatabase } from './database.ts';

/** As after a restore: the log that is there was written on another cluster, and a server finds that out. */
export const moveToAnotherCluster = async (database: TestDatabase): Promise<void> => {
  const latest = async (): Promise<number> => {
    const [row] = await database.query<{ epoch: number }>('select max(epoch) as epoch from log_epochs');
    return row?.epoch ?? 0;
  };
  const before = await latest();
  await database.query(`update log_epochs set system_identifier = 'the cluster of the dump' where epoch = $1`, [
    before,
  ]);
  await expect.poll(latest, { timeout: 10_000 }).toBeGreaterThan(before);
};
