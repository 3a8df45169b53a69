import { audienceKey, maySeeNotification, requireRole } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { NotificationService } from '../notifications/notification.service.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import { notFound } from '../platform/top-level-error.ts';
import type { FollowedLog } from './followed-log.ts';
import { LogStream, type ChangeSource, type LogSubscription } from './log-stream.service.ts';
import type { StatusChange } from './status-log.entity.ts';

export interface StreamRequest {
  readonly workspaceId: WorkspaceId;
  readonly notificationId?: string | null | undefined;
  readonly after?: string | null | undefined;
}

/** The stream of status changes that one viewer may see in a workspace. */
export class StatusStreamService {
  readonly #stream: LogStream<StatusChange>;

  constructor(
    log: FollowedLog<StatusChange>,
    tail: ChangeSource<StatusChange>,
    private readonly notifications: NotificationService,
    keptDays: number,
    logger: Logger,
  ) {
    this.#stream = new LogStream(log, tail, keptDays, logger);
  }

  /** Checks the request and begins; what is refused is refused here, before the first change. */
  async subscribe(viewer: Viewer, request: StreamRequest): Promise<LogSubscription<StatusChange>> {
    const { workspaceId, after } = request;
    const notificationId = request.notificationId?.toLowerCase();
    const role = requireRole(viewer, workspaceId);
    if (notificationId !== undefined) {
      const notification = await this.notifications.find(viewer, notificationId);
      if (notification?.workspaceId !== workspaceId) throw notFound('notification');
    }
    const concerns = (change: StatusChange): boolean =>
      (notificationId === undefined || change.notificationId === notificationId) && maySeeNotification(viewer, change);
    return {
      log: this.#stream.of(workspaceId),
      from: await this.#stream.begin(after, { ofOne: notificationId !== undefined }),
      audience: { key: audienceKey(role, viewer), concerns },
    };
  }
}
