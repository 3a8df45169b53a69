import { personIn, requireRole } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { ConnectionProblem } from '../connections/connection.policy.ts';
import type { Database } from '../platform/database.ts';
import type { AuthorizationId, ConnectionId, IdentityId, WorkspaceId } from '../platform/ids.ts';
import type { Identity, IdentityKind } from './identity.entity.ts';
import { identityProblem, postsAs, type IdentityStanding } from './identity.policy.ts';
import type { IdentityRepository } from './identity.repository.ts';

/** An identity as it may be shown. */
export interface IdentityView {
  readonly id: IdentityId;
  readonly kind: IdentityKind;
  readonly connectionId: ConnectionId;
  readonly authorizationId: AuthorizationId | null;
  readonly postsAs: string;
  readonly usable: boolean;
  readonly problem: ConnectionProblem | null;
}

/** What a stored identity says of whether it can post. */
export const standingOf = ({ kind, connection, authorization }: Identity): IdentityStanding => ({
  kind,
  connection,
  authorization,
  scopes: (authorization ?? connection).credential?.scopes ?? [],
});

export const identityView = (identity: Identity): IdentityView => {
  const { id, kind, connection, authorization } = identity;
  const own = authorization ?? connection;
  const problem = identityProblem(standingOf(identity), own.authorizedAt);
  return {
    id,
    kind,
    connectionId: connection.id,
    authorizationId: authorization?.id ?? null,
    postsAs: postsAs(connection, authorization),
    usable: problem === null,
    problem,
  };
};

/** Who a message could be posted as. */
export class IdentitiesService {
  constructor(
    private readonly database: Database,
    private readonly identities: IdentityRepository,
  ) {}

  /** The bots and the viewer's own person. A service selects nothing and has no person, but sends as the bots. */
  async availableIdentities(viewer: Viewer, workspaceId: WorkspaceId): Promise<IdentityView[]> {
    requireRole(viewer, workspaceId);
    const person = personIn(viewer, workspaceId);
    const identities = await this.identities.liveOf(this.database.em(), workspaceId, person);
    return identities.map(identityView);
  }

  /** For objects that the viewer sees already and that name these. */
  async identitiesById(ids: readonly IdentityId[]): Promise<IdentityView[]> {
    return (await this.identities.findMany(this.database.em(), ids)).map(identityView);
  }
}
