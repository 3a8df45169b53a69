import { expect } from 'vitest';
import { CancelNotificationDocument, NotificationHistoryDocument } from '../generated/graphql.ts';
import { openDesk, UNPACED } from '../support/desk.ts';
import { Follower } from '../support/follower.ts';
import type { Chance } from '../support/seeded.ts';
import { accepted, World } from '../support/world.ts';

const WORKSPACE = 'latency';
const LATER = '2090-01-01T00:00:00Z';

/**
 * Changes made through the API of one process, told by another: answers with the 95th percentile, in ms, of the time from
 * before a change was committed to its arrival.
 */
export const seeElsewhere = async (name: string, chance: Chance, notifications: number): Promise<number> => {
  const world = await World.start({ env: UNPACED, servers: 2 });
  try {
    const desk = await openDesk(world, WORKSPACE);
    const { notificationHistory } = await desk.admin.run(NotificationHistoryDocument, {
      workspaceId: WORKSPACE,
      first: 1,
    });
    const follower = new Follower({
      url: () => world.urls[1] ?? '',
      token: desk.admin.token ?? '',
      workspaceId: WORKSPACE,
      cursor: notificationHistory.liveCursor,
      chance: () => chance.next(),
    });
    const lags: number[] = [];
    // `at` is when the transaction began: the lag is not shorter than from its commit.
    follower.onChange = ({ at }) => lags.push(Date.now() - Date.parse(at));
    for (let count = 0; count < notifications; count += 1) {
      const { id } = await accepted(desk.admin, desk.message({ scheduledFor: LATER }));
      await desk.admin.run(CancelNotificationDocument, { input: { id } });
    }
    await follower.until(2 * notifications);
    await follower.stop();
    expect(lags).toHaveLength(2 * notifications);
    const sorted = lags.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)] as number;
    process.stdout.write(`${name}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${sorted.at(-1)} ms\n`);
    return at(0.95);
  } finally {
    await world.stop();
  }
};
