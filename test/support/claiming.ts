import { DeliveryLaneEntity } from '../../src/delivery/delivery.entity.ts';
import { DeliveryRepository } from '../../src/delivery/delivery.repository.ts';
import { paceOf } from '../../src/delivery/pace.policy.ts';
import { openDatabase, type Database } from '../../src/platform/database.ts';
import type { ChannelId } from '../../src/platform/ids.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { Secret } from '../../src/platform/secret.ts';
import { openDesk } from './desk.ts';
import { readSettings } from './settings.ts';
import { accepted, World } from './world.ts';

export const DELIVERED = {
  status: 'DELIVERED',
  place: { kind: 'REST' },
  attempt: { outcome: 'DELIVERED' },
  posted: { channelId: 'C1' as ChannelId, ts: '1700000000.000100' },
} as const;

/** A test that claims and settles itself, step by step, what a server accepts that delivers nothing. */
export class Claiming {
  private constructor(
    readonly world: World,
    readonly deliveries: DeliveryRepository,
    private readonly database: Database,
  ) {}

  static async start(): Promise<Claiming> {
    const world = await World.start({ env: { HELIOGRAPH_ROLE: 'api' } });
    const logger = createLogger({ level: 'silent', role: 'test' });
    const url = new Secret(world.database.url);
    const database = await openDatabase({ url, poolMax: 2, entities: [DeliveryLaneEntity], logger });
    const deliveries = new DeliveryRepository(database, paceOf(readSettings({}).delivery));
    return new Claiming(world, deliveries, database);
  }

  /** A message that is claimed here, the first of its channel and in an otherwise empty queue. */
  async one(workspace: string, messages = 1) {
    const { world, deliveries } = this;
    await world.database.query('delete from notifications; delete from delivery_lanes; delete from delivery_teams');
    // A team that the server does not know yet: it would not add one anew that it has added before.
    const team = `T0${workspace.replaceAll('-', '').toUpperCase()}`;
    const channels = await world.slack.addTeam(team, 3);
    const desk = await openDesk(world, workspace, team);
    const sendTo = (channelId = '') => accepted(desk.admin, desk.message({ channelId }));
    for (let sent = 0; sent < messages; sent += 1) await sendTo(channels[0]);
    const { rows } = await deliveries.claim({ rows: 1, open: new Map() });
    return { channels, sendTo, rows };
  }

  async stop(): Promise<void> {
    try {
      await this.database.stop();
    } finally {
      await this.world.stop();
    }
  }
}
