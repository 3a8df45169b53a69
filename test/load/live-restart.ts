import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { NotificationHistoryDocument } from '../generated/graphql.ts';
import { Fleet } from '../support/fleet.ts';
import { Follower } from '../support/follower.ts';
import { LogWriter } from '../support/log-writer.ts';
import type { Chance } from '../support/seeded.ts';
import { World } from '../support/world.ts';

export interface RestartPlan {
  readonly clients: number;
  readonly changesBefore: number;
  /** While nobody is there to tell of them. */
  readonly changesMeanwhile: number;
}

const WORKSPACE = 'restart';

/** The only server is killed with everybody connected, and started again: answers with how long all took to have everything. */
export const killServer = async (name: string, chance: Chance, plan: RestartPlan): Promise<number> => {
  const world = await World.start({ servers: 0 });
  const fleet = await Fleet.start(world, ['api']);
  const [server] = fleet.members;
  const writer = new LogWriter(world.database, WORKSPACE);
  const admin = await world.as('ana', { [WORKSPACE]: 'ADMIN' });
  const { notificationHistory } = await admin.run(NotificationHistoryDocument, { workspaceId: WORKSPACE, first: 1 });
  const followers = Array.from(
    { length: plan.clients },
    () =>
      new Follower({
        url: () => world.url,
        token: admin.token ?? '',
        workspaceId: WORKSPACE,
        cursor: notificationHistory.liveCursor,
        chance: () => chance.next(),
      }),
  );
  const allHave = (count: number) => Promise.all(followers.map((follower) => follower.until(count)));
  try {
    await writer.write(plan.changesBefore);
    await allHave(plan.changesBefore);
    // In the middle of a batch, for most of them.
    await writer.write(10);
    await server?.kill();
    const killed = performance.now();
    await writer.write(plan.changesMeanwhile);
    await pause(500);
    await server?.start();
    await writer.write(10);
    const total = plan.changesBefore + plan.changesMeanwhile + 20;
    await allHave(total);
    const backSeconds = (performance.now() - killed) / 1000;
    const marks = (await writer.logged()).map(({ mark }) => mark);
    for (const follower of followers) expect(follower.got).toEqual(marks);
    process.stdout.write(
      `${name}: all ${plan.clients} back with every change ${backSeconds.toFixed(1)} s after the kill\n`,
    );
    return backSeconds;
  } finally {
    await Promise.all(followers.map((follower) => follower.stop()));
    await fleet.stop();
    await world.stop();
  }
};
