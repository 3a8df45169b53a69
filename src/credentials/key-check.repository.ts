import type { EntityManager } from '@mikro-orm/postgresql';
import { ADVISORY_LOCKS } from '../platform/advisory-locks.ts';
import { EncryptionKeyCheckEntity } from './encryption-key-check.entity.ts';

export interface KeyCheck {
  readonly keyId: string;
  readonly sealed: Uint8Array;
}

export class KeyCheckRepository {
  /** Held until the transaction ends: of processes that start together, one writes the first check. */
  async lock(em: EntityManager): Promise<void> {
    await em.execute('select pg_advisory_xact_lock(?)', [ADVISORY_LOCKS.KEY_CHECK]);
  }

  all(em: EntityManager): Promise<KeyCheck[]> {
    return em.find(EncryptionKeyCheckEntity, {}, { orderBy: { createdAt: 'asc' } });
  }

  /** The checks of all other keys: nothing is sealed with them any more. */
  removeOthers(em: EntityManager, keyId: string): Promise<number> {
    return em.nativeDelete(EncryptionKeyCheckEntity, { keyId: { $ne: keyId } });
  }

  async add(em: EntityManager, keyId: string, sealed: Buffer, createdAt: Date): Promise<void> {
    await em.insert(EncryptionKeyCheckEntity, { keyId, sealed, createdAt });
  }
}
