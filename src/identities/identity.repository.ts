import type { EntityManager } from '@mikro-orm/postgresql';
import type { ConnectionScope, IdentitiesOfConnection } from '../connections/dependents.ts';
import {
  newId,
  type AuthorizationId,
  type ConnectionId,
  type IdentityId,
  type UserId,
  type WorkspaceId,
} from '../platform/ids.ts';
import { IdentityEntity, type Identity } from './identity.entity.ts';

const WHOLE = {
  populate: ['connection', 'connection.credential', 'authorization', 'authorization.credential'],
} as const;
/** Within a transaction that may have read some of it before it had the locks. Reads each part once more. */
const AFRESH = { ...WHOLE, refresh: true } as const;

export class IdentityRepository implements IdentitiesOfConnection {
  findMany(em: EntityManager, ids: readonly IdentityId[]): Promise<Identity[]> {
    return em.find(IdentityEntity, { id: { $in: [...ids] } }, WHOLE);
  }

  ofBot(em: EntityManager, connection: ConnectionId): Promise<Identity | null> {
    return em.findOne(IdentityEntity, { connection, kind: 'WORKSPACE_BOT' }, AFRESH);
  }

  ofPerson(em: EntityManager, authorization: AuthorizationId): Promise<Identity | null> {
    return em.findOne(IdentityEntity, { authorization }, AFRESH);
  }

  /** The bots of the workspace's live connections, and this person's own live authorizations; bots first, newest first. */
  liveOf(em: EntityManager, workspaceId: WorkspaceId, userId: UserId | undefined): Promise<Identity[]> {
    const live = { disconnectedAt: null };
    const own = userId === undefined ? [] : [{ authorization: { userId, ...live } }];
    return em.find(
      IdentityEntity,
      {
        connection: { workspaceId, ...live },
        $or: [{ authorization: null }, ...own],
      },
      { ...WHOLE, orderBy: [{ kind: 'desc' }, { id: 'desc' }] },
    );
  }

  async ensureBot(em: EntityManager, connectionId: ConnectionId): Promise<void> {
    await em.execute(
      `insert into identities (id, kind, connection_id) values (?, 'WORKSPACE_BOT', ?)
       on conflict (connection_id) where kind = 'WORKSPACE_BOT' do nothing`,
      [newId<IdentityId>(), connectionId],
    );
  }

  async ensurePerson(em: EntityManager, connectionId: ConnectionId, authorizationId: AuthorizationId): Promise<void> {
    await em.execute(
      `insert into identities (id, kind, connection_id, authorization_id) values (?, 'PERSONAL_USER', ?, ?)
       on conflict (authorization_id) do nothing`,
      [newId<IdentityId>(), connectionId, authorizationId],
    );
  }

  async clearSelections(em: EntityManager, scope: ConnectionScope): Promise<number> {
    const [column, id] =
      'connectionId' in scope ? ['connection_id', scope.connectionId] : ['authorization_id', scope.authorizationId];
    const rows = await em.execute<object[]>(
      `delete from identity_selections where identity_id in (select id from identities where ${column} = ?) returning 1`,
      [id],
    );
    return rows.length;
  }
}
