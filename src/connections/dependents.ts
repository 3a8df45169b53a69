import type { EntityManager } from '@mikro-orm/postgresql';
import type { AuthorizationId, ConnectionId, CredentialId } from '../platform/ids.ts';

/** A connection with everything under it, or one authorization alone. */
export type ConnectionScope = { readonly connectionId: ConnectionId } | { readonly authorizationId: AuthorizationId };

/** What hangs on a connection and lies to the right of it; each feature there implements its own part. */
export interface IdentitiesOfConnection {
  ensureBot(em: EntityManager, connectionId: ConnectionId): Promise<void>;
  ensurePerson(em: EntityManager, connectionId: ConnectionId, authorizationId: AuthorizationId): Promise<void>;
  /** How many users' selections named an identity of it; they are gone now. */
  clearSelections(em: EntityManager, scope: ConnectionScope): Promise<number>;
}

export interface ListingOfPrincipal {
  /** What was listed before its grant ended is no longer known to be so: a listing is owed. */
  distrust(em: EntityManager, credentialId: CredentialId): Promise<void>;
}

export interface QueueOfConnection {
  countWaiting(em: EntityManager, scope: ConnectionScope): Promise<number>;
  /** Called with no transaction open: bulk work in slices. */
  cancelWaiting(scope: ConnectionScope): Promise<void>;
  /** How many a disconnect has canceled since then, whoever did it: claims and the worker's sweep cancel for it as well. */
  countCanceledByDisconnect(scope: ConnectionScope, since: Date): Promise<number>;
}
