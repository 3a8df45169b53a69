import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import type { AuthorizationId, ConnectionId, SlackUserId, UserId } from '../platform/ids.ts';
import { AuthorizationEntity, type Authorization } from './authorization.entity.ts';

const WHOLE = { populate: ['credential'] } as const;
/** Within a transaction that may have read some of it before it had the locks. Reads each part once more. */
const AFRESH = { ...WHOLE, refresh: true } as const;

export class AuthorizationRepository {
  find(em: EntityManager, id: AuthorizationId): Promise<Authorization | null> {
    return em.findOne(AuthorizationEntity, { id }, { populate: ['credential', 'connection'], refresh: true });
  }

  findMany(em: EntityManager, ids: readonly AuthorizationId[]): Promise<Authorization[]> {
    return em.find(AuthorizationEntity, { id: { $in: [...ids] } }, WHOLE);
  }

  /** At most one per connection and user: the database sees to it. */
  liveOf(
    em: EntityManager,
    connectionIds: readonly ConnectionId[],
    userIds: readonly UserId[],
  ): Promise<Authorization[]> {
    const where = { connection: { $in: [...connectionIds] }, userId: { $in: [...userIds] }, disconnectedAt: null };
    return em.find(AuthorizationEntity, where, AFRESH);
  }

  /** Live or ended: the same person who authorizes again gets the same authorization back. */
  ofPerson(
    em: EntityManager,
    connection: ConnectionId,
    userId: UserId,
    slackUserId: SlackUserId,
  ): Promise<Authorization | null> {
    return em.findOne(AuthorizationEntity, { connection, userId, slackUserId }, AFRESH);
  }

  /** Newest first; the ids are in the order of time. */
  page(
    em: EntityManager,
    of: { connectionId: ConnectionId; userId: UserId | undefined },
    page: { limit: number; after: AuthorizationId | undefined },
  ): Promise<Authorization[]> {
    const where = {
      connection: of.connectionId,
      ...(of.userId === undefined ? {} : { userId: of.userId }),
      ...(page.after === undefined ? {} : { id: { $lt: page.after } }),
    };
    return em.find(AuthorizationEntity, where, { ...WHOLE, orderBy: { id: 'desc' }, limit: page.limit });
  }

  liveUnder(em: EntityManager, connection: ConnectionId): Promise<Authorization[]> {
    return em.find(AuthorizationEntity, { connection, disconnectedAt: null }, AFRESH);
  }

  /** Under the connection's lock. */
  lockLiveUnder(em: EntityManager, connection: ConnectionId): Promise<Authorization[]> {
    return em.find(
      AuthorizationEntity,
      { connection, disconnectedAt: null },
      { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true },
    );
  }

  add(em: EntityManager, data: Authorization): Authorization {
    const authorization = em.create(AuthorizationEntity, data);
    em.persist(authorization);
    return authorization;
  }
}
