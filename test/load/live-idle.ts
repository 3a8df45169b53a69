import { setTimeout as pause } from 'node:timers/promises';
import { DeliveryStatusChangedDocument } from '../generated/graphql.ts';
import { closeCrowd, CrowdSocket, openCrowd, residentKiB } from '../support/crowd.ts';
import { World } from '../support/world.ts';

const WARM_UP = 200;

/** So many sockets with a subscription each and nothing to tell: answers with what each costs the process, in KiB. */
export const holdIdle = async (name: string, subscriptions: number): Promise<number> => {
  const world = await World.start();
  const token = await world.token('ana', { idle: 'ADMIN' });
  const payload = { query: DeliveryStatusChangedDocument.toString(), variables: { workspaceId: 'idle' } };
  const open = (): Promise<CrowdSocket> => CrowdSocket.open(world.url, token, payload);
  const pid = world.servers[0]?.child.pid ?? 0;
  const crowd: CrowdSocket[] = [];
  try {
    await closeCrowd(await openCrowd(WARM_UP, open));
    const before = residentKiB(pid);
    crowd.push(...(await openCrowd(subscriptions, open)));
    await Promise.all(crowd.map((member) => member.settled()));
    await pause(1_000);
    const each = (residentKiB(pid) - before) / subscriptions;
    process.stdout.write(`${name}: ${each.toFixed(1)} KiB each\n`);
    return each;
  } finally {
    await closeCrowd(crowd);
    await world.stop();
  }
};
