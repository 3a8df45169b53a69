import { setTimeout as pause } from 'node:timers/promises';
import type { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { Connections } from '../../migrations/0001-connections.ts';
import { Delivery } from '../../migrations/0002-delivery.ts';
import { StatusLog } from '../../migrations/0003-status-log.ts';
import { Channels } from '../../migrations/0004-channels.ts';
import { TokenRotation } from '../../migrations/0005-token-rotation.ts';
import { ConnectionStatus } from '../../migrations/0006-connection-status.ts';
import { SlackEvents } from '../../migrations/0007-slack-events.ts';
import { Health } from '../../migrations/0008-health.ts';
import { EventTypes } from '../../migrations/0009-event-types.ts';
import { History } from '../../migrations/0010-history.ts';
import { Statistics } from '../../migrations/0011-statistics.ts';
import { ChannelSearch } from '../../migrations/0012-channel-search.ts';
import { RepeatedFailures } from '../../migrations/0013-repeated-failures.ts';
import { RateLimits } from '../../migrations/0014-rate-limits.ts';
import { Observability } from '../../migrations/0015-observability.ts';
import { Accepting } from '../../migrations/0016-accepting.ts';
import { Overdue } from '../../migrations/0017-overdue.ts';
import { HeldLooks } from '../../migrations/0018-held-looks.ts';
import { NeededListing } from '../../migrations/0019-needed-listing.ts';
import { Moving } from '../../migrations/0020-moving.ts';
import { Revived } from '../../migrations/0021-revived.ts';
import { GrantedAt } from '../../migrations/0022-granted-at.ts';
import { Resendable } from '../../migrations/0023-resendable.ts';
import { ThreadOnly } from '../../migrations/0024-thread-only.ts';
import { PostingPaused } from '../../migrations/0025-posting-paused.ts';
import { OccurredAt } from '../../migrations/0026-occurred-at.ts';
import { Unasked } from '../../migrations/0027-unasked.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import type { Secret } from './secret.ts';

/** Named here rather than found on disk: a build that forgot one cannot start as if it were at head. */
export const migrations = [
  { name: '0001-connections', class: Connections },
  { name: '0002-delivery', class: Delivery },
  { name: '0003-status-log', class: StatusLog },
  { name: '0004-channels', class: Channels },
  { name: '0005-token-rotation', class: TokenRotation },
  { name: '0006-connection-status', class: ConnectionStatus },
  { name: '0007-slack-events', class: SlackEvents },
  { name: '0008-health', class: Health },
  { name: '0009-event-types', class: EventTypes },
  { name: '0010-history', class: History },
  { name: '0011-statistics', class: Statistics },
  { name: '0012-channel-search', class: ChannelSearch },
  { name: '0013-repeated-failures', class: RepeatedFailures },
  { name: '0014-rate-limits', class: RateLimits },
  { name: '0015-observability', class: Observability },
  { name: '0016-accepting', class: Accepting },
  { name: '0017-overdue', class: Overdue },
  { name: '0018-held-looks', class: HeldLooks },
  { name: '0019-needed-listing', class: NeededListing },
  { name: '0020-moving', class: Moving },
  { name: '0021-revived', class: Revived },
  { name: '0022-granted-at', class: GrantedAt },
  { name: '0023-resendable', class: Resendable },
  { name: '0024-thread-only', class: ThreadOnly },
  { name: '0025-posting-paused', class: PostingPaused },
  { name: '0026-occurred-at', class: OccurredAt },
  { name: '0027-unasked', class: Unasked },
];

const LOCK_POLL_MS = 100;

/**
 * Asks again and again rather than wait inside Postgres: a statement that waits there has a snapshot, for which `create
 * index concurrently` waits in turn, and nobody would ever break that knot.
 */
const takeLock = async (client: pg.Client): Promise<void> => {
  for (;;) {
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [
      ADVISORY_LOCKS.MIGRATIONS,
    ]);
    if (rows[0]?.mine === true) return;
    await pause(LOCK_POLL_MS);
  }
};

/**
 * The migrator takes no lock of its own. Processes that start together take turns by a session lock held by a connection
 * of its own; closing that session frees the lock, also when the process dies.
 */
export const migrate = async (orm: MikroORM, url: Secret): Promise<string[]> => {
  const client = new pg.Client({ connectionString: url.reveal(), application_name: 'heliograph-migrate' });
  await client.connect();
  try {
    await takeLock(client);
    const done = await orm.migrator.up();
    return done.map((migration) => migration.name);
  } finally {
    await client.end();
  }
};

/** Only looks: the migrator would make its table where there is none, in the way of another that is about to migrate. */
export const pendingMigrations = async (orm: MikroORM): Promise<string[]> => {
  const [row] = await orm.em
    .getConnection()
    .execute<{ isThere: boolean }[]>(`select to_regclass('heliograph_migrations') is not null as "isThere"`);
  if (!row?.isThere) return migrations.map(({ name }) => name);
  return (await orm.migrator.getPending()).map((migration) => migration.name);
};

/** For who cannot work on older tables. */
export const requireHead = async (orm: MikroORM): Promise<void> => {
  const pending = await pendingMigrations(orm);
  if (pending.length === 0) return;
  throw new Error(`The database is not at head. Run "heliograph migrate" first: ${pending.join(', ')}`);
};
