import type { Notification } from '../notifications/notification.entity.ts';
import type { NotificationService } from '../notifications/notification.service.ts';
import type { NotificationId } from '../platform/ids.ts';
import type { StatusChange } from './status-log.entity.ts';
import type { StatusLogRepository } from './status-log.repository.ts';

/** What the log holds of notifications that the viewer sees already. */
export class TimelineService {
  constructor(
    private readonly log: StatusLogRepository,
    private readonly service: NotificationService,
  ) {}

  async timelines(ids: readonly string[]): Promise<StatusChange[][]> {
    const changes = await this.log.timelines(ids as readonly NotificationId[]);
    return ids.map((id) => changes.filter((change) => change.notificationId === id));
  }

  async notifications(ids: readonly string[]): Promise<Notification[]> {
    const found = await this.service.load(ids as readonly NotificationId[]);
    return ids.map((id) => {
      const notification = found.get(id as NotificationId);
      if (!notification) throw new Error(`The status log names notification ${id}, which is not there.`);
      return notification;
    });
  }
}
