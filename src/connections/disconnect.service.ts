import { requireOneOf, roleIn } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { RevocationService } from '../credentials/revocation.service.ts';
import type { Database } from '../platform/database.ts';
import { databaseNow } from '../platform/database-time.ts';
import { isUuid, type AuthorizationId, type ConnectionId } from '../platform/ids.ts';
import type { Refusal } from '../platform/user-error.ts';
import { StillQueuedError } from './connections.errors.ts';
import type { AuthorizationRepository } from './authorization.repository.ts';
import type { ConnectionRepository } from './connection.repository.ts';
import type { ConnectionsService } from './connections.service.ts';
import type { ConnectionScope, QueueOfConnection } from './dependents.ts';
import type { Ended, EndingService } from './ending.service.ts';
import type { AuthorizationView, ConnectionView } from './view.policy.ts';

export type QueuedOnDisconnect = 'CANCEL' | 'REFUSE';

export type DisconnectResult =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | {
      readonly kind: 'disconnected';
      readonly connection: ConnectionView | null;
      readonly authorization: AuthorizationView | null;
      readonly revokedAtSlack: boolean | null;
      readonly canceledNotifications: number;
      readonly clearedIdentities: number;
    };

type EndResult = Extract<DisconnectResult, { kind: 'refused' }> | (Ended & { readonly kind: 'ended' });

const REVOKE_BEFORE_ANSWER_MS = 3000;

const NOT_FOUND: Refusal = {
  code: 'NOT_FOUND',
  message: 'There is no such connection or authorization, or it is not visible to you.',
  remedy: 'Take the id from connections or from its authorizations.',
  field: ['input', 'id'],
};

const stillQueued = (count: number): Refusal => ({
  code: 'QUEUED_NOTIFICATIONS',
  message: `${count} ${count === 1 ? 'notification is' : 'notifications are'} still queued on it; nothing was disconnected.`,
  remedy: 'Wait until they are delivered, or disconnect with queued: CANCEL.',
  field: ['input', 'queued'],
});

/** Ends a connection or an authorization on the server's side, whatever any client does. The history stays. */
export class DisconnectService {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionRepository,
    private readonly authorizations: AuthorizationRepository,
    private readonly views: ConnectionsService,
    private readonly ending: EndingService,
    private readonly revocations: RevocationService,
    private readonly queue: QueueOfConnection,
  ) {}

  async disconnect(viewer: Viewer, input: { id: string; queued: QueuedOnDisconnect }): Promise<DisconnectResult> {
    const scope = isUuid(input.id) ? await this.#find(viewer, input.id) : undefined;
    if (scope === undefined) return { kind: 'refused', refusal: NOT_FOUND };
    const since = await databaseNow(this.database.em());
    const ended = await this.#end(viewer, scope, input.queued);
    if (ended.kind === 'refused') return ended;
    const [revokedAtSlack] = await Promise.all([
      this.revocations.attemptAll(ended.revocations, REVOKE_BEFORE_ANSWER_MS),
      this.queue.cancelWaiting(scope),
    ]);
    const canceledNotifications = await this.queue.countCanceledByDisconnect(scope, since);
    const { clearedIdentities } = ended;
    return {
      kind: 'disconnected',
      ...(await this.#view(scope)),
      revokedAtSlack,
      canceledNotifications,
      clearedIdentities,
    };
  }

  async #end(viewer: Viewer, scope: ConnectionScope, queued: QueuedOnDisconnect): Promise<EndResult> {
    if (queued === 'REFUSE') {
      const count = await this.queue.countWaiting(this.database.em(), scope);
      if (count > 0) return { kind: 'refused', refusal: stillQueued(count) };
    }
    try {
      return await this.database.transaction(async (em) => {
        const ended =
          'connectionId' in scope
            ? await this.ending.endConnection(em, scope.connectionId, viewer.userId)
            : await this.ending.endAuthorization(em, scope.authorizationId, viewer.userId);
        // Asked again at the very end: what was accepted while this waited for its locks was not to be canceled either.
        const count = queued === 'REFUSE' ? await this.queue.countWaiting(em, scope) : 0;
        if (count > 0) throw new StillQueuedError(count);
        return { kind: 'ended', ...ended };
      });
    } catch (error) {
      if (error instanceof StillQueuedError) return { kind: 'refused', refusal: stillQueued(error.count) };
      throw error;
    }
  }

  /** Undefined for what the viewer may not see; FORBIDDEN for what they see and may not end. */
  async #find(viewer: Viewer, id: string): Promise<ConnectionScope | undefined> {
    const em = this.database.em();
    const connection = await this.connections.find(em, id as ConnectionId);
    if (connection !== null) {
      if (roleIn(viewer, connection.workspaceId) === undefined) return undefined;
      requireOneOf(viewer, connection.workspaceId, ['ADMIN']);
      return { connectionId: connection.id };
    }
    const authorization = await this.authorizations.find(em, id as AuthorizationId);
    if (authorization === null) return undefined;
    const { workspaceId } = authorization.connection;
    const role = roleIn(viewer, workspaceId);
    if (role === undefined || (role === 'MEMBER' && authorization.userId !== viewer.userId)) return undefined;
    requireOneOf(viewer, workspaceId, ['ADMIN', 'MEMBER']);
    return { authorizationId: authorization.id };
  }

  async #view(
    scope: ConnectionScope,
  ): Promise<{ connection: ConnectionView | null; authorization: AuthorizationView | null }> {
    if ('connectionId' in scope) {
      const [connection] = await this.views.connectionsById([scope.connectionId]);
      return { connection: connection ?? null, authorization: null };
    }
    const [authorization] = await this.views.authorizationsById([scope.authorizationId]);
    return { connection: null, authorization: authorization ?? null };
  }
}
