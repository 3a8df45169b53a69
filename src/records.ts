import { ChannelRepository } from './channels/channel.repository.ts';
import type { Ground } from './foundation.ts';
import { InstallRepository } from './installs/install.repository.ts';
import { ConnectionStatusLogRepository } from './live/connection-status-log.repository.ts';
import { cursorOfNow } from './live/log-stream.service.ts';
import type { StatusLogRepository } from './live/status-log.repository.ts';
import { CountsRepository } from './notifications/counts.repository.ts';
import { HistoryRepository } from './notifications/history.repository.ts';
import { HistoryService } from './notifications/history.service.ts';
import { RetentionRepository } from './notifications/retention.repository.ts';
import { StatsRepository } from './notifications/stats.repository.ts';
import { StatsService } from './notifications/stats.service.ts';
import { systemClock } from './platform/clock.ts';

/** What is looked back at, and for how long it is kept. */
export const createRecords = ({ config, database, reads }: Ground, log: StatusLogRepository) => {
  const kept = new RetentionRepository(database, config.historyDays);
  const connectionLog = new ConnectionStatusLogRepository(database, log);
  const installs = new InstallRepository();
  const channels = new ChannelRepository(database);
  return {
    history: new HistoryService(new HistoryRepository(), reads, (sql) => cursorOfNow({ end: () => log.end(sql) })),
    stats: new StatsService(new StatsRepository(), reads, systemClock),
    counts: new CountsRepository(database),
    retention: {
      idempotencyKeys: (limit: number) => kept.deleteKeys(limit),
      notifications: (limit: number) => kept.deleteNotifications(limit),
      connectionChanges: (limit: number) => connectionLog.deleteOlderThan(config.statusLogDays, limit),
      listings: (limit: number) => channels.deleteGone(limit),
      installs: (limit: number) => installs.deleteFinished(database.em(), limit),
    },
  };
};
