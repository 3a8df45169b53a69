import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import type { ConnectionId, TeamId, WorkspaceId } from '../platform/ids.ts';
import { ConnectionEntity, type Connection } from './connection.entity.ts';
import { SlackTeamEntity, type SlackTeam } from './slack-team.entity.ts';

const WHOLE = { populate: ['team', 'credential'] } as const;
/** Within a transaction that may have read some of it before it had the locks. Reads each part once more. */
const AFRESH = { ...WHOLE, refresh: true } as const;

export class ConnectionRepository {
  find(em: EntityManager, id: ConnectionId): Promise<Connection | null> {
    return em.findOne(ConnectionEntity, { id }, AFRESH);
  }

  findMany(em: EntityManager, ids: readonly ConnectionId[]): Promise<Connection[]> {
    return em.find(ConnectionEntity, { id: { $in: [...ids] } }, WHOLE);
  }

  findOfTeam(em: EntityManager, workspaceId: WorkspaceId, teamId: TeamId): Promise<Connection | null> {
    return em.findOne(ConnectionEntity, { workspaceId, team: teamId }, AFRESH);
  }

  /** Newest first. A workspace has a handful: this list needs no pages. */
  ofWorkspace(em: EntityManager, workspaceId: WorkspaceId): Promise<Connection[]> {
    return em.find(ConnectionEntity, { workspaceId }, { ...WHOLE, orderBy: { connectedAt: 'desc', id: 'desc' } });
  }

  /** After the principals: whoever changes a connection, or an authorization under it, holds this lock. */
  async lock(em: EntityManager, id: ConnectionId): Promise<Connection | null> {
    const found = await em.findOne(ConnectionEntity, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
    return found === null ? null : this.find(em, id);
  }

  add(em: EntityManager, data: Connection): Connection {
    const connection = em.create(ConnectionEntity, data);
    em.persist(connection);
    return connection;
  }

  /** A name that Slack did not say keeps the one that is known. */
  saveTeam(em: EntityManager, team: SlackTeam): Promise<SlackTeam> {
    return em.upsert(SlackTeamEntity, team);
  }

  findTeam(em: EntityManager, id: TeamId): Promise<SlackTeam | null> {
    return em.findOne(SlackTeamEntity, { id });
  }
}
