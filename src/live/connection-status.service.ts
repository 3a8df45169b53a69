import { audienceKey, requireRole } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import type { ConnectionChange } from './connection-status-log.entity.ts';
import type { FollowedLog } from './followed-log.ts';
import { LogStream, type ChangeSource, type LogSubscription } from './log-stream.service.ts';

export interface ConnectionStreamRequest {
  readonly workspaceId: WorkspaceId;
  readonly after?: string | null | undefined;
}

/** The stream of what becomes of a workspace's connections, and of the authorizations that one viewer may see. */
export class ConnectionStatusService {
  readonly #stream: LogStream<ConnectionChange>;

  constructor(
    log: FollowedLog<ConnectionChange>,
    tail: ChangeSource<ConnectionChange>,
    keptDays: number,
    logger: Logger,
  ) {
    this.#stream = new LogStream(log, tail, keptDays, logger);
  }

  /** Checks the request and begins. Admins and services see all; a member sees connections and their own authorizations. */
  async subscribe(
    viewer: Viewer,
    { workspaceId, after }: ConnectionStreamRequest,
  ): Promise<LogSubscription<ConnectionChange>> {
    const role = requireRole(viewer, workspaceId);
    const concerns = ({ authorizationId, userId }: ConnectionChange): boolean =>
      role !== 'MEMBER' || authorizationId === null || userId === viewer.userId;
    return {
      log: this.#stream.of(workspaceId),
      from: await this.#stream.begin(after, { ofOne: false }),
      audience: { key: audienceKey(role, viewer), concerns },
    };
  }
}
