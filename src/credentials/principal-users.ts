import type { EntityManager } from '@mikro-orm/postgresql';
import type { CredentialId } from '../platform/ids.ts';

/** Implemented to the right: live connections and authorizations of any workspace. */
export interface PrincipalUsers {
  /** Which of these anybody uses. */
  used(em: EntityManager, ids: readonly CredentialId[]): Promise<ReadonlySet<CredentialId>>;
}
