import { expect, test } from 'vitest';
import { DeliveryStatsDocument } from '../generated/graphql.ts';
import { lookThroughLargeHistory } from '../load/history-plans.ts';
import type { TestDatabase } from '../support/database.ts';
import { COMMON } from '../support/history-fill.ts';
import { percentile, report } from '../support/load.ts';
import { World } from '../support/world.ts';

const ROWS = 1_000_000;
const TIMES = 30;

/** What a month of statistics takes through the API, by itself, for who sees all and for who sees what concerns them. */
const askForStatistics = async (database: TestDatabase, workspaceId: string): Promise<void> => {
  const world = await World.start({ database, env: { HELIOGRAPH_ROLE: 'api' } });
  try {
    const month = { workspaceId, since: new Date(Date.now() - 31 * 86_400_000).toISOString() };
    for (const role of ['ADMIN', 'MEMBER'] as const) {
      const caller = await world.as(COMMON.selectedBy, { [workspaceId]: role });
      const took: number[] = [];
      for (let count = 0; count < TIMES; count += 1) {
        const startedAt = performance.now();
        const { deliveryStats } = await caller.run(DeliveryStatsDocument, month);
        took.push(performance.now() - startedAt);
        expect(deliveryStats.total).toBeGreaterThan(ROWS / 2);
      }
      const [median, most] = [0.5, 0.95].map((share) => `${percentile(took, share).toFixed(0)} ms`);
      report(`a month of statistics over ${ROWS} as ${role}`, { median, p95: most });
    }
  } finally {
    await world.stop();
  }
};

test('every filter of a history of 1,000,000 reads what its page holds, at any depth', { timeout: 600_000 }, () =>
  lookThroughLargeHistory('a history of 1,000,000', ROWS, askForStatistics),
);
