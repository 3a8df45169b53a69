import { requireRole, roleIn } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Database } from '../platform/database.ts';
import { isUuid, type AuthorizationId, type ConnectionId, type UserId, type WorkspaceId } from '../platform/ids.ts';
import { UUID, PageCursors, pageOf, pageSize, type Page } from '../platform/page.ts';
import type { Authorization } from './authorization.entity.ts';
import type { AuthorizationRepository } from './authorization.repository.ts';
import type { ConnectionRepository } from './connection.repository.ts';
import type { ConnectionStatus } from './connection.policy.ts';
import type { WantedScopes } from './scope.policy.ts';
import { authorizationView, connectionView, type AuthorizationView, type ConnectionView } from './view.policy.ts';

/** What a workspace is connected to, as far as the viewer may see it. */
export class ConnectionsService {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionRepository,
    private readonly authorizations: AuthorizationRepository,
    private readonly wanted: WantedScopes,
  ) {}

  async connectionsOf(viewer: Viewer, workspaceId: WorkspaceId, status?: ConnectionStatus): Promise<ConnectionView[]> {
    requireRole(viewer, workspaceId);
    const all = await this.connections.ofWorkspace(this.database.em(), workspaceId);
    const views = all.map((connection) => connectionView(connection, this.wanted.bot));
    return status === undefined ? views : views.filter((view) => view.status === status);
  }

  /** Null for an id that does not exist and for one in a workspace that the viewer has no role in. */
  async connection(viewer: Viewer, id: ConnectionId): Promise<ConnectionView | null> {
    const [view] = isUuid(id) ? await this.connectionsById([id]) : [];
    return view === undefined || roleIn(viewer, view.workspaceId) === undefined ? null : view;
  }

  /** For objects that the viewer sees already and that name these. */
  async connectionsById(ids: readonly ConnectionId[]): Promise<ConnectionView[]> {
    const found = await this.connections.findMany(this.database.em(), ids);
    return found.map((connection) => connectionView(connection, this.wanted.bot));
  }

  async authorizationsById(ids: readonly AuthorizationId[]): Promise<AuthorizationView[]> {
    return (await this.authorizations.findMany(this.database.em(), ids)).map((row) => this.#view(row));
  }

  /** The live authorizations of these users under these connections, each with its own pair. */
  async liveAuthorizations(
    of: readonly { connectionId: ConnectionId; userId: UserId }[],
  ): Promise<AuthorizationView[]> {
    const connectionIds = [...new Set(of.map((pair) => pair.connectionId))];
    const userIds = [...new Set(of.map((pair) => pair.userId))];
    return (await this.authorizations.liveOf(this.database.em(), connectionIds, userIds)).map((row) => this.#view(row));
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
    return pageOf(
      rows,
      size,
      last !== undefined,
      (row) => this.#view(row),
      ({ id }) => cursors.encode([id]),
    );
  }

  #view(authorization: Authorization): AuthorizationView {
    return authorizationView(authorization, this.wanted.user);
  }
}
