import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { NotificationHistoryDocument } from '../generated/graphql.ts';
import { Follower } from '../support/follower.ts';
import { LogWriter, type Sort } from '../support/log-writer.ts';
import type { Chance } from '../support/seeded.ts';
import { World } from '../support/world.ts';

export interface DestructionPlan {
  readonly clients: number;
  readonly changes: number;
  readonly destructions: number;
  readonly rounds: number;
}

const WORKSPACE = 'destruction';
const SLICE_CHANGES = 20;
const MEMBERS = ['mia', 'max', 'moe'];
const SORTS: readonly Sort[] = [
  { requestedBy: 'nobody', selectedBy: null, identityKind: 'WORKSPACE_BOT' },
  ...MEMBERS.map((requestedBy) => ({ requestedBy, selectedBy: null, identityKind: 'PERSONAL_USER' as const })),
  ...MEMBERS.map((selectedBy) => ({ requestedBy: 'nobody', selectedBy, identityKind: 'PERSONAL_USER' as const })),
];

/** Clients of two processes whose sockets are destroyed at random, and changes all the while. */
export const destroySockets = async (name: string, chance: Chance, plan: DestructionPlan): Promise<void> => {
  const world = await World.start({ servers: 2, env: { HELIOGRAPH_ROLE: 'api' } });
  const writer = new LogWriter(world.database, WORKSPACE, SORTS);
  const admin = await world.as('ana', { [WORKSPACE]: 'ADMIN' });
  const { notificationHistory } = await admin.run(NotificationHistoryDocument, { workspaceId: WORKSPACE, first: 1 });
  const clients: { userId: string; follower: Follower }[] = [];
  for (let index = 0; index < plan.clients; index += 1) {
    const userId = index % 3 === 0 ? (MEMBERS[index % MEMBERS.length] as string) : 'ana';
    const token = await world.token(userId, { [WORKSPACE]: userId === 'ana' ? 'ADMIN' : 'MEMBER' });
    const cursor = notificationHistory.liveCursor;
    const url = (): string => chance.pick(world.urls);
    const follower = new Follower({ url, token, workspaceId: WORKSPACE, cursor, chance: () => chance.next() });
    clients.push({ userId, follower });
  }
  try {
    for (let round = 0; round < plan.rounds; round += 1) await oneRound(writer, clients, chance, plan);
    const log = await writer.logged();
    expect(log).toHaveLength(plan.changes * plan.rounds);
    let deliveries = 0;
    for (const { userId, follower } of clients) {
      const visible = log.filter(
        ({ requestedBy, selectedBy, identityKind }) =>
          userId === 'ana' || identityKind === 'WORKSPACE_BOT' || requestedBy === userId || selectedBy === userId,
      );
      await follower.until(visible.length);
      deliveries += visible.length;
      const seen = follower.got;
      if (seen.some((mark, index) => mark !== visible[index]?.mark))
        expect(seen).toEqual(visible.map(({ mark }) => mark));
      expect(seen).toHaveLength(visible.length);
    }
    const connections = clients.reduce((sum, { follower }) => sum + follower.connections, 0);
    process.stdout.write(`${name}: ${deliveries} deliveries over ${connections} connections, 0 missing, 0 twice\n`);
  } finally {
    await Promise.all(clients.map(({ follower }) => follower.stop()));
    await world.stop();
  }
};

const oneRound = async (
  writer: LogWriter,
  clients: readonly { follower: Follower }[],
  chance: Chance,
  { changes, destructions }: DestructionPlan,
): Promise<void> => {
  const slices = Math.ceil(changes / SLICE_CHANGES);
  const every = slices / destructions;
  let destroyed = 0;
  for (let slice = 0; slice < slices; slice += 1) {
    await writer.write(SLICE_CHANGES, chance);
    while (destroyed < Math.min((slice + 1) / every, destructions)) {
      const connected = clients.filter(({ follower }) => follower.isConnected);
      if (connected.length === 0) break;
      chance.pick(connected).follower.destroy();
      destroyed += 1;
    }
    await pause(chance.between(0, 10));
  }
};
