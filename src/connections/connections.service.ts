import { requireRole, roleIn } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Database } from '../platform/database.ts';
import { isUuid, type AuthorizationId, type ConnectionId, type UserId, type WorkspaceId } from '../platform/ids.ts';
import { UUID, PageCursors, pageOf, pageSize, type Page } from '../platform/page.ts';
import type { Authorization } from './authorization.entity.ts';
import type { AuthorizationRepository } from './authorization.repository.ts';
import type { Connection } from './connection.entity.ts';
import type { ConnectionRepository } from './connection.repository.ts';
import type { ConnectionStatus } from './connection.policy.ts';
import type { RepeatedFailuresRepository } from './repeated-failures.repository.ts';
import type { WantedScopes } from './scope.policy.ts';
import { authorizationView, connectionView, type AuthorizationView, type ConnectionView } from './view.policy.ts';

/** What a workspace is connected to, as far as the viewer may see it. */
export class ConnectionsService {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionRepository,
    private readonly authorizations: AuthorizationRepository,
    private readonly failures: RepeatedFailuresRepository,
    private readonly wanted: WantedScopes,
  ) {}

  async connectionsOf(viewer: Viewer, workspaceId: WorkspaceId, status?: ConnectionStatus): Promise<ConnectionView[]> {
    requireRole(viewer, workspaceId);
    const all = await this.connections.ofWorkspace(this.database.em(), workspaceId);
    const views = await this.#connectionViews(all);
    return status === undefined ? views : views.filter((view) => view.status === status);
  }

  /** Null for an id that does not exist and for one in a workspace that the viewer has no role in. */
  async connection(viewer: Viewer, id: ConnectionId): Promise<ConnectionView | null> {
    const [view] = isUuid(id) ? await this.connectionsById([id]) : [];
    return view === undefined || roleIn(viewer, view.workspaceId) === undefined ? null : view;
  }

  /** For objects that the viewer sees already and that name these. */
  async connectionsById(ids: readonly ConnectionId[]): Promise<ConnectionView[]> {
    return this.#connectionViews(await this.connections.findMany(this.database.em(), ids));
  }

  async authorizationsById(ids: readonly AuthorizationId[]): Promise<AuthorizationView[]> {
    return this.#authorizationViews(await this.authorizations.findMany(this.database.em(), ids));
  }

  /** The live authorizations of these users under these connections, each with its own pair. */
  async liveAuthorizations(
    of: readonly { connectionId: ConnectionId; userId: UserId }[],
  ): Promise<AuthorizationView[]> {
    const connectionIds = [...new Set(of.map((pair) => pair.connectionId))];
    const userIds = [...new Set(of.map((pair) => pair.userId))];
    return this.#authorizationViews(await this.authorizations.liveOf(this.database.em(), connectionIds, userIds));
  }

  /** Admins and services see everybody's, a member only their own. */
  async authorizationPage(
    viewer: Viewer,
    connection: { id: ConnectionId; workspaceId: WorkspaceId },
    { first, after }: { first: number | null; after: string | null | undefined },
  ): Promise<Page<AuthorizationView>> {
    const userId = requireRole(viewer, connection.workspaceId) === 'MEMBER' ? viewer.userId : undefined;
    const size = pageSize(first);
    const cursors = new PageCursors(['authorizations', connection.id, userId]);
    const [last] = cursors.decode(after, [UUID]) ?? [];
    const page = { limit: size + 1, after: last as AuthorizationId | undefined };
    const rows = await this.authorizations.page(this.database.em(), { connectionId: connection.id, userId }, page);
    const views = await this.#authorizationViews(rows);
    return pageOf(
      views,
      size,
      last !== undefined,
      (view) => view,
      ({ id }) => cursors.encode([id]),
    );
  }

  async #connectionViews(connections: readonly Connection[]): Promise<ConnectionView[]> {
    const failures = await this.failures.persistentOf(connections.map(({ id }) => id));
    return connections.map((connection) => {
      const own = failures.find((row) => row.connectionId === connection.id && row.authorizationId === null);
      return connectionView(connection, this.wanted.bot, own);
    });
  }

  async #authorizationViews(authorizations: readonly Authorization[]): Promise<AuthorizationView[]> {
    const failures = await this.failures.persistentOf(authorizations.map(({ connection }) => connection.id));
    return authorizations.map((authorization) => {
      const own = failures.find((row) => row.authorizationId === authorization.id);
      return authorizationView(authorization, this.wanted.user, own);
    });
  }
}
