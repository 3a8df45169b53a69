import type { EntityManager } from '@mikro-orm/postgresql';
import type { Credential } from '../credentials/credential.entity.ts';
import type { CredentialRepository } from '../credentials/credential.repository.ts';
import type { RevocationService } from '../credentials/revocation.service.ts';
import { databaseNow } from '../platform/database-time.ts';
import type { AuthorizationId, ConnectionId, CredentialId, RevocationId, UserId } from '../platform/ids.ts';
import type { Authorization } from './authorization.entity.ts';
import type { AuthorizationRepository } from './authorization.repository.ts';
import type { Connection } from './connection.entity.ts';
import type { ConnectionRepository } from './connection.repository.ts';
import { ChangedMeanwhileError } from './connections.errors.ts';
import type { IdentitiesOfConnection } from './dependents.ts';

export interface Ended {
  /** To be attempted once the transaction is committed. */
  readonly revocations: readonly RevocationId[];
  readonly clearedIdentities: number;
}

export interface EndedBy {
  readonly by: UserId;
  readonly at: Date;
}

const credentialIds = (holders: readonly { credential: Credential | null }[]): CredentialId[] =>
  holders.flatMap(({ credential }) => (credential === null ? [] : [credential.id]));

/**
 * Ends connections and authorizations inside the caller's transaction. The order of locks is the same everywhere:
 * principals by id, then the connection, then what is under it.
 */
export class EndingService {
  constructor(
    private readonly connections: ConnectionRepository,
    private readonly authorizations: AuthorizationRepository,
    private readonly credentials: CredentialRepository,
    private readonly revocations: RevocationService,
    private readonly identities: IdentitiesOfConnection,
  ) {}

  /** The connection with every authorization under it. Ending what has ended changes nothing. */
  async endConnection(em: EntityManager, id: ConnectionId, by: UserId): Promise<Ended> {
    const before = await this.connections.find(em, id);
    const under = await this.authorizations.liveUnder(em, id);
    const locked = await this.credentials.lock(em, credentialIds([...(before === null ? [] : [before]), ...under]));
    const connection = await this.connections.lock(em, id);
    const live = await this.authorizations.lockLiveUnder(em, id);
    if (connection === null || connection.disconnectedAt !== null) return { revocations: [], clearedIdentities: 0 };
    const holders = [connection, ...live];
    this.#requireLocked(locked, holders);
    const ending: EndedBy = { by, at: await databaseNow(em) };
    const clearedIdentities = await this.identities.clearSelections(em, { connectionId: id });
    for (const holder of holders) this.#letGo(holder, ending);
    return { clearedIdentities, revocations: await this.revocations.release(em, locked, ending.at) };
  }

  async endAuthorization(em: EntityManager, id: AuthorizationId, by: UserId): Promise<Ended> {
    const before = await this.authorizations.find(em, id);
    const locked = await this.credentials.lock(em, credentialIds(before === null ? [] : [before]));
    if (before !== null) await this.connections.lock(em, before.connection.id);
    const authorization = await this.authorizations.find(em, id);
    if (authorization === null || authorization.disconnectedAt !== null)
      return { revocations: [], clearedIdentities: 0 };
    this.#requireLocked(locked, [authorization]);
    return this.endLocked(em, authorization, locked, { by, at: await databaseNow(em) });
  }

  /** With its principal and its connection locked already. */
  async endLocked(
    em: EntityManager,
    authorization: Authorization,
    locked: readonly Credential[],
    ending: EndedBy,
  ): Promise<Ended> {
    const clearedIdentities = await this.identities.clearSelections(em, { authorizationId: authorization.id });
    const released = locked.filter((credential) => credential.id === authorization.credential?.id);
    this.#letGo(authorization, ending);
    return { clearedIdentities, revocations: await this.revocations.release(em, released, ending.at) };
  }

  #letGo(holder: Connection | Authorization, { by, at }: EndedBy): void {
    holder.credential = null;
    holder.disconnectedAt = at;
    holder.disconnectedBy = by;
  }

  #requireLocked(locked: readonly Credential[], holders: readonly { credential: Credential | null }[]): void {
    const ids = new Set(locked.map((credential) => credential.id));
    if (!credentialIds(holders).every((id) => ids.has(id))) throw new ChangedMeanwhileError();
  }
}
